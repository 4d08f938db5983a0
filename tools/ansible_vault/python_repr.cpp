#include "ansible_vault/python_repr.hpp"

#include <algorithm>
#include <cstdint>

#include <regvault/base/text.hpp>

namespace regvault::ansible_vault {
namespace {

struct Range {
  std::uint32_t first, last;
};

/// Controls, separators, formats and private characters; the blank is not one of them.
constexpr Range kUnprintable[] = {
    {0x0000, 0x001f}, {0x007f, 0x00a0}, {0x00ad, 0x00ad}, {0x061c, 0x061c}, {0x1680, 0x1680},
    {0x180e, 0x180e}, {0x2000, 0x200f}, {0x2028, 0x202f}, {0x205f, 0x206f}, {0x3000, 0x3000},
    {0xe000, 0xf8ff}, {0xfeff, 0xfeff}, {0xfff0, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0x10ffff},
};

struct Character {
  std::uint32_t code;
  std::size_t size;
};

/// The character at the front of `text`, which is not empty; a byte that begins none is a surrogate.
Character first_character(std::string_view text) {
  auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1};
  std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (text.size() < size || !is_utf8(text.substr(0, size))) return {0xdc00U + lead, 1};
  std::uint32_t code = lead & (0x7fU >> size);
  for (char c : text.substr(1, size - 1)) code = code << 6 | (static_cast<unsigned char>(c) & 0x3fU);
  return {code, size};
}

std::string escape(std::uint32_t code) {
  if (code == '\n') return "\\n";
  if (code == '\r') return "\\r";
  if (code == '\t') return "\\t";
  int digits = code <= 0xff ? 2 : code <= 0xffff ? 4 : 8;
  std::string text = digits == 2 ? "\\x" : digits == 4 ? "\\u" : "\\U";
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) text += "0123456789abcdef"[code >> shift & 0xf];
  return text;
}

bool is_printable(std::uint32_t code) {
  bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
  auto holds = [code](Range range) { return range.first <= code && code <= range.last; };
  return !is_surrogate && std::none_of(std::begin(kUnprintable), std::end(kUnprintable), holds);
}

}  // namespace

std::string python_repr(std::string_view text) {
  bool has_single_only = text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos;
  char quote = has_single_only ? '"' : '\'';
  std::string out(1, quote);
  while (!text.empty()) {
    auto [code, size] = first_character(text);
    if (code == '\\' || code == static_cast<unsigned char>(quote)) out += '\\';
    out += is_printable(code) ? std::string(text.substr(0, size)) : escape(code);
    text.remove_prefix(size);
  }
  return out + quote;
}

std::string python_repr(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + python_repr(text);
  return "[" + out + "]";
}

}  // namespace regvault::ansible_vault
