#include <regvault/inventory/shell_words.hpp>

#include <regvault/base/error.hpp>

namespace regvault::inventory {
namespace {

[[noreturn]] void refuse(const char* message) {
  throw Error(ErrorCode::malformed, message, {}, {}, "bad-inventory");
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

std::vector<std::string> shell_words(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  auto end_word = [&] {
    if (in_word) words.push_back(std::move(word));
    word.clear();
    in_word = false;
  };
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '#') break;
    if (is_blank(c)) {
      end_word();
      continue;
    }
    in_word = true;
    if (c == '\\') {
      if (++i == line.size()) refuse("a backslash at the end of the line");
      word += line[i];
    } else if (c == '\'' || c == '"') {
      for (++i;; ++i) {
        if (i >= line.size()) refuse("a quote is not closed");
        if (line[i] == c) break;
        const bool is_escape = c == '"' && line[i] == '\\' && i + 1 < line.size();
        if (is_escape && (line[i + 1] == '"' || line[i + 1] == '\\')) ++i;
        word += line[i];
      }
    } else {
      word += c;
    }
  }
  end_word();
  return words;
}

}  // namespace regvault::inventory
