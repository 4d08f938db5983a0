#include <regvault/base/error.hpp>

#include <gmock/gmock.h>

namespace regvault {
namespace {

struct WhatRow {
  std::string_view name;
  Where where;
  std::string_view what;
};

Where place(std::string file, std::size_t line, std::size_t column) {
  Where where;
  where.file = std::move(file);
  where.line = line;
  where.column = column;
  return where;
}

TEST(Error, WhatSaysAsMuchOfThePlaceAsIsKnown) {
  const WhatRow rows[] = {
      {"no place", place("", 0, 0), "it broke"},
      {"line without file", place("", 3, 4), "it broke"},
      {"file", place("a.yml", 0, 0), "a.yml: it broke"},
      {"file and line", place("a.yml", 14, 0), "a.yml:14: it broke"},
      {"all", place("a.yml", 14, 9), "a.yml:14:9: it broke"},
      {"a name that would act on a terminal", place("a\x1b[2J.yml", 1, 2), "a\\x1b[2J.yml:1:2: it broke"},
      {"column without line", place("a.yml", 0, 9), "a.yml: it broke"},
  };
  for (const WhatRow& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(std::string_view(Error(ErrorCode::failed, "it broke", {}, row.where).what()), row.what);
  }
}

TEST(Error, CarriesWhatItWasGiven) {
  Error error(ErrorCode::not_found, "gone", "look elsewhere", place("a.yml", 1, 2), "lost");
  EXPECT_EQ(error.code, ErrorCode::not_found);
  EXPECT_EQ(error.message, "gone");
  EXPECT_EQ(error.hint, "look elsewhere");
  EXPECT_EQ(error.where.file, "a.yml");
  EXPECT_EQ(error.reason, "lost");
}

struct QuotedRow {
  std::string_view name, quoted;
};

TEST(Quoted, EscapesWhatCouldMislead) {
  using namespace std::string_view_literals;
  const QuotedRow rows[] = {
      {"", R"("")"},
      {"a b.yml", R"("a b.yml")"},
      {R"(say "hi")", R"("say \"hi\"")"},
      {R"(back\slash)", R"("back\\slash")"},
      {"line\nbreak", R"("line\x0abreak")"},
      {"\x1b[2J", R"("\x1b[2J")"},
      {"nul\0"sv, R"("nul\x00")"},
      {"\x7f", R"("\x7f")"},
      {"größe", R"("größe")"},
      {"\xc2\x9b"
       "31m",
       R"("\xc2\x9b31m")"},
      {"\xc2\xa0\xc2", "\"\xc2\xa0\xc2\""},
  };
  for (const QuotedRow& row : rows) EXPECT_EQ(in_quotes(row.name), row.quoted);
}

}  // namespace
}  // namespace regvault
