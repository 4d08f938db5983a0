#include <gtest/gtest.h>

#include <regvault/base/encoding.hpp>
#include <regvault/vault/aes256.hpp>
#include <regvault/vault/payload.hpp>

#include "variations.hpp"

namespace regvault::vault {
namespace {

constexpr std::string_view kPasswords[] = {"secret"};

/// What became of it: "PLAINTEXT" in quotes, "no key", or the error's text.
std::string outcome_of(const std::string& payload) {
  try {
    auto opened = open(payload, kPasswords, "f");
    return opened ? in_quotes(opened->plaintext.view()) : "no key";
  } catch (const Error& error) {
    EXPECT_FALSE(error.reason.empty());
    return error.what();
  }
}

TEST(Tolerance, EveryVariation) {
  for (const Variation& row : variations()) {
    SCOPED_TRACE(row.name);
    std::string expected = row.accepted ? in_quotes(row.plaintext) : row.message.empty() ? "no key" : row.message;
    EXPECT_EQ(outcome_of(row.payload), expected);
  }
}

TEST(Tolerance, HintsAtBlanks) {
  try {
    SealedPayload::parse(reading("$ANSIBLE_VAULT;1.1;AES256\n33 \n"), "f");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "f:2:3: the vault body holds \" \", which is not a hexadecimal digit");
    EXPECT_EQ(error.hint, "lines of a vault body have no blanks, neither at their beginning nor at their end");
    EXPECT_EQ(error.reason, "hex-digit");
  }
}

TEST(Tolerance, AnOversizedSaltIsNotReadToItsEnd) {
  std::string endless = "$ANSIBLE_VAULT;1.1;AES256\n";
  for (std::size_t i = 0; i <= 2 * kSaltAtMost; ++i) endless += "36";
  EXPECT_EQ(outcome_of(endless), "f: the vault's salt is longer than 65536 bytes");
}

TEST(Tolerance, TheLargestSaltComesBack) {
  std::string payload = seal("hello\n", "secret", {.label = {}, .salt = std::string(kSaltAtMost, 's')});
  EXPECT_EQ(outcome_of(payload), "\"hello\\x0a\"");
}

/// Cut anywhere, a payload is malformed or not opened; it never opens as something else.
TEST(Tolerance, NoCutGoesUnnoticed) {
  std::string payload = seal("hello\n", "secret");
  for (std::size_t size = 0; size < payload.size() - 1; ++size) {
    std::string outcome = outcome_of(payload.substr(0, size));
    EXPECT_TRUE(outcome.starts_with("f:")) << size << ": " << outcome;
  }
}

}  // namespace
}  // namespace regvault::vault
