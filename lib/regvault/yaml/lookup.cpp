#include <regvault/yaml/lookup.hpp>

#include <algorithm>
#include <set>

#include <regvault/base/text.hpp>

namespace regvault::yaml {
namespace {

using Kind = Node::Kind;

[[noreturn]] void refuse(ErrorCode code, std::string message, std::string hint, Where at, std::string_view reason) {
  throw Error(code, std::move(message), std::move(hint), std::move(at), reason);
}

/// The last step of a path that leads to something, as it may stand in a message.
std::string named(const Path& path, std::size_t steps) {
  return steps == 0 ? "the document" : in_quotes(to_string(Path(path.begin(), path.begin() + steps)));
}

/// The key's value; kNone: the mapping has no such key of its own.
std::size_t value_of_key(const Source& source, const Tree& tree, std::size_t mapping, std::string_view name) {
  std::size_t first = kNone;
  for (std::size_t key = mapping + 1; key < tree[mapping].next; key = tree[tree[key].next].next) {
    const std::string* text = key_text(tree, key);
    if (!text || *text != name) continue;
    if (first != kNone) {
      Where at = where(source, tree, key);
      at.note = "first set here: line " + std::to_string(source.line_index(tree[first].begin) + 1);
      refuse(ErrorCode::malformed, in_quotes(name) + " is set twice in this mapping",
             "Ansible uses the last one; remove the first, then run the command again", at, "duplicate-key");
    }
    first = key;
  }
  return first == kNone ? kNone : tree[first].next;
}

/// Whether `<<` brings the key into the mapping, from wherever.
class MergeSearch {
 public:
  MergeSearch(const Tree& tree, std::string_view name) : tree_(tree), name_(name) {}

  bool merged_into(std::size_t mapping) {
    for (std::size_t key = mapping + 1; key < tree_[mapping].next; key = tree_[tree_[key].next].next) {
      bool merges = tree_[key].value == "<<" && tree_[key].style == Node::Style::plain;
      if (merges && provides(tree_[key].next)) return true;
    }
    return false;
  }

 private:
  bool provides(std::size_t n) {
    if (tree_[n].kind == Kind::alias) n = tree_.anchors[tree_[n].anchor].node;
    if (!seen_.insert(n).second) return false;
    if (tree_[n].kind == Kind::sequence) {
      for (std::size_t item = n + 1; item < tree_[n].next; item = tree_[item].next) {
        if (provides(item)) return true;
      }
    }
    if (tree_[n].kind != Kind::mapping) return false;
    for (std::size_t key = n + 1; key < tree_[n].next; key = tree_[tree_[key].next].next) {
      const std::string* text = key_text(tree_, key);
      if (text && *text == name_) return true;
    }
    return merged_into(n);
  }

