#include <regvault/yaml/path.hpp>

#include <regvault/base/encoding.hpp>
#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>

namespace regvault::yaml {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string utf8(unsigned code_point) {
  auto byte = [](unsigned value) { return static_cast<char>(value); };
  if (code_point < 0x80) return {byte(code_point)};
  if (code_point < 0x800) return {byte(0xc0 | code_point >> 6), byte(0x80 | (code_point & 0x3f))};
  if (code_point < 0x10000) {
    return {byte(0xe0 | code_point >> 12), byte(0x80 | (code_point >> 6 & 0x3f)), byte(0x80 | (code_point & 0x3f))};
  }
  return {byte(0xf0 | code_point >> 18), byte(0x80 | (code_point >> 12 & 0x3f)), byte(0x80 | (code_point >> 6 & 0x3f)),
          byte(0x80 | (code_point & 0x3f))};
}

/// Reads both forms of a KEY from left to right.
class PathReader {
 public:
  explicit PathReader(std::string_view text) : text_(text) {}

  Path read() {
    if (text_.empty()) fail("a name is expected");
    if (!is_utf8(text_)) fail("the text is not UTF-8");
    return is_json() ? json_array() : dotted();
  }

 private:
  // "[0].a" and "[0][1]" are dotted paths that begin with an item; any other "[" opens a JSON array.
  bool is_json() const {
    if (text_[0] != '[') return false;
    std::size_t digits_end = text_.find_first_not_of("0123456789", 1);
    if (digits_end == 1 || digits_end == std::string_view::npos || text_[digits_end] != ']') return true;
    return digits_end + 1 == text_.size();
  }

  Path dotted() {
    Path path;
    if (peek() != '[') path.push_back(name());
    while (at_ < text_.size()) {
      if (take('[')) {
        path.push_back(Step::item(number()));
        if (!take(']')) fail("\"]\" is expected");
      } else if (take('.')) {
        path.push_back(name());
      } else {
        fail("\".\" or \"[\" is expected");
      }
    }
    return path;
  }

  Path json_array() {
    Path path;
    ++at_;  // the bracket
    skip_blanks();
    if (!take(']')) {
      do {
        skip_blanks();
        if (peek() == '"') {
          path.push_back(string());
        } else if (is_digit(peek())) {
          path.push_back(Step::item(number()));
        } else {
          fail("a quoted name or a number is expected");
        }
        skip_blanks();
      } while (take(','));
      if (!take(']')) fail("\",\" or \"]\" is expected");
    }
    skip_blanks();
    if (at_ != text_.size()) fail("nothing more is expected");
    return path;
  }

  std::string name() {
    if (peek() == '"') return string();
    std::size_t end = std::min(text_.find_first_of(".[]\"", at_), text_.size());
    if (end == at_) fail("a name is expected");
    std::string name(text_.substr(at_, end - at_));
    at_ = end;
    return name;
  }

  std::size_t number() {
    std::size_t end = std::min(text_.find_first_not_of("0123456789", at_), text_.size());
    if (end == at_) fail("a number is expected");
    if (end - at_ > 9) fail("the number is too large");
    std::size_t number = std::stoul(std::string(text_.substr(at_, end - at_)));
    at_ = end;
    return number;
  }

  std::string string() {
    std::size_t opened = at_++;
    std::string out;
    while (!take('"')) {
      if (at_ >= text_.size()) {
        at_ = opened;
        fail("the quote is not closed");
      }
      if (static_cast<unsigned char>(peek()) < 0x20) fail("a control character must be escaped");
      if (take('\\')) {
        escape(out);
      } else {
        out += text_[at_++];
      }
    }
    return out;
  }

  void escape(std::string& out) {
    static constexpr std::string_view kLetters = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
    if (take('u')) {
      unsigned code_point = hex4();
      if (code_point >= 0xd800 && code_point < 0xdc00 && take('\\') && take('u')) {
        unsigned low = hex4();
        if (low < 0xdc00 || low > 0xdfff) fail("half a character was escaped");
        code_point = 0x10000 + ((code_point - 0xd800) << 10) + (low - 0xdc00);
      }
      if (code_point >= 0xd800 && code_point < 0xe000) fail("half a character was escaped");
      out += utf8(code_point);
      return;
    }
    std::size_t which = at_ < text_.size() ? kLetters.find(text_[at_]) : std::string_view::npos;
    if (which == std::string_view::npos) fail("this escape is not one of JSON's");
    out += kMeanings[which];
    ++at_;
  }

  unsigned hex4() {
    char bytes[2];
    if (text_.size() - at_ < 4 || hex_decode(text_.substr(at_, 4), bytes)) fail("four hexadecimal digits are expected");
    at_ += 4;
    return static_cast<unsigned>(static_cast<unsigned char>(bytes[0])) << 8 | static_cast<unsigned char>(bytes[1]);
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void skip_blanks() {
    while (at_ < text_.size() && kWhitespace.find(text_[at_]) != std::string_view::npos) ++at_;
  }

  [[noreturn]] void fail(std::string_view what) const {
    throw Error(ErrorCode::usage,
                "KEY " + in_quotes(text_) + ", character " + std::to_string(at_ + 1) + ": " + std::string(what),
                "a KEY looks like all.vars.token, users[0].password or all.hosts.\"web01.example.org\".token", {},
                "bad-key");
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool needs_quotes(std::string_view name) {
  if (name.empty() || name.front() == ' ' || name.back() == ' ') return true;
  for (char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || std::string_view(".[]\"\\").find(c) != name.npos)
      return true;
  }
  return false;
}

}  // namespace

Step Step::item(std::size_t index) {
  Step step("");
  step.index = index;
  return step;
}

Path parse_path(std::string_view text) {
  return PathReader(text).read();
}

std::string json_quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00" + hex_encode(std::string_view(&c, 1));
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out + '"';
}

std::string to_string(const Path& path) {
  if (path.empty()) return "[]";
  std::string out;
  for (const Step& step : path) {
    if (step.index) {
      out += '[' + std::to_string(*step.index) + ']';
    } else {
      if (!out.empty()) out += '.';
      out += needs_quotes(step.key) ? json_quoted(step.key) : step.key;
    }
  }
  return out;
}

}  // namespace regvault::yaml
