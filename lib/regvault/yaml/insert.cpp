#include <regvault/yaml/edit.hpp>

#include <regvault/yaml/entries.hpp>
#include <regvault/yaml/scalar.hpp>
#include <regvault/yaml/span.hpp>

namespace regvault::yaml {
namespace {

/// The new entry: keys inside each other, then the value.
class Insertion {
 public:
  Insertion(const Source& source, const Tree& tree, const Walk& walked, const Path& path, const NewValue& value,
            const Layout& layout)
      : source_(source),
        tree_(tree),
        n_(walked.node),
        keys_(path.begin() + walked.steps, path.end()),
        value_(value),
        layout_(layout) {}

  Edit edit() {
    if (n_ == kNone) return into_nothing(source_.size());
    const Node& node = tree_[n_];
    if (node.kind == Node::Kind::null && node.parent == kNone) {
      if (node.begin != node.end)
        refuse_edit("the document is null, not a mapping", source_.where(node.begin), "not-a-mapping");
      std::size_t next = skip_trivia(source_, node.end);
      return into_nothing(next == source_.size() ? next : source_.line_begin(next));
    }
    if (node.kind == Node::Kind::null) return tree_.in_flow(n_) ? into_flow_null() : into_block_null();
    return node.flow ? into_flow_mapping() : into_block_mapping();
  }

 private:
  // --- the three kinds of place a mapping's new entry can have

  Edit into_block_mapping() {
    const Node& mapping = tree_[n_];
    const std::size_t at = end_of_last_entry(source_, tree_, n_);
    Edit edit{.begin = at, .end = at, .text = std::string(source_.line_break(at))};
    edit.text += block_entry(key_column(source_, tree_, n_), at);
    edit.node = mapping.next;
    add_entry(edit.wanted, mapping.depth + 1, false);
    return edit;
  }

  Edit into_flow_mapping() {
    const Node& mapping = tree_[n_];
    if (source_[mapping.content] != '{' || (n_ + 1 < mapping.next && tree_[n_ + 1].begin == mapping.content)) {
      refuse_edit("this mapping has no braces", source_.where(mapping.begin), "complex-key", "write { } around it");
    }
    Edit edit{.begin = mapping.end - 1, .end = mapping.end - 1, .text = flow_entry()};
    if (n_ + 1 < mapping.next) put_behind_last_entry(source_, tree_, n_, edit);
    edit.node = mapping.next;
    add_entry(edit.wanted, mapping.depth + 1, true);
    return edit;
  }

  Edit into_nothing(std::size_t at) {
    const bool line_begins = at == source_.line_begin(at);
    Edit edit{.begin = at, .end = at};
    if (!line_begins) edit.text = source_.line_break(at);
    edit.text += block_entry(0, at);
    if (line_begins) edit.text += source_.line_break(at);
    edit.node = n_ == kNone ? tree_.nodes.size() : n_;
    edit.removed = n_ == kNone ? 0 : 1;
    add_mapping(edit.wanted, 0, 0, false);
    return edit;
  }

  // --- null becomes a mapping

  Edit into_block_null() {
    const Node& null = tree_[n_];
    const bool is_item = tree_[null.parent].kind == Node::Kind::sequence;
    if (!is_item && null.indicator == kNone) {
      refuse_edit("this key has no \":\"", source_.where(null.begin), "complex-key", "write one behind it");
    }
    const std::size_t column = base_column(source_, tree_, n_) + (is_item ? 0 : mapping_step(source_, tree_));
    const std::size_t line_end = source_.line_end(null.end);
    Edit edit{.begin = line_end, .end = line_end};
    if (!null.value.empty()) {  // the word goes, with the blanks before it
      edit.begin = null.content;
      while (is_blank(source_[edit.begin - 1])) --edit.begin;
      std::string_view comment = source_.slice(null.end, line_end);
      if (comment.find_first_not_of(" \t") != std::string_view::npos) edit.text = comment;
    }
    edit.text.append(source_.line_break(line_end)).append(block_entry(column, line_end));
    become_mapping(edit, null, false);
    return edit;
  }

