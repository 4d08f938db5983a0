/// The bytes of a file, its lines, and the checks that come before any parser.
///
/// Refused are bytes that Ansible's parser refuses, or takes for a line break where yaml-cpp takes none: with those
/// the two would read two different files.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/base/error.hpp>

namespace regvault::yaml {

class Source {
 public:
  /// Throws Error(malformed): not-utf8, unsafe-bytes, lone-cr, exotic-line-break; Error(unsupported): whole-file-vault.
  Source(std::string bytes, std::string name);

  const std::string& bytes() const noexcept { return bytes_; }
  const std::string& name() const noexcept { return name_; }
  std::size_t size() const noexcept { return bytes_.size(); }
  char operator[](std::size_t at) const noexcept { return at < bytes_.size() ? bytes_[at] : '\0'; }
  std::string_view slice(std::size_t begin, std::size_t end) const noexcept {
    return std::string_view(bytes_).substr(begin, end - begin);
  }

  /// Where the text begins: behind a byte order mark.
  std::size_t text_begin() const noexcept { return text_begin_; }

  std::size_t line_index(std::size_t at) const;  ///< from 0, by binary search
  std::size_t line_begin(std::size_t at) const;  ///< of the line that holds `at`
  std::size_t line_end(std::size_t at) const;    ///< before its line break
  std::size_t next_line(std::size_t at) const;   ///< behind its line break; size() after the last line
  std::size_t column(std::size_t at) const;      ///< bytes from the line's begin (or the byte order mark's end)
  bool starts_its_line(std::size_t at) const;    ///< nothing but blanks before it

  /// The line break to use for lines added at `at`: that line's own, else the one before it, else "\n".
  std::string_view line_break(std::size_t at) const;

  /// Line and column as people count. `shown_until`: the line's text up to there holds no secret and is shown.
  Where where(std::size_t at, std::size_t shown_until = 0) const;
  Where whole() const;  ///< the file, no line

 private:
  void check() const;

  std::string bytes_, name_;
  std::size_t text_begin_ = 0;
  std::vector<std::size_t> line_begins_;
  std::vector<std::size_t> continuations_;  // bytes of characters, their first aside
};

inline bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t';
}
inline bool is_break(char c) noexcept {
  return c == '\n' || c == '\r';
}

}  // namespace regvault::yaml
