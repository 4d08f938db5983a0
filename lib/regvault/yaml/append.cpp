#include <algorithm>

#include <regvault/yaml/edit.hpp>
#include <regvault/yaml/entries.hpp>
#include <regvault/yaml/scalar.hpp>

namespace regvault::yaml {
namespace {

/// Whether the items of this list, or else the mapping around it, have their keys in double quotes: JSON.
bool has_quoted_keys(const Source& source, const Tree& tree, std::size_t n) {
  const std::size_t parent = tree[n].parent;
  for (std::size_t i = n + 1; i < tree[n].next; ++i) {
    if (tree[i].is_key) return source[tree[i].begin] == '"';
  }
  return parent != kNone && tree[parent].next > parent + 1 && source[tree[parent + 1].begin] == '"';
}

Edit to_block_list(const Source& source, const Tree& tree, std::size_t n, const NewValue& value) {
  const std::size_t dash = tree[n + 1].indicator;
  const std::size_t at = end_of_last_entry(source, tree, n);
  Edit edit{.begin = at, .end = at, .text = std::string(source.line_break(at))};
  edit.text += block_item(value, source.column(dash));
  return edit;
}

Edit to_flow_list(const Source& source, const Tree& tree, std::size_t n, const NewValue& value) {
  const Node& list = tree[n];
  Edit edit{.begin = list.end - 1, .end = list.end - 1, .text = flow_item(value, has_quoted_keys(source, tree, n))};
  if (n + 1 == list.next) {  // "[ ]" is no reason for a blank behind the item
    while (is_blank(source[edit.begin - 1])) --edit.begin;
  } else {
    put_behind_last_entry(source, tree, n, edit);
  }
  return edit;
}

Edit over_null(const Source& source, const Tree& tree, std::size_t n, const NewValue& value) {
  const Node& null = tree[n];
  if (null.indicator == kNone || tree[null.parent].kind != Node::Kind::mapping) {
    refuse_edit("this key has no \":\"", source.where(null.begin), "complex-key", "write one behind it");
  }
  Edit edit{.begin = null.content, .end = null.end};
  const bool in_flow = tree.in_flow(n);
  if (in_flow || null.anchor != 0 || null.tag_end != 0) {  // what stands before it keeps to the line
    edit.text = "[" + flow_item(value, has_quoted_keys(source, tree, n)) + "]";
    if (null.value.empty()) edit.text.insert(0, " ");
  } else {
    const std::size_t line_end = source.line_end(null.end);
    if (!null.value.empty()) {  // the word goes, with the blanks before it
      while (is_blank(source[edit.begin - 1])) --edit.begin;
    }
    edit.end = line_end;
    std::string_view comment = source.slice(null.end, line_end);
    if (null.value.empty()) edit.begin = line_end;
    if (!null.value.empty() && comment.find_first_not_of(" \t") != std::string_view::npos) edit.text = comment;
    const std::size_t dash = key_column(source, tree, null.parent) + list_step(source, tree, null.parent);
    edit.text.append(source.line_break(line_end)).append(block_item(value, dash));
  }
  edit.node = n;
  edit.removed = 1;
  add_wanted_list(edit.wanted, value, null.depth, in_flow || null.anchor != 0 || null.tag_end != 0, null.anchor);
  edit.wanted.front().tag = null.tag;
  return edit;
}

Node collection(Node::Kind kind, std::size_t depth, bool flow) {
  Node node;
  node.kind = kind;
  node.depth = depth;
  node.flow = flow;
  return node;
}

void add_wanted_item(std::vector<Node>& wanted, const NewValue& value, std::size_t depth, bool flow) {
  wanted.push_back(collection(Node::Kind::mapping, depth, flow));
  wanted.push_back(wanted_value({.as = NewValue::As::plain, .text = value.key}, depth + 1));
  wanted.push_back(wanted_value({.as = NewValue::As::plain, .text = value.text}, depth + 1));
}

}  // namespace

std::string block_item(const NewValue& value, std::size_t dash) {
  return std::string(dash, ' ') + "- " + plain_or_quoted(value.key, false) + ": " + plain_or_quoted(value.text, false);
}

std::string flow_item(const NewValue& value, bool quoted_keys) {
  if (quoted_keys) return "{" + double_quoted(value.key) + ": " + double_quoted(value.text) + "}";
  return "{" + plain_or_quoted(value.key, true) + ": " + plain_or_quoted(value.text, true) + "}";
}

void add_wanted_list(std::vector<Node>& wanted, const NewValue& value, std::size_t depth, bool flow,
                     std::size_t anchor) {
  wanted.push_back(collection(Node::Kind::sequence, depth, flow));
  wanted.back().anchor = anchor;
  add_wanted_item(wanted, value, depth + 1, flow);
}

Edit append(const Source& source, const Tree& tree, std::size_t n, const NewValue& value) {
  const Node& node = tree[n];
  if (node.kind == Node::Kind::null && node.parent != kNone) return over_null(source, tree, n, value);
  if (node.kind != Node::Kind::sequence) {
    refuse_edit("this is no list", where(source, tree, n), "not-a-list");
  }
  Edit edit = node.flow ? to_flow_list(source, tree, n, value) : to_block_list(source, tree, n, value);
  edit.node = node.next;
  add_wanted_item(edit.wanted, value, node.depth + 1, node.flow);
  return edit;
}

}  // namespace regvault::yaml
