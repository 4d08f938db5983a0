#include <regvault/yaml/edit.hpp>

#include <algorithm>

#include <regvault/yaml/span.hpp>

namespace regvault::yaml {
namespace {

using Style = Node::Style;

/// The tags that an edit puts there and takes away. Others belong to the user: a plain value keeps them.
bool is_own_tag(std::string_view tag) {
  return is_vault_tag(tag) || tag == kPlainTag;
}

/// A vault's tag may be spelled in two ways.
bool has_tag_of(const Node& node, const NewValue& value) {
  return value.as == NewValue::As::vault ? is_vault_tag(node.tag) : node.tag == value.tag();
}

/// Anchor, tag and what stands between them and the content, with the tag that the new value needs.
std::string properties_for(const Source& source, const Node& node, const NewValue& value) {
  std::string text(source.slice(node.begin, node.content));
  const bool has_tag = node.tag_end != 0, wants_tag = !value.tag().empty();
  const std::size_t tag_at = node.tag_begin - node.begin, tag_size = node.tag_end - node.tag_begin;
  if (wants_tag && has_tag && !has_tag_of(node, value)) text.replace(tag_at, tag_size, value.tag());
  if (!wants_tag && has_tag && is_own_tag(node.tag)) {
    std::size_t behind = text.find_first_not_of(" \t", tag_at + tag_size);
    text.erase(tag_at, std::min(behind, text.size()) - tag_at);
  }
  auto separate = [&] {
    if (!text.empty() && !is_blank(text.back()) && !is_break(text.back())) text += ' ';
  };
  separate();
  if (wants_tag && !has_tag) text.append(value.tag()) += ' ';
  return text;
}

/// Where the header line of a block scalar, or the line of another value's end, goes on behind the value.
std::size_t tail_begin(const Source& source, const Node& node) {
  if (!is_block_scalar(node)) return node.end;
  return std::min(source.bytes().find_first_of(" \t\r\n", node.content), source.size());
}

/// Other lines in the same block: the header, its comment, the indentation, what surrounds it stay.
Edit replace_block_lines(const Source& source, const Node& node, std::size_t indent, const NewValue& value) {
  return {.begin = source.next_line(node.content),
          .end = node.end,
          .text = block_lines(value.text, indent, source.line_break(node.content))};
}

Edit rewrite(const Source& source, const Tree& tree, std::size_t n, const NewValue& value, const Layout& layout) {
  const Node& node = tree[n];
  const bool in_flow = tree.in_flow(n);
  const bool is_value = node.parent != kNone && tree[node.parent].kind == Node::Kind::mapping;
  std::string text = properties_for(source, node, value);
  if (node.begin == node.end && node.style == Style::empty) {
    if (is_value && node.indicator == kNone) {
      if (!in_flow)
        refuse_edit("this key has no \":\"", source.where(node.begin), "complex-key", "write one behind it");
      text.insert(0, ":");
    }
    const std::size_t gap = text.starts_with(':') ? 1 : 0;
    text.insert(gap, " ");
  }

  const std::size_t tail = tail_begin(source, node), line_end = source.line_end(tail);
  const bool was_quoted = node.style == Style::double_quoted && !is_own_tag(node.tag);
  Rendered rendered = rendered_inline(value, in_flow, was_quoted);
  if (!in_flow) {
    const std::size_t indent = base_column(source, tree, n) + block_step(source, tree, layout);
    Rendered block = rendered_block(source, value, indent, std::max(node.end, line_end));
    if (!block.lines.empty()) rendered = std::move(block);
  }
  text += rendered.head;
  if (rendered.lines.empty() && !is_block_scalar(node)) return {.begin = node.begin, .end = node.end, .text = text};

  std::string_view comment = source.slice(tail, line_end);
  if (comment.find_first_not_of(" \t") != std::string_view::npos) text += comment;
  if (!rendered.lines.empty()) text.append(source.line_break(tail)).append(rendered.lines);
  return {.begin = node.begin, .end = std::max(node.end, line_end), .text = text};
}

}  // namespace

void refuse_edit(std::string message, Where at, std::string_view reason, std::string hint) {
  throw Error(ErrorCode::unsupported, std::move(message), std::move(hint), std::move(at), reason);
}

Node wanted_value(const NewValue& value, std::size_t depth) {
  Node node;
  node.kind = Node::Kind::scalar;
  node.depth = depth;
  node.tag = value.tag();
  node.value = value.text;
  return node;
}

Edit replace(const Source& source, const Tree& tree, std::size_t n, const NewValue& value, const Layout& layout) {
  const Node& node = tree[n];
  if (node.kind != Node::Kind::scalar && node.kind != Node::Kind::null) {
    refuse_edit(node.kind == Node::Kind::mapping ? "this is a mapping, not a single value"
                                                 : "this is a list, not a single value",
                where(source, tree, n), "not-a-scalar");
  }
  if (node.parent == kNone) {
    refuse_edit("the document is a single value, not a mapping", source.where(node.begin), "not-a-mapping");
  }

  Edit edit;
  const bool stays_vault = value.as == NewValue::As::vault && is_vault_tag(node.tag);
  std::optional<std::size_t> indent;
  if (stays_vault && node.style == Style::literal) indent = content_indent(source, node);
  if (indent && *indent > 0) {
    edit = replace_block_lines(source, node, *indent, value);
  } else if (stays_vault && node.style == Style::double_quoted) {
    edit = {.begin = node.content, .end = node.end, .text = rendered_inline(value, true).head};
  } else {
    edit = rewrite(source, tree, n, value, layout);
  }
  edit.node = n;
  edit.removed = 1;
  Node wanted = wanted_value(value, node.depth);
  wanted.anchor = node.anchor;
  const bool keeps_tag = value.as == NewValue::As::plain && node.tag_end != 0 && !is_own_tag(node.tag);
  if (stays_vault || keeps_tag) wanted.tag = node.tag;
  edit.wanted = {wanted};
  return edit;
}

}  // namespace regvault::yaml
