#include <regvault/base/error.hpp>

#include <algorithm>

#include <regvault/base/encoding.hpp>

namespace regvault {
namespace {

/// How long the control character at `at` is: ASCII's one byte, U+0080 to U+009F (terminals obey those, too) two bytes
/// of UTF-8; 0: there is none.
std::size_t control_size(std::string_view text, std::size_t at) {
  auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0xff; };
  if (byte(at) < 0x20 || byte(at) == 0x7f) return 1;
  return byte(at) == 0xc2 && byte(at + 1) >= 0x80 && byte(at + 1) < 0xa0 ? 2 : 0;
}

}  // namespace

Error::Error(ErrorCode code_, std::string message_, std::string hint_, Where where_, std::string_view reason_)
    : code(code_), message(std::move(message_)), hint(std::move(hint_)), where(std::move(where_)), reason(reason_) {
  if (!where.file.empty()) {
    what_ = escaped(where.file);
    if (where.line != 0) what_ += ":" + std::to_string(where.line);
    if (where.line != 0 && where.column != 0) what_ += ":" + std::to_string(where.column);
    what_ += ": ";
  }
  what_ += message;
}

const char* Error::what() const noexcept {
  return what_.c_str();
}

std::string escaped(std::string_view name) {
  std::string out;
  for (std::size_t at = 0, control = 0; at < name.size(); at += std::max<std::size_t>(control, 1)) {
    control = control_size(name, at);
    if (control == 0) out += name[at];
    for (char byte : name.substr(at, control)) out += "\\x" + hex_encode(std::string_view(&byte, 1));
  }
  return out;
}

std::string in_quotes(std::string_view name) {
  std::string text;
  for (char c : name) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return '"' + escaped(text) + '"';
}

}  // namespace regvault