  const Tree& tree_;
  std::string_view name_;
  std::set<std::size_t> seen_;
};

void refuse_json_vault(const Source& source, const Tree& tree, std::size_t n, const Path& path, std::size_t steps) {
  if (tree[n].kind != Kind::mapping) return;
  for (std::size_t key = n + 1; key < tree[n].next; key = tree[tree[key].next].next) {
    if (tree[key].value != "__ansible_vault") continue;
    refuse(ErrorCode::unsupported, named(path, steps) + " is a vault in JSON's spelling (\"__ansible_vault\")",
           "write it as a YAML value tagged !vault, then run the command again", where(source, tree, n), "json-vault");
  }
}

std::optional<std::size_t> item_number(const Step& step) {
  if (step.index) return step.index;
  bool digits = !step.key.empty() && step.key.size() <= 9 && step.key.find_first_not_of("0123456789") == step.key.npos;
  return digits ? std::optional<std::size_t>(std::stoul(step.key)) : std::nullopt;
}

/// The item; kNone: the list is shorter.
std::size_t item_of(const Tree& tree, std::size_t sequence, std::size_t number) {
  std::size_t item = sequence + 1;
  for (; item < tree[sequence].next && number > 0; --number) item = tree[item].next;
  return item < tree[sequence].next ? item : kNone;
}

/// One step down from a mapping or list; kNone: there is nothing.
std::size_t step_down(const Source& source, const Tree& tree, std::size_t n, const Path& path, std::size_t steps) {
  const Step& step = path[steps];
  if (tree[n].kind == Kind::sequence) {
    std::optional<std::size_t> number = item_number(step);
    if (number) return item_of(tree, n, *number);
    refuse(ErrorCode::unsupported, named(path, steps) + " is a list: " + in_quotes(step.key) + " is no item's number",
           "items are counted from 0, as in users[0]", where(source, tree, n), "not-a-mapping");
  }
  if (step.index) {
    refuse(ErrorCode::unsupported, named(path, steps) + " is a mapping, not a list", {}, where(source, tree, n),
           "not-a-list");
  }
  std::size_t value = value_of_key(source, tree, n, step.key);
  if (value == kNone && MergeSearch(tree, step.key).merged_into(n)) {
    refuse(ErrorCode::unsupported,
           in_quotes(step.key) + " comes into " + named(path, steps) + " through a merge key (<<)",
           "change it where it is written, or write it out here", where(source, tree, n), "from-merge-key");
  }
  return value;
}

/// Where the node's anchor is: for a hint.
std::string anchor_line(const Source& source, const Tree& tree, std::size_t alias) {
  std::size_t n = tree.anchors[tree[alias].anchor].node;
  return "change the value it stands for: line " + std::to_string(source.line_index(tree[n].begin) + 1);
}

}  // namespace

const std::string* key_text(const Tree& tree, std::size_t key) {
  const Node* node = &tree[key];
  if (node->kind == Kind::alias) node = &tree[tree.anchors[node->anchor].node];
  return node->kind == Kind::scalar || node->kind == Kind::null ? &node->value : nullptr;
}

Walk walk(const Source& source, const Tree& tree, std::size_t root, const Path& path) {
  if (root == kNone) return {};
  std::size_t n = root, steps = 0;
  for (; steps < path.size(); ++steps) {
    const Node& node = tree[n];
    if (node.kind == Kind::alias) {
      refuse(ErrorCode::unsupported, named(path, steps) + " is an alias: what is below belongs to another key, too",
             anchor_line(source, tree, n), where(source, tree, n), "path-through-alias");
    }
    if (node.kind == Kind::null) return {n, steps};
    if (node.kind == Kind::scalar) {
      refuse(ErrorCode::unsupported, named(path, steps) + " is a single value, not a mapping", {},
             where(source, tree, n), "not-a-mapping");
    }
    refuse_json_vault(source, tree, n, path, steps);
    std::size_t below = step_down(source, tree, n, path, steps);
    if (below == kNone) return {n, steps};
    n = below;
  }
  if (tree[n].kind == Kind::alias) {
    refuse(ErrorCode::unsupported, named(path, steps) + " is an alias: its value belongs to another key, too",
           anchor_line(source, tree, n), where(source, tree, n), "is-alias");
  }
  refuse_json_vault(source, tree, n, path, steps);
  return {n, steps};
}

void throw_not_found(const Source& source, const Tree& tree, const Path& path, const Walk& walked) {
  if (walked.node == kNone) {
    refuse(ErrorCode::not_found, "the file is empty", {}, source.whole(), "empty");
  }
  const Step& missing = path[walked.steps];
  std::string what = missing.index ? "item " + std::to_string(*missing.index) : in_quotes(missing.key);
  std::string hint;
  const Node& parent = tree[walked.node];
  if (parent.kind == Kind::mapping) {
    std::vector<std::string_view> keys;
    for (std::size_t key = walked.node + 1; key < parent.next; key = tree[tree[key].next].next) {
      if (const std::string* text = key_text(tree, key)) keys.push_back(*text);
    }
    if (std::optional<std::string_view> near = closest(missing.key, keys))
      hint = "did you mean " + in_quotes(*near) + "?";
  }
  refuse(ErrorCode::not_found, what + " is not in " + named(path, walked.steps), hint, where(source, tree, walked.node),
         "not-found");
}

Where where(const Source& source, const Tree& tree, std::size_t n) {
  const Node& node = tree[n];
  const bool has_key = node.parent != kNone && tree[node.parent].kind == Kind::mapping && n > 0 && !tree.in_flow(n);
  const std::size_t key = node.is_key ? n : n - 1;
  if (!has_key || !tree[key].is_key || tree[key].parent != node.parent) return source.where(node.begin);

  // The line may be shown when nothing but the key, and what introduces a value, stands on it.
  const std::size_t key_at = tree[key].begin, line_end = source.line_end(key_at);
  std::string_view before = source.slice(source.line_begin(key_at), key_at);
  if (before.find_first_not_of(" \t-?") != std::string_view::npos) return source.where(key_at);
  const Node& value = tree[tree[key].next];
  std::size_t shown = 0;
  if (value.begin > line_end || (value.kind == Kind::null && value.begin == value.end)) {
    const std::size_t colon = source.bytes().find(':', tree[key].end);
    shown = colon < line_end ? colon + 1 : 0;
  } else if (is_block_scalar(value) && value.content < line_end) {
    shown = std::min(source.bytes().find_first_of(" \t\r\n", value.content), line_end);
  } else if (value.kind == Kind::alias) {
    shown = value.end;
  }
  return source.where(key_at, shown);
}

void for_each_value(const Tree& tree, std::size_t root, const std::function<void(std::size_t, const Path&)>& visit) {
  const std::size_t top = tree[root].depth;
  Path path;  // to the node's parent, then the step to the node itself
  std::vector<std::size_t> items;
  for (std::size_t n = root; n < tree[root].next;) {
    const Node& node = tree[n];
    const std::size_t level = node.depth - top;
    path.erase(path.begin() + std::min(level, path.size()), path.end());
    items.resize(level + 1);
    if (node.is_key) {
      const std::string* text = key_text(tree, n);
      n = node.next;
      if (!text) {
        n = tree[n].next;
      } else {
        path.erase(path.begin() + (level - 1), path.end());
        path.push_back(*text);
      }
      continue;
    }
    if (level > 0 && tree[node.parent].kind == Kind::sequence) {
      path.erase(path.begin() + (level - 1), path.end());
      path.push_back(Step::item(items[level]++));
    }
    visit(n, path);
    if (node.kind == Kind::sequence) {
      items.resize(level + 2);
      items[level + 1] = 0;
    }
    ++n;
  }
}

}  // namespace regvault::yaml
