#include <regvault/base/error.hpp>

#include <regvault/base/encoding.hpp>

namespace regvault {

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
  for (char c : name) {
    auto byte = static_cast<unsigned char>(c);
    bool is_control = byte < 0x20 || byte == 0x7f;
    out += is_control ? "\\x" + hex_encode(std::string_view(&c, 1)) : std::string(1, c);
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
