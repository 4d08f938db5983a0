#include <regvault/diagnosis/readable_text.hpp>

#include <algorithm>
#include <array>

#include <regvault/base/encoding.hpp>
#include <regvault/secret/secret_bytes.hpp>

namespace regvault::diagnosis {
namespace {

constexpr char kEscape = '\x1b', kBell = '\x07';

/// Leaves terminal sequences out: ESC [ … letter (colours), ESC ] … BEL (titles, links), ESC and one more.
class Colours {
 public:
  bool is_part(char c) {
    switch (state_) {
      case State::text:
        if (c == kEscape) state_ = State::begun;
        return c == kEscape;
      case State::begun:
        state_ = c == '[' ? State::control : c == ']' ? State::command : State::text;
        return true;
      case State::control:
        if (c == '\n' || (c >= 0x40 && c <= 0x7e)) state_ = State::text;
        return c != '\n';
      default:
        if (c == kBell || c == '\n') state_ = State::text;
        if (c == kEscape) state_ = State::begun;
        return c != '\n';
    }
  }

 private:
  enum class State { text, begun, control, command } state_ = State::text;
};

/// The character that `\uXXXX` is, when it is ASCII; else "?".
char unescaped(std::string_view digits) {
  std::array<char, 2> value{};
  if (hex_decode(digits, value.data())) return '?';
  bool ascii = value[0] == 0 && static_cast<unsigned char>(value[1]) < 0x80;
  return ascii ? value[1] : '?';
}

struct Read {
  char c = 0;            ///< 0: nothing
  std::size_t size = 1;  ///< of the input
};

/// A run of backslashes, as many as strings were put into strings, and what it stands for.
Read read_escape(std::string_view rest) {
  std::size_t slashes = std::min(rest.find_first_not_of('\\'), rest.size());
  std::string_view next = rest.substr(slashes);
  if (next.empty()) return {'\\', slashes};
  switch (next[0]) {
    case 'n':
      return {'\n', slashes + 1};
    case 't':
      return {' ', slashes + 1};
    case 'r':
      if (next.size() > 1 && (next[1] == '\\' || next[1] == '"')) return {0, slashes + 1};
      return {'\\', slashes};
    case '"':
    case '\'':
    case '/':
      return {next[0], slashes + 1};
    case 'u':
      if (next.size() >= 5 && next.substr(1, 4).find_first_not_of("0123456789abcdefABCDEF") == next.npos) {
        return {unescaped(next.substr(1, 4)), slashes + 5};
      }
      return {'\\', slashes};
    default:
      return {'\\', slashes};
  }
}

}  // namespace

ReadableText::ReadableText(std::string_view bytes) {
  bytes_.reserve(bytes.size() + 1);  // never more: the views stay valid
  Colours colours;
  std::size_t number = 1;
  for (std::size_t at = 0; at < bytes.size();) {
    Read read = bytes[at] == '\\' ? read_escape(bytes.substr(at)) : Read{bytes[at]};
    bool real_line_end = bytes[at] == '\n';
    at += read.size;
    if (read.c == '\n') {
      end_line(number);
      number += real_line_end ? 1 : 0;
      (void)colours.is_part('\n');
    } else if (read.c != 0 && read.c != '\r' && !colours.is_part(read.c)) {
      bytes_ += read.c;
    }
  }
  end_line(number);
}

ReadableText::~ReadableText() {
  wipe(bytes_.data(), bytes_.size());
}

void ReadableText::end_line(std::size_t number) {
  std::string_view line = std::string_view(bytes_).substr(line_begin_);
  while (line.size() > kPiece) {
    lines_.push_back({line.substr(0, kPiece), number});
    line.remove_prefix(kPiece - kOverlap);
  }
  if (line.size() >= kShortest) lines_.push_back({line, number});
  bytes_ += '\n';
  line_begin_ = bytes_.size();
}

std::string_view ReadableText::around(const char* at, std::size_t reach) const {
  std::string_view all = bytes_;
  auto middle = static_cast<std::size_t>(at - all.data());
  std::size_t begin = middle - std::min(middle, reach);
  std::size_t line_end = all.substr(0, middle).rfind('\n');
  if (line_end != all.npos) begin = std::max(begin, line_end + 1);
  std::size_t end = std::min({all.find('\n', middle), middle + reach, all.size()});
  return all.substr(begin, end - begin);
}

}  // namespace regvault::diagnosis
