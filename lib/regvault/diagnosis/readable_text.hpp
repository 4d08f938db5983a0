/// What a program said, wherever it was copied from, as lines to search in: no colours, no carriage returns, no zero
/// bytes (PowerShell writes UTF-16), and strings that Ansible or the kubelet wrote as JSON are text again: `\"` is `"`,
/// `\n` ends a line.
///
///     ReadableText text("fatal: [web]: FAILED! => {\"msg\": \"first\\nsecond\"}");
///     text.lines()[1].text      // "second\"}"
///     text.lines()[1].number    // 1: as in the original
///
/// One pass, one copy. Long lines come in pieces that overlap, so that whoever searches one piece at a time takes
/// linear time; those too short to say anything are left out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace regvault::diagnosis {

class ReadableText {
 public:
  static constexpr std::size_t kPiece = 8192, kOverlap = 1024, kShortest = 4;

  struct Line {
    std::string_view text;
    std::size_t number;  ///< of the line in the original, from 1
  };

  explicit ReadableText(std::string_view bytes);
  ReadableText(const ReadableText&) = delete;
  ReadableText& operator=(const ReadableText&) = delete;
  ~ReadableText();  ///< wipes the copy: a log may hold a token

  const std::vector<Line>& lines() const noexcept { return lines_; }

  /// What is around `at`, which points into one of the lines: at most `reach` bytes of the same line to each side.
  std::string_view around(const char* at, std::size_t reach) const;

 private:
  void end_line(std::size_t number);

  std::string bytes_;
  std::size_t line_begin_ = 0;
  std::vector<Line> lines_;
};

}  // namespace regvault::diagnosis
