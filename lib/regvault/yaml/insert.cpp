#include <regvault/yaml/edit.hpp>

#include <algorithm>

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
    const std::size_t at = end_of_entry(mapping);
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
    if (n_ + 1 < mapping.next) behind_last_entry(edit, n_);
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

  // --- positions

  /// The end of the line that ends a block mapping's last entry. Blank lines below a "|+" are part of its text.
  std::size_t end_of_entry(const Node& mapping) const {
    std::size_t at = source_.line_end(mapping.end);
    const Node& last = tree_[mapping.next - 1];
    if (!is_block_scalar(last)) return at;
    const std::size_t header_end = std::min(source_.bytes().find_first_of(" \t\r\n", last.content), source_.size());
    std::string_view header = source_.slice(last.content, header_end);
    if (header.find('+') != std::string_view::npos) {
      std::size_t next = source_.next_line(at);
      while (next < source_.size() && source_.bytes().find_first_not_of(' ', next) >= source_.line_end(next)) {
        at = source_.line_end(next);
        next = source_.next_line(next);
      }
    }
    // Without a final newline the text ends here; behind a new entry it would have one.
    const bool open_end = at == source_.size() && source_[at - 1] != '\n' && header.find('-') == header.npos;
    if (open_end && !is_vault_tag(last.tag)) {
      refuse_edit("the block of text that ends the file has no final newline, and would get one",
                  source_.where(last.begin), "open-end", "end the file with a newline first");
    }
    return at;
  }

  /// One entry a line stays so, and a final comma stays, too.
  void behind_last_entry(Edit& edit, std::size_t mapping) const {
    std::size_t last_value = mapping + 1, last_key = mapping + 1;
    for (std::size_t key = mapping + 1; key < tree_[mapping].next; key = tree_[last_value].next) {
      last_key = key;
      last_value = tree_[key].next;
    }
    const std::size_t entry_end = tree_[last_value].end, key_begin = tree_[last_key].begin;
    const std::size_t next = skip_trivia(source_, entry_end);
    const bool final_comma = source_[next] == ',';
    const std::size_t at = final_comma ? next + 1 : entry_end;
    const std::string entry = edit.text + (final_comma ? "," : "");
    const std::string comma = final_comma ? "" : ",";
    edit.begin = edit.end = at;
    const std::size_t line_end = source_.line_end(at);
    if (!source_.starts_its_line(key_begin) || skip_trivia(source_, at) < line_end) {
      edit.text = comma + " " + entry;
      return;
    }
    edit.end = line_end;  // over the comment of the line
    edit.text = comma;
    edit.text.append(source_.slice(at, line_end)).append(source_.line_break(at));
    edit.text.append(source_.slice(source_.line_begin(key_begin), key_begin)).append(entry);
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
    wanted.push_back(wanted_value(value_, depth - 1));
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
