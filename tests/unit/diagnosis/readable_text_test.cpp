#include <gtest/gtest.h>
#include <regvault/diagnosis/readable_text.hpp>

namespace regvault::diagnosis {
namespace {

/// "NUMBER:TEXT" of each line.
std::vector<std::string> lines_of(std::string_view bytes) {
  ReadableText text(bytes);
  std::vector<std::string> out;
  for (const ReadableText::Line& line : text.lines())
    out.push_back(std::to_string(line.number) + ":" + std::string(line.text));
  return out;
}

using Lines = std::vector<std::string>;

TEST(ReadableText, Cleaned) {
  EXPECT_EQ(lines_of(""), Lines{});
  EXPECT_EQ(lines_of("first\r\n\r\nthird\nok\n"), (Lines{"1:first", "3:third"})) << "too short ones say nothing";
  EXPECT_EQ(lines_of("\x1b[31;1mERROR:\x1b[0m failed\x1b]0;title\x07!"), Lines{"1:ERROR: failed!"});
  EXPECT_EQ(lines_of("cut off \x1b[31"), Lines{"1:cut off "});
  EXPECT_EQ(lines_of(std::string("n\0o\0 \0s\0u\0c\0h\0", 14)), Lines{"1:no such"}) << "UTF-16";
}

TEST(ReadableText, StringsInStrings) {
  EXPECT_EQ(lines_of(R"(one {"msg": "Get \"https://x\": no\nnext line"} end)"
                     "\nthird"),
            (Lines{"1:one {\"msg\": \"Get \"https://x\": no", "1:next line\"} end", "2:third"}));
  EXPECT_EQ(lines_of(R"(twice \\\"quoted\\\" \\nnext)"), (Lines{"1:twice \"quoted\" ", "1:next"}));
  EXPECT_EQ(lines_of(R"(a\u003cb\u0026c\u2026d\r\n)"), Lines{"1:a<b&c?d"});
  EXPECT_EQ(lines_of(R"(\u001b[0;31mred\u001b[0m text)"), Lines{"1:red text"});
  EXPECT_EQ(lines_of(R"(C:\registry \d+ \u12 \)"), Lines{R"(1:C:\registry \d+ \u12 \)"});
}

TEST(ReadableText, LongLinesInPieces) {
  std::string line(3 * ReadableText::kPiece, 'x');
  line.replace(ReadableText::kPiece - 5, 12, "here it is..");
  ReadableText text(line);
  std::size_t whole = 0;
  for (const ReadableText::Line& piece : text.lines()) {
    EXPECT_LE(piece.text.size(), ReadableText::kPiece);
    if (std::size_t at = piece.text.find("here it is"); at != piece.text.npos) {
      ++whole;
      EXPECT_EQ(text.around(piece.text.data() + at, 4).substr(4), "here");
    }
  }
  EXPECT_EQ(whole, 1u);
}

TEST(ReadableText, Around) {
  ReadableText text("first line\nsecond line\nthird line\n");
  const char* at = text.lines()[1].text.data() + 7;
  EXPECT_EQ(text.around(at, 3), "nd lin");
  EXPECT_EQ(text.around(at, 300), "second line");
}

}  // namespace
}  // namespace regvault::diagnosis
