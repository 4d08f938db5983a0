#include <regvault/yaml/edit.hpp>

#include <algorithm>

#include <regvault/yaml/span.hpp>

namespace regvault::yaml {
namespace {

/// An entry of a mapping (key and value) or list (item), and its neighbours.
struct Entry {
  std::size_t first = kNone, behind = kNone;   ///< its nodes
  std::size_t previous = kNone, next = kNone;  ///< the first node of the entries beside it; kNone: there is none
  std::size_t begin = 0, end = 0;              ///< its text: from the key, "?" or "-" to the end of the value
};

std::size_t entry_begin(const Source& source, const Tree& tree, std::size_t first) {
  const Node& node = tree[first];
  if (!node.is_key) return node.indicator != kNone ? node.indicator : node.begin;
  for (std::size_t at = node.begin; at > source.line_begin(node.begin); --at) {
    if (source[at - 1] == '?') return at - 1;
    if (!is_blank(source[at - 1])) break;
  }
  return node.begin;
}

Entry entry_of(const Source& source, const Tree& tree, std::size_t value) {
  const std::size_t parent = tree[value].parent;
  const bool in_mapping = tree[parent].kind == Node::Kind::mapping;
  Entry entry;
  for (std::size_t at = parent + 1; at < tree[parent].next;) {
    const std::size_t last = in_mapping ? tree[at].next : at;  // the entry's value
    if (last == value) {
      entry.first = at;
      entry.behind = tree[value].next;
      if (entry.behind < tree[parent].next) entry.next = entry.behind;
      break;
    }
    entry.previous = at;
    at = tree[last].next;
  }
  entry.begin = entry_begin(source, tree, entry.first);
  entry.end = std::max(tree[value].end, tree[entry.first].end);
  return entry;
}

void refuse_anchors_in_use(const Source& source, const Tree& tree, const Entry& entry) {
  std::vector<std::size_t> uses(tree.anchors.size(), 0);
  for (std::size_t n = entry.first; n < entry.behind; ++n) {
    if (tree[n].kind == Node::Kind::alias) ++uses[tree[n].anchor];
  }
  for (std::size_t n = entry.first; n < entry.behind; ++n) {
    const std::size_t anchor = tree[n].anchor;
    if (anchor == 0 || tree[n].kind == Node::Kind::alias || tree.anchors[anchor].uses == uses[anchor]) continue;
    refuse_edit("an alias elsewhere stands for this value", where(source, tree, n), "anchor-in-use",
                "remove the aliases first");
  }
}

bool has_comment(std::string_view text) {
  return text.find('#') != std::string_view::npos;
}

/// The whole lines from `begin`, which starts its line, to the line of `end`.
Edit lines(const Source& source, std::size_t begin, std::size_t end) {
  return {.begin = source.line_begin(begin), .end = source.next_line(end)};
}

Edit from_block(const Source& source, const Tree& tree, const Entry& entry) {
  if (source.starts_its_line(entry.begin)) return lines(source, entry.begin, entry.end);
  // The first entry of "- k: v" or "- - x": the next one is pulled up, unless comments stand between.
  const std::size_t next = entry_begin(source, tree, entry.next), line_end = source.line_end(entry.end);
  const bool comments_between = has_comment(source.slice(line_end, next));
  return {.begin = entry.begin, .end = comments_between ? line_end : next};
}

Edit from_flow(const Source& source, const Tree& tree, const Entry& entry, std::size_t collection) {
  const std::size_t comma = skip_trivia(source, entry.end);
  const std::size_t end = source[comma] == ',' ? comma + 1 : entry.end;
  const std::size_t line_end = source.line_end(end);
  const bool own_lines = source.starts_its_line(entry.begin) && skip_trivia(source, end) >= line_end &&
                         source.line_index(end) == source.line_index(entry.end);
  if (own_lines) return lines(source, entry.begin, end);
  Edit edit{.begin = entry.begin, .end = entry.end};
  if (entry.next != kNone) {
    edit.end = entry_begin(source, tree, entry.next);
  } else if (entry.previous != kNone) {
    const Node& previous = tree[entry.previous];
    const Node& last = previous.is_key ? tree[previous.next] : previous;
    edit.begin = last.end;
    if (last.begin == last.end) edit.text = " ";  // not "{a:}"
  }
  const bool leaves_pair = source[tree[collection].content] != '{' && source[tree[collection].content] != '[';
  if (leaves_pair || has_comment(source.slice(edit.begin, entry.begin)) ||
      has_comment(source.slice(entry.end, edit.end))) {
    refuse_edit("a comment stands in the way of taking this entry out", source.where(entry.begin), "complex-key",
                "move the comment to a line of its own outside of the brackets");
  }
  return edit;
}

/// The collection's only entry: {} or [] takes its place, behind the collection's own key or dash. Comments stay.
Edit empty_collection(const Source& source, const Tree& tree, const Entry& entry, std::size_t collection) {
  const Node& node = tree[collection];
  const std::string braces = node.kind == Node::Kind::mapping ? "{}" : "[]";
  Edit edit{.begin = entry.begin, .end = source.line_end(entry.end), .text = braces};
  if (node.flow) {
    edit = {.begin = node.content, .end = node.end, .text = braces};
  } else if (node.indicator != kNone && node.begin == entry.begin) {
    std::string_view between = source.slice(node.indicator + 1, entry.begin);
    edit.begin = node.indicator + 1;
    edit.text = " " + braces;
    edit.text += between.substr(0, between.find_last_not_of(" \t\r\n") + 1);
  } else if (node.kind == Node::Kind::sequence && node.indicator != kNone) {
    edit.text.insert(0, " ");  // a "-" may stand in its key's column, a "[" may not
  }
  Node wanted;
  wanted.kind = node.kind;
  wanted.depth = node.depth;
  wanted.flow = true;
  wanted.tag = node.tag;
  wanted.anchor = node.anchor;
  edit.node = collection;
  edit.removed = node.next - collection;
  edit.wanted = {wanted};
  return edit;
}

}  // namespace

Edit remove(const Source& source, const Tree& tree, std::size_t n) {
  const std::size_t collection = tree[n].parent;
  if (collection == kNone) {
    refuse_edit("the document itself cannot be removed", source.where(tree[n].begin), "not-a-mapping");
  }
  const Entry entry = entry_of(source, tree, n);
  refuse_anchors_in_use(source, tree, entry);
  if (entry.previous == kNone && entry.next == kNone) return empty_collection(source, tree, entry, collection);
  Edit edit = tree[collection].flow ? from_flow(source, tree, entry, collection) : from_block(source, tree, entry);
  edit.node = entry.first;
  edit.removed = entry.behind - entry.first;
  return edit;
}

}  // namespace regvault::yaml
