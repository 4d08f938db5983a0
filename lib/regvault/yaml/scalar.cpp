#include <regvault/yaml/scalar.hpp>

#include <algorithm>

#include <regvault/base/encoding.hpp>
#include <regvault/base/text.hpp>

namespace regvault::yaml {
namespace {

using std::string_view;

/// Words that YAML 1.1 or 1.2 resolve, in lower case.
constexpr string_view kWords[] = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "<<", "="};

/// Numbers, dates and times of all bases and versions are made of these. Too many is fine: then it is quoted.
bool may_be_number(string_view text) {
  constexpr string_view kFirst = "0123456789+-.", kOthers = "0123456789+-.abcdefABCDEF_xXoO: tTzZ";
  if (kFirst.find(text[0]) == string_view::npos) return false;
  if (text.find_first_not_of(kOthers) == string_view::npos) return true;
  std::string word = lowercase(stripped(text, "+-."));
  return word == "inf" || word == "nan";
}

/// Characters that only an escape shows: controls, Unicode line breaks, no-break space, byte order mark.
std::string escape_at(string_view text, std::size_t at, std::size_t& length) {
  static constexpr string_view kLetters = "abtnvfr";  // U+0007 … U+000D
  auto byte = static_cast<unsigned char>(text[at]);
  length = 1;
  if (byte >= 0x07 && byte <= 0x0d) return std::string("\\") + kLetters[byte - 0x07];
  if (byte == '"' || byte == '\\') return std::string("\\") + text[at];
  if (byte < 0x20 || byte == 0x7f) return "\\x" + hex_encode(text.substr(at, 1));
  length = 2;
  if (byte == 0xc2 && static_cast<unsigned char>(text[at + 1]) <= 0xa0)
    return "\\x" + hex_encode(text.substr(at + 1, 1));
  length = 3;
  string_view three = text.substr(at, 3);
  if (three == "\xe2\x80\xa8") return "\\u2028";
  if (three == "\xe2\x80\xa9") return "\\u2029";
  if (three == "\xef\xbb\xbf") return "\\ufeff";
  if (three == "\xef\xbf\xbe") return "\\ufffe";
  if (three == "\xef\xbf\xbf") return "\\uffff";
  length = 1;
  return {};
}

/// Needs an escape somewhere, line ends and tabs aside.
bool needs_escapes(string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::size_t length = 0;
    if (text[at] == '"' || text[at] == '\\' || text[at] == '\n' || text[at] == '\t') continue;
    if (!escape_at(text, at, length).empty()) return true;
  }
  return false;
}

}  // namespace

bool may_be_plain(string_view text, bool in_flow) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ' || text.back() == ':') return false;
  if (string_view("-?:,[]{}#&*!|>'\"%@`").find(text[0]) != string_view::npos) return false;
  if (text.find_first_of("\n\t") != string_view::npos || needs_escapes(text)) return false;
  if (text.find(": ") != string_view::npos || text.find(" #") != string_view::npos) return false;
  if (text.find("{{") != string_view::npos || text.find("{%") != string_view::npos) return false;
  if (text.starts_with("...") || may_be_number(text)) return false;
  if (in_flow && text.find_first_of(",[]{}:?") != string_view::npos) return false;
  return std::find(std::begin(kWords), std::end(kWords), lowercase(text)) == std::end(kWords);
}

std::string double_quoted(string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 1;
    std::string escape = escape_at(text, at, length);
    if (escape.empty()) {
      out += text[at];
    } else {
      out += escape;
    }
    at += length;
  }
  return out + '"';
}

std::string plain_or_quoted(string_view text, bool in_flow) {
  return may_be_plain(text, in_flow) ? std::string(text) : double_quoted(text);
}

std::optional<string_view> literal_header(string_view text) {
  if (text.find('\n') == string_view::npos || needs_escapes(text)) return std::nullopt;
  if (text[0] == ' ' || text[0] == '\n' || text[0] == '\t') return std::nullopt;
  string_view body = text;
  while (!body.empty() && body.back() == '\n') body.remove_suffix(1);
  for (string_view line : split(body, '\n')) {
    if (line.ends_with(' ') || line.ends_with('\t')) return std::nullopt;
  }
  std::size_t final_newlines = text.size() - body.size();
  return final_newlines == 0 ? "|-" : final_newlines == 1 ? "|" : "|+";
}

}  // namespace regvault::yaml
