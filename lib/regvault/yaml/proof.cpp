#include <regvault/yaml/proof.hpp>

namespace regvault::yaml {
namespace {

std::string_view without_final_newlines(std::string_view text) {
  return text.substr(0, text.find_last_not_of('\n') + 1);
}

bool has_tag(std::string_view tag) {
  return !tag.empty() && tag != "?" && tag != "!";
}

bool same_text(const Node& a, const Node& b) {
  if (is_vault_tag(a.tag)) return without_final_newlines(a.value) == without_final_newlines(b.value);
  return a.value == b.value;
}

bool is_same(const Node& before, const Node& after) {
  return before.kind == after.kind && before.depth == after.depth && before.flow == after.flow &&
         before.is_key == after.is_key && before.tag == after.tag && before.style == after.style &&
         same_text(before, after);
}

bool is_wanted(const Node& wanted, const Node& node) {
  bool same_tag = has_tag(wanted.tag) ? wanted.tag == node.tag : !has_tag(node.tag);
  return wanted.kind == node.kind && wanted.depth == node.depth && wanted.flow == node.flow && same_tag &&
         same_text(wanted, node);
}

/// Walks both trees side by side.
class Proof {
 public:
  Proof(const Tree& before, const Tree& after)
      : before_(before), after_(after), anchor_now_(before.anchors.size(), kNone) {
    anchor_now_[0] = 0;
  }

  bool holds(const std::vector<Edit>& edits) {
    for (const Edit& edit : edits) {
      if (!same_until(edit.node) || !comes(edit)) return false;
      shift_ += static_cast<std::ptrdiff_t>(edit.text.size()) - static_cast<std::ptrdiff_t>(edit.end - edit.begin);
    }
    return same_until(before_.nodes.size()) && new_ == after_.nodes.size();
  }

 private:
  bool same_until(std::size_t end) {
    for (; old_ < end; ++old_, ++new_) {
      if (new_ >= after_.nodes.size()) return false;
      const Node &was = before_[old_], &is = after_[new_];
      if (!is_same(was, is) || !same_anchor(was, is)) return false;
      // A block collection begins with its first child, which is compared itself.
      const bool block_collection = was.kind >= Node::Kind::mapping && !was.flow;
      if (!block_collection && is.begin != was.begin + shift_) return false;
    }
    return true;
  }

  /// Anchors are numbered in the order of the text: what counts is that aliases still mean the same one.
  bool same_anchor(const Node& was, const Node& is) {
    if (was.kind != Node::Kind::alias) anchor_now_[was.anchor] = is.anchor;
    return anchor_now_[was.anchor] == is.anchor && (was.anchor == 0) == (is.anchor == 0);
  }

  bool comes(const Edit& edit) {
    for (const Node& wanted : edit.wanted) {
      if (new_ >= after_.nodes.size()) return false;
      const Node& is = after_[new_++];
      if (!is_wanted(wanted, is) || !same_anchor(wanted, is)) return false;
    }
    old_ += edit.removed;
    return true;
  }

  const Tree& before_;
  const Tree& after_;
  std::vector<std::size_t> anchor_now_;  // by the anchor's number before
  std::size_t old_ = 0, new_ = 0;
  std::ptrdiff_t shift_ = 0;
};

}  // namespace

std::string applied(const Source& source, const std::vector<Edit>& edits) {
  std::string out;
  std::size_t at = 0;
  for (const Edit& edit : edits) {
    out.append(source.slice(at, edit.begin)).append(edit.text);
    at = edit.end;
  }
  return out.append(source.slice(at, source.size()));
}

void prove(const Source& source, const Tree& before, const Tree& after, const std::vector<Edit>& edits) {
  if (Proof(before, after).holds(edits)) return;
  throw Error(ErrorCode::failed, "this change would alter more than one value, so nothing was changed",
              "edit the file by hand around this place, or report this layout as a bug",
              source.where(edits.empty() ? 0 : edits.front().begin), "unprovable");
}

}  // namespace regvault::yaml
