#include <regvault/keys/vault_id.hpp>

#include <gtest/gtest.h>

#include <regvault/base/error.hpp>

namespace regvault::keys {
namespace {

TEST(VaultId, IsSplitAtTheFirstAt) {
  struct Row {
    std::string_view text;
    std::optional<std::string> label;
    std::string source;
  };
  const Row rows[] = {
      {"pw", std::nullopt, "pw"},        {"dev@pw", "dev", "pw"},   {"dev@a@b", "dev", "a@b"},
      {"@pw", std::nullopt, "pw"},       {"dev@", "dev", ""},       {"", std::nullopt, ""},
      {"a b@prompt", "a b", "prompt"},   {"dev@a;b", "dev", "a;b"}, {"a;b", std::nullopt, "a;b"},
      {"\xc3\xa9@pw", "\xc3\xa9", "pw"},
  };
  for (const Row& row : rows) {
    VaultId id = parse_vault_id(row.text);
    EXPECT_EQ(id.label, row.label) << row.text;
    EXPECT_EQ(id.source, row.source) << row.text;
  }
}

TEST(VaultId, RefusesLabelsThatBreakAHeader) {
  struct Row {
    std::string_view text, wanted;
  };
  const Row rows[] = {
      {"a;b@pw", "\"a;b@pw\" is not a valid vault id: the character \";\" is not allowed in a label"},
      {"a\nb@pw", "\"a\\x0ab@pw\" is not a valid vault id: the character \"\\x0a\" is not allowed in a label"},
  };
  for (const Row& row : rows) {
    try {
      parse_vault_id(row.text);
      ADD_FAILURE() << row.text;
    } catch (const Error& error) {
      EXPECT_EQ(error.what(), row.wanted);
      EXPECT_EQ(error.code, ErrorCode::usage);
    }
  }
}

}  // namespace
}  // namespace regvault::keys
