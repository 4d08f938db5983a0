#include <regvault/yaml/scalar.hpp>

#include <gtest/gtest.h>

namespace regvault::yaml {
namespace {

TEST(Scalar, StandsPlainOnlyWhereEveryReaderSeesThisString) {
  const struct {
    std::string text, in_block, in_flow;
  } rows[] = {
      {"hunter2", "hunter2", "hunter2"},
      {"two words", "two words", "two words"},
      {"3des", "3des", "3des"},
      {"käse", "käse", "käse"},
      {"it's", "it's", "it's"},
      {"https://x/", "https://x/", "\"https://x/\""},
      {"a,b", "a,b", "\"a,b\""},
      {"yes", "\"yes\"", "\"yes\""},
      {"No", "\"No\"", "\"No\""},
      {"ON", "\"ON\"", "\"ON\""},
      {"y", "\"y\"", "\"y\""},
      {"Null", "\"Null\"", "\"Null\""},
      {"~", "\"~\"", "\"~\""},
      {"", "\"\"", "\"\""},
      {"0755", "\"0755\"", "\"0755\""},
      {"0o17", "\"0o17\"", "\"0o17\""},
      {"1_000", "\"1_000\"", "\"1_000\""},
      {"-1.5", "\"-1.5\"", "\"-1.5\""},
      {"1e3", "\"1e3\"", "\"1e3\""},
      {"0xFF", "\"0xFF\"", "\"0xFF\""},
      {".inf", "\".inf\"", "\".inf\""},
      {"-.Inf", "\"-.Inf\"", "\"-.Inf\""},
      {".NaN", "\".NaN\"", "\".NaN\""},
      {"12:30:45", "\"12:30:45\"", "\"12:30:45\""},
      {"2024-01-01", "\"2024-01-01\"", "\"2024-01-01\""},
      {"2001-12-14t21:59:43.10-05:00", "\"2001-12-14t21:59:43.10-05:00\"", "\"2001-12-14t21:59:43.10-05:00\""},
      {"=", "\"=\"", "\"=\""},
      {"<<", "\"<<\"", "\"<<\""},
      {"---", "\"---\"", "\"---\""},
      {"...", "\"...\"", "\"...\""},
      {"- x", "\"- x\"", "\"- x\""},
      {"a: b", "\"a: b\"", "\"a: b\""},
      {"a #b", "\"a #b\"", "\"a #b\""},
      {"a:", "\"a:\"", "\"a:\""},
      {" a", "\" a\"", "\" a\""},
      {"a ", "\"a \"", "\"a \""},
      {"{{ x }}", "\"{{ x }}\"", "\"{{ x }}\""},
      {"a {{ x }}", "\"a {{ x }}\"", "\"a {{ x }}\""},
      {"!vault", "\"!vault\"", "\"!vault\""},
      {"&a", "\"&a\"", "\"&a\""},
      {"*a", "\"*a\"", "\"*a\""},
      {"a\tb", "\"a\\tb\"", "\"a\\tb\""},
      {"\"\\", "\"\\\"\\\\\"", "\"\\\"\\\\\""},
      {"a\x07\x1b\x7f", "\"a\\a\\x1b\\x7f\"", "\"a\\a\\x1b\\x7f\""},
      {"a\xc2\x85\xc2\xa0\xe2\x80\xa8\xef\xbb\xbf", "\"a\\x85\\xa0\\u2028\\ufeff\"", "\"a\\x85\\xa0\\u2028\\ufeff\""},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    EXPECT_EQ(plain_or_quoted(row.text, false), row.in_block);
    EXPECT_EQ(plain_or_quoted(row.text, true), row.in_flow);
  }
}

TEST(Scalar, LiteralBlockOnlyForWhatItKeepsAndShows) {
  const struct {
    std::string text;
    std::optional<std::string_view> header;
  } rows[] = {
      {"l1\nl2", "|-"},           {"l1\n  l2\n", "|"},       {"l1\n\n\n", "|+"},       {"l1\n\nl3\n", "|"},
      {"one line", std::nullopt}, {"\nx", std::nullopt},     {" x\ny", std::nullopt},  {"\tx\ny", std::nullopt},
      {"x \ny", std::nullopt},    {"x\n \ny", std::nullopt}, {"x\r\ny", std::nullopt}, {"\n\n", std::nullopt},
      {"x\n\x07", std::nullopt},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(double_quoted(row.text));
    EXPECT_EQ(literal_header(row.text), row.header);
  }
}

}  // namespace
}  // namespace regvault::yaml
