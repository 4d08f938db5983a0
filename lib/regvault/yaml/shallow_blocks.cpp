#include <regvault/yaml/shallow_blocks.hpp>

#include <algorithm>

#include <regvault/yaml/tree.hpp>

namespace regvault::yaml {
namespace {

/// What one line says about the block scalar that may begin in it.
struct LineShape {
  std::size_t key = 0;         ///< behind the indentation and the "-", "?" and ":" of compact collections
  std::size_t key_indent = 0;  ///< the column that the block's lines must be deeper than
  std::size_t header = kNone;  ///< the '|' or '>'; kNone: no block begins here
};

LineShape shape_of(const Source& source, std::size_t begin, std::size_t end) {
  LineShape shape;
  std::size_t last_indicator = begin, at = begin;
  for (; at < end && std::string_view(" -?:").find(source[at]) != std::string_view::npos; ++at) {
    if (source[at] != ' ') last_indicator = at;
  }
  shape.key = at;
  std::string_view text = source.slice(begin, end);
  text = text.substr(0, text.find(" #"));
  const std::size_t last = text.find_last_not_of(" \t+-0123456789");
  const bool is_header = last != std::string_view::npos && last > 0 && (text[last] == '|' || text[last] == '>') &&
                         is_blank(text[last - 1]) && source[shape.key] != '#';
  if (is_header) shape.header = begin + last;
  const bool has_key = source[shape.key] != '!' && source[shape.key] != '&' && shape.key != shape.header;
  shape.key_indent = source.column(has_key ? shape.key : last_indicator);
  return shape;
}

/// The properties between the key's place and the header; false: there is something else, too.
bool read_properties(const Source& source, const LineShape& shape, ShallowBlock& block) {
  block = {.begin = shape.key, .end = shape.key, .header = shape.header};
  for (std::size_t at = shape.key; at < shape.header;) {
    if (source[at] != '!' && source[at] != '&') return false;
    block.has_anchor = block.has_anchor || source[at] == '&';
    block.end = source.bytes().find_first_of(" \t", at);
    at = source.bytes().find_first_not_of(" \t", block.end);
  }
  return block.end > block.begin;
}

}  // namespace

std::vector<ShallowBlock> shallow_blocks(const Source& source) {
  std::vector<ShallowBlock> found;
  std::size_t inside = kNone;  // the indentation that a line must have at most to end the block we are in
  for (std::size_t begin = source.text_begin(); begin < source.size(); begin = source.next_line(begin)) {
    const std::size_t end = source.line_end(begin), text = source.bytes().find_first_not_of(' ', begin);
    if (text >= end || (inside != kNone && text - begin > inside)) continue;
    const LineShape shape = shape_of(source, begin, end);
    inside = shape.header == kNone ? kNone : shape.key_indent;
    ShallowBlock block;
    if (shape.header == kNone || !read_properties(source, shape, block)) continue;
    const std::size_t content = source.bytes().find_first_not_of(" \r\n", end);
    if (content == std::string::npos || source.column(content) > source.column(block.begin)) continue;
    found.push_back(block);
  }
  return found;
}

}  // namespace regvault::yaml