  Edit into_flow_null() {
    const Node& null = tree_[n_];
    Edit edit{.begin = null.content, .end = null.end, .text = "{" + flow_entry() + "}"};
    const bool separated = !null.value.empty();
    if (!separated) edit.text.insert(0, null.indicator != kNone || null.anchor != 0 ? " " : ": ");
    become_mapping(edit, null, true);
    return edit;
  }

  void become_mapping(Edit& edit, const Node& null, bool flow) {
    edit.node = n_;
    edit.removed = 1;
    add_mapping(edit.wanted, null.depth, null.anchor, flow);
  }

  // --- texts

  std::string block_entry(std::size_t column, std::size_t behind) const {
    std::string text;
    const std::size_t step = mapping_step(source_, tree_);
    for (std::size_t i = 0; i < keys_.size(); ++i, column += step) {
      if (i > 0) text += source_.line_break(behind);
      text.append(column, ' ').append(plain_or_quoted(keys_[i].key, false)).append(":");
    }
    column -= step;
    if (value_.as == NewValue::As::item) {
      const std::size_t dash = column + list_step(source_, tree_, n_);
      return text.append(source_.line_break(behind)).append(block_item(value_, dash));
    }
    Rendered rendered = rendered_block(source_, value_, column + block_step(source_, tree_, layout_), behind);
    text.append(value_.tag().empty() ? " " : " " + std::string(value_.tag()) + " ").append(rendered.head);
    if (!rendered.lines.empty()) text.append(source_.line_break(behind)).append(rendered.lines);
    return text;
  }

  std::string flow_entry() const {
    const bool quoted_keys =
        tree_[n_].kind == Node::Kind::mapping && n_ + 1 < tree_[n_].next && source_[tree_[n_ + 1].begin] == '"';
    std::string text, closing;
    for (const Step& step : keys_) {
      if (!text.empty()) {
        text += "{";
        closing += "}";
      }
      text += (quoted_keys ? double_quoted(step.key) : plain_or_quoted(step.key, true)) + ": ";
    }
    if (value_.as == NewValue::As::item) return text + "[" + flow_item(value_, quoted_keys) + "]" + closing;
    if (!value_.tag().empty()) text.append(value_.tag()) += ' ';
    return text + rendered_inline(value_, true, quoted_keys).head + closing;
  }

  // --- what the parser must find

  void add_entry(std::vector<Node>& wanted, std::size_t depth, bool flow) const {
    for (std::size_t i = 0; i < keys_.size(); ++i, ++depth) {
      if (i > 0) add_collection(wanted, depth - 1, 0, flow);
      Node key;
      key.kind = Node::Kind::scalar;
      key.depth = depth;
      key.value = keys_[i].key;
      wanted.push_back(key);
    }
    if (value_.as == NewValue::As::item) {
      add_wanted_list(wanted, value_, depth - 1, flow);
    } else {
      wanted.push_back(wanted_value(value_, depth - 1));
    }
  }

  void add_mapping(std::vector<Node>& wanted, std::size_t depth, std::size_t anchor, bool flow) const {
    add_collection(wanted, depth, anchor, flow);
    add_entry(wanted, depth + 1, flow);
  }

  static void add_collection(std::vector<Node>& wanted, std::size_t depth, std::size_t anchor, bool flow) {
    Node mapping;
    mapping.kind = Node::Kind::mapping;
    mapping.depth = depth;
    mapping.anchor = anchor;
    mapping.flow = flow;
    wanted.push_back(mapping);
  }

  const Source& source_;
  const Tree& tree_;
  std::size_t n_;
  Path keys_;
  const NewValue& value_;
  const Layout& layout_;
};

}  // namespace

Edit insert(const Source& source, const Tree& tree, const Walk& walked, const Path& path, const NewValue& value,
            const Layout& layout) {
  return Insertion(source, tree, walked, path, value, layout).edit();
}

}  // namespace regvault::yaml
