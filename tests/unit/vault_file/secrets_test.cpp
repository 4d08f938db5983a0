#include <regvault/vault_file/secrets.hpp>

#include <gtest/gtest.h>

namespace regvault::vault_file {
namespace {

constexpr std::string_view kBody = "6161\n";

std::string payload(const std::string& label, std::string_view body = kBody) {
  std::string header = label.empty() ? "$ANSIBLE_VAULT;1.1;AES256\n" : "$ANSIBLE_VAULT;1.2;AES256;" + label + "\n";
  return header + std::string(body);
}

/// Valid as far as it shows without a password: salt, HMAC of 64 digits, 16 bytes.
std::string hex_of(std::string_view text) {
  std::string out;
  for (unsigned char c : text) out += {"0123456789abcdef"[c >> 4], "0123456789abcdef"[c & 15]};
  return out;
}
std::string sound(const std::string& label) {
  std::string inner = "6162\n" + std::string(64, 'a') + "\n" + std::string(32, 'b');
  return payload(label, hex_of(inner) + "\n");
}

std::string indented(const std::string& text, const std::string& by = "    ") {
  std::string out = by;
  for (char c : text) out += c == '\n' ? "\n" + by : std::string(1, c);
  return out.substr(0, out.size() - by.size());
}

std::string told(const SecretFile& file) {
  std::string out;
  for (const Secret& secret : file.secrets()) {
    out += name_of(secret) + (secret.label.empty() ? "" : " (" + secret.label + ")");
    if (secret.broken) out += " broken: " + secret.broken->reason;
    out += "\n";
  }
  return out;
}

TEST(Secrets, InlineOnesInTheOrderOfTheFile) {
  SecretFile file = SecretFile::parse(
      "a: 1\nb:\n  c: !vault |\n" + indented(sound("dev")) + "  d:\n  - !vault |\n" + indented(sound("")), "v.yml");
  EXPECT_EQ(told(file), "v.yml:3: b.c (dev)\nv.yml:7: b.d[0]\n");
}

TEST(Secrets, AWholeFile) {
  SecretFile file = SecretFile::parse(sound("prod"), "vault.yml");
  EXPECT_EQ(told(file), "vault.yml (prod)\n");
  EXPECT_EQ(file.with({sound("new")}), sound("new"));
  EXPECT_EQ(file.with({std::nullopt}), file.bytes());
}

TEST(Secrets, BrokenOnesHaveAReasonAndAPlace) {
  SecretFile file = SecretFile::parse("a: !vault |\n" + indented(payload("")) + "b: !vault plain\n", "v.yml");
  EXPECT_EQ(told(file), "v.yml:1: a broken: no-hmac\nv.yml:4: b broken: not-encrypted\n");
  EXPECT_EQ(file.secrets()[1].broken->where.line, 4U);
}

TEST(Secrets, OthersStayToTheByte) {
  std::string text = "# top\r\na: !vault |\r\n  " + std::string("$ANSIBLE_VAULT;1.1;AES256\r\n  6161\r\n") +
                     "---\nb: !vault |\n" + indented(sound("")) + "c: 'x'   # why";
  SecretFile file = SecretFile::parse(text, "v.yml");
  ASSERT_EQ(file.secrets().size(), 2U);
  EXPECT_EQ(file.secrets()[1].document, 1U);
  EXPECT_EQ(file.with({std::nullopt, std::nullopt}), text);
  std::string wanted = text.substr(0, text.find("    $ANS")) + indented(sound("new")) + "c: 'x'   # why";
  EXPECT_EQ(file.with({std::nullopt, sound("new")}), wanted);
}

TEST(Secrets, WhatHoldsNoneIsNotParsed) {
  EXPECT_TRUE(SecretFile::parse("a: [\x01 not YAML", "x").secrets().empty());
  EXPECT_FALSE(may_hold_secrets("a: 1"));
  EXPECT_TRUE(may_hold_secrets("a: !vault |"));
  EXPECT_THROW(SecretFile::parse("a: [!vault", "x"), Error);
}

}  // namespace
}  // namespace regvault::vault_file
