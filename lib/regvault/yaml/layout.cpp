#include <regvault/yaml/layout.hpp>

#include <algorithm>
#include <map>

#include <regvault/base/text.hpp>
#include <regvault/yaml/scalar.hpp>
#include <regvault/yaml/span.hpp>

namespace regvault::yaml {
namespace {

std::string_view without_final_newlines(std::string_view text) {
  return text.substr(0, text.find_last_not_of('\n') + 1);
}

/// Whether the lines from the next one on would be read as part of a block scalar `indent` deep: a comment that deep,
/// or blanks deeper.
bool would_join_block(const Source& source, std::size_t at, std::size_t indent) {
  for (std::size_t line = source.next_line(at); line < source.size(); line = source.next_line(line)) {
    std::size_t end = source.line_end(line), text = std::min(source.bytes().find_first_not_of(' ', line), end);
    if (text == end) {
      if (end - line > indent) return true;
    } else {
      return text - line >= indent;
    }
  }
  return false;
}

bool is_blank_line(const Source& source, std::size_t line) {
  return line < source.size() && source.bytes().find_first_not_of(' ', line) >= source.line_end(line);
}

std::size_t most_common(const std::map<std::size_t, std::size_t>& counts, std::size_t otherwise) {
  auto most =
      std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? otherwise : most->first;
}

bool is_block_mapping(const Node& node) {
  return node.kind == Node::Kind::mapping && !node.flow;
}

}  // namespace

std::string block_lines(std::string_view text, std::size_t indent, std::string_view line_break) {
  std::string out;
  for (std::string_view line : split(without_final_newlines(text), '\n')) {
    if (!out.empty()) out += line_break;
    if (!line.empty()) out.append(indent, ' ').append(line);
  }
  return out;
}

Rendered rendered_inline(const NewValue& value, bool in_flow, bool keep_quotes) {
  if (value.as == NewValue::As::vault) return {double_quoted(without_final_newlines(value.text)), {}};
  keep_quotes = keep_quotes || value.as == NewValue::As::vault_plain;
  return {keep_quotes ? double_quoted(value.text) : plain_or_quoted(value.text, in_flow), {}};
}

Rendered rendered_block(const Source& source, const NewValue& value, std::size_t indent, std::size_t behind) {
  const bool is_vault = value.as == NewValue::As::vault;
  const std::optional<std::string_view> header = is_vault ? "|" : literal_header(value.text);
  if (!header || would_join_block(source, behind, indent)) return rendered_inline(value, false);
  // "|+" takes every blank line that follows
  if (*header == "|+" && is_blank_line(source, source.next_line(behind))) return rendered_inline(value, false);

  const std::string_view line_break = source.line_break(behind);
  Rendered out{std::string(*header), block_lines(value.text, indent, line_break)};
  if (is_vault || *header == "|-") return out;
  // Newlines at the end belong to the value; the last of them is the file's own, unless its last line has none.
  std::size_t newlines = value.text.size() - without_final_newlines(value.text).size() - 1;
  if (behind == source.size() && behind != source.line_begin(behind)) ++newlines;
  for (; newlines > 0; --newlines) out.lines += line_break;
  return out;
}

std::size_t key_column(const Source& source, const Tree& tree, std::size_t mapping) {
  std::size_t key = tree[mapping + 1].begin;
  for (std::size_t at = key; at > source.line_begin(key); --at) {
    if (source[at - 1] == '?') return source.column(at - 1);
    if (!is_blank(source[at - 1])) break;
  }
  return source.column(key);
}

std::size_t base_column(const Source& source, const Tree& tree, std::size_t n) {
  const Node& node = tree[n];
  if (node.parent == kNone) return 0;
  if (tree[node.parent].kind == Node::Kind::sequence) {
    return source.column(node.begin) + (node.begin == node.end ? 1 : 0);  // absent: one blank will follow the dash
  }
  return source.starts_its_line(node.begin) && node.begin != node.end ? source.column(node.begin)
                                                                      : key_column(source, tree, node.parent);
}

std::size_t mapping_step(const Source& source, const Tree& tree) {
  std::map<std::size_t, std::size_t> counts;
  for (std::size_t n = 1; n < tree.nodes.size(); ++n) {
    if (!is_block_mapping(tree[n]) || !tree[n - 1].is_key || tree[n - 1].parent != tree[n].parent) continue;
    if (!is_block_mapping(tree[tree[n].parent])) continue;
    std::size_t outer = source.column(tree[n - 1].begin), inner = key_column(source, tree, n);
    if (inner > outer && inner - outer <= 16) ++counts[inner - outer];
  }
  return most_common(counts, 2);
}

std::size_t list_step(const Source& source, const Tree& tree, std::size_t mapping) {
  std::map<std::size_t, std::size_t> counts, own;
  for (std::size_t n = 1; n < tree.nodes.size(); ++n) {
    if (tree[n].kind != Node::Kind::sequence || tree[n].flow || tree[n].next == n + 1) continue;
    const std::size_t parent = tree[n].parent;
    if (parent == kNone || !is_block_mapping(tree[parent])) continue;
    const std::size_t key = key_column(source, tree, parent), dash = source.column(tree[n + 1].indicator);
    if (dash < key || dash - key > 16) continue;
    ++counts[dash - key];
    if (parent == mapping) ++own[dash - key];
  }
  return most_common(own, most_common(counts, 2));
}

std::size_t block_step(const Source& source, const Tree& tree, const Layout& layout) {
  if (layout.indent) return std::max<std::size_t>(1, *layout.indent);
  std::map<std::size_t, std::size_t> counts;
  for (std::size_t n = 0; n < tree.nodes.size(); ++n) {
    if (!is_block_scalar(tree[n]) || !is_vault_tag(tree[n].tag) || tree.in_flow(n)) continue;
    std::optional<std::size_t> indent = content_indent(source, tree[n]);
    std::size_t base = base_column(source, tree, n);
    if (indent && *indent > base) ++counts[*indent - base];
  }
  return most_common(counts, 2);
}

}  // namespace regvault::yaml
