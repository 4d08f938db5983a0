#include <regvault/yaml/vault_lines.hpp>

#include <algorithm>
#include <functional>
#include <iterator>

namespace regvault::yaml {
namespace {

constexpr std::string_view kBlock = "!vault |\n";
constexpr std::string_view kHeader = "$ANSIBLE_VAULT;";

bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/// Behind the line at `at`, which must be `indent` blanks, digits, and a line end; otherwise `at`.
std::size_t behind_hex_line(std::string_view bytes, std::size_t at, std::size_t indent) {
  std::size_t text = at + indent;
  if (bytes.find_first_not_of(' ', at) != text) return at;
  std::size_t end = text;
  while (end < bytes.size() && is_hex_digit(bytes[end])) ++end;
  return end != text && end < bytes.size() && bytes[end] == '\n' ? end + 1 : at;
}

}  // namespace

ShortText::ShortText(const Source& source) : source_(source) {
  const std::string& bytes = source.bytes();
  std::size_t kept_to = source.text_begin(), left_out = 0;
  for (std::size_t at = kept_to; (at = bytes.find(kBlock, at)) != bytes.npos; at += kBlock.size()) {
    Cut cut = cut_at(at);
    if (cut.begin == cut.end) continue;
    bytes_ += source.slice(kept_to, cut.begin);
    kept_to = cut.end;
    cut.left_out_with_it = left_out += cut.end - cut.begin;
    cuts_.push_back(cut);
  }
  if (is_shorter()) bytes_ += source.slice(kept_to, bytes.size());
}

/// Nothing to cut unless a value begins with the tag, and the vault's header is its first line.
ShortText::Cut ShortText::cut_at(std::size_t tag) const {
  const std::string_view bytes = source_.bytes();
  const std::string_view before = bytes.substr(0, tag);
  const std::size_t line = tag + kBlock.size(), header = bytes.find_first_not_of(' ', line);
  Cut cut{.tag = tag, .header = header};
  if (!before.ends_with(": ") && !before.ends_with("- ")) return cut;
  if (header == bytes.npos || header == line || !bytes.substr(header).starts_with(kHeader)) return cut;
  const std::size_t header_end = bytes.find('\n', header);
  if (header_end == bytes.npos) return cut;
  cut.begin = cut.end = header_end + 1;
  for (std::size_t next; (next = behind_hex_line(bytes, cut.end, header - line)) != cut.end;) cut.end = next;
  return cut;
}

/// Without their indentation.
std::string ShortText::lines_of(const Cut& cut) const {
  const std::size_t indent = cut.header - (cut.tag + kBlock.size());
  std::string lines;
  lines.reserve(cut.end - cut.begin);
  for (std::size_t at = cut.begin; at < cut.end;) {
    const std::size_t next = source_.bytes().find('\n', at) + 1;
    lines += source_.slice(at + indent, next);
    at = next;
  }
  return lines;
}

bool ShortText::put_right(Tree& tree) const {
  for (Node& node : tree.nodes) {
    auto behind = [&](const Cut& cut) {
      return node.begin < cut.begin - (cut.left_out_with_it - (cut.end - cut.begin));
    };
    auto next = std::ranges::partition_point(cuts_, std::not_fn(behind));
    if (next != cuts_.begin()) node.begin += std::prev(next)->left_out_with_it;
  }
  std::size_t n = 0;
  for (const Cut& cut : cuts_) {
    while (n < tree.nodes.size() && (tree[n].begin != cut.tag || tree[n].kind != Node::Kind::scalar)) ++n;
    if (n == tree.nodes.size()) return false;
    const std::string_view header = source_.slice(cut.header, cut.begin);
    std::string& value = tree.nodes[n].value;
    if (!value.starts_with(header)) return false;
    value.insert(header.size(), lines_of(cut));
  }
  return true;
}

}  // namespace regvault::yaml
