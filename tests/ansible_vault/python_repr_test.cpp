#include "ansible_vault/python_repr.hpp"

#include <gtest/gtest.h>

namespace regvault::ansible_vault {
namespace {

// The right column was printed by Python 3.11: repr(os.fsdecode(text)).
TEST(PythonRepr, AsPythonPrintsIt) {
  using namespace std::string_view_literals;
  const struct {
    std::string_view text, repr;
  } rows[] = {
      {"", "''"},
      {"a b", "'a b'"},
      {"it's", "\"it's\""},
      {"say \"x\"", "'say \"x\"'"},
      {"it's \"x\"", "'it\\'s \"x\"'"},
      {"a\\b", "'a\\\\b'"},
      {"\n\r\t\x1b\0\x7f"sv, "'\\n\\r\\t\\x1b\\x00\\x7f'"},
      {"gr\u00f6\u00dfe \u20ac \U0001f511", "'gr\u00f6\u00dfe \u20ac \U0001f511'"},
      {"\u0085\u00a0\u00ad", "'\\x85\\xa0\\xad'"},
      {"\u2028\u202e\ufeff", "'\\u2028\\u202e\\ufeff'"},
      {"\U000e0001", "'\\U000e0001'"},
      {"\xff", "'\\udcff'"},
      {"\xc3", "'\\udcc3'"},
      {"\xed\xa0\x80", "'\\udced\\udca0\\udc80'"},
      {"\xf0\x9f\x94"
       "a",
       "'\\udcf0\\udc9f\\udc94a'"},
  };
  for (const auto& row : rows) EXPECT_EQ(python_repr(row.text), row.repr);
}

}  // namespace
}  // namespace regvault::ansible_vault
