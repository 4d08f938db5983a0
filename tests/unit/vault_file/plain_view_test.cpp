#include <regvault/vault_file/plain_view.hpp>

#include <gtest/gtest.h>

#include <regvault/base/text.hpp>
#include <regvault/vault/payload.hpp>

namespace regvault::vault_file {
namespace {

class View : public testing::Test {
 protected:
  View() {
    ring_.add({"default", SecretBytes::copy_of("one password")});
    ring_.add({"dev", SecretBytes::copy_of("dev password")});
  }

  /// A block of a vault, `indent` columns deep, `header` as its first line.
  static std::string block(std::string_view text, std::string_view password, std::size_t indent,
                           const std::string& label = "", const std::string& header = "!vault |") {
    std::string out = header + "\n";
    std::string payload = vault::seal(text, password, {.label = label});
    payload.pop_back();
    for (std::string_view line : split(payload, '\n')) out += std::string(indent, ' ') + std::string(line) + "\n";
    return out;
  }

  std::string shown(const std::string& bytes) { return std::string(plain_view(bytes, "v.yml", ring_).text.view()); }

  /// `change` of the view's text, sealed.
  template <typename Change>
  std::string sealed(const std::string& bytes, const Change& change, const std::optional<std::string>& id = {}) {
    PlainView view = plain_view(bytes, "v.yml", ring_);
    std::string text(view.text.view());
    change(text);
    return sealed_view(text, "v.yml", view, ring_, id);
  }

  static void replace(std::string& text, std::string_view what, std::string_view by) {
    std::size_t at = text.find(what);
    ASSERT_NE(at, std::string::npos) << text;
    text.replace(at, what.size(), by);
  }

  keys::Keyring ring_;
};

TEST_F(View, ShowsWhatItOpens) {
  std::string other = block("x", "nobody's", 4);
  std::string bytes = "# top\na: " + block("ghp_1", "one password", 10, "", "!vault |  # why") +
                      "b:\n  c: " + block("l1\nl2\n", "dev password", 4, "dev") + "  d: " + other + "e: &x " +
                      block("yes\n", "one password", 2) + "f: *x\n";
  EXPECT_EQ(shown(bytes), "# top\na: !vault-plain \"ghp_1\"  # why\nb:\n  c: !vault-plain |\n    l1\n" +
                              std::string("    l2\n  d: ") + other + "e: &x !vault-plain |\n  yes\nf: *x\n");
}

TEST_F(View, NothingChangedGivesTheSameBytes) {
  const std::string line = block("inline", "one password", 0);
  std::string escaped_line;
  for (char c : line.substr(line.find('\n') + 1)) escaped_line += c == '\n' ? std::string("\\n") : std::string(1, c);
  const std::string cases[] = {
      "a: " + block("x", "one password", 10) + "b: 1\n",
      "a: " + block("x", "one password", 1, "", "!vault |-") +
          "\n\n# c\nb: " + block("", "one password", 3, "", "!vault |+"),
      "- " + block("l1\nl2", "dev password", 2, "dev") +
          "- k: " + block("y", "one password", 6, "", "!vault-encrypted |") + "  l: 1\n",
      "a: {b: !vault \"" + escaped_line + "\", c: 1}\n",
      "a:\n  !vault |\n  " + block("x", "one password", 2).substr(11) + "b: 2",
      "x: 1\na: " + block("tail", "one password", 2).substr(0, block("tail", "one password", 2).size() - 1),
  };
  for (const std::string& bytes : cases) {
    EXPECT_NE(shown(bytes), bytes);
    EXPECT_EQ(sealed(bytes, [](std::string&) {}), bytes);
    EXPECT_EQ(sealed(bytes + (bytes.ends_with('\n') ? "" : "\n") + "# more\n", [](std::string&) {}),
              bytes + (bytes.ends_with('\n') ? "" : "\n") + "# more\n");
  }
}

TEST_F(View, OnlyTheChangedOneIsSealedAnew) {
  std::string a = block("one", "one password", 10), b = block("two", "dev password", 4, "dev");
  std::string bytes = "a: " + a + "b: " + b;
  std::string now = sealed(bytes, [](std::string& text) { replace(text, "\"two\"", "\"three\"  # new"); });
  EXPECT_TRUE(now.starts_with("a: " + a + "b: !vault |  # new\n")) << now;
  EXPECT_NE(now.find("$ANSIBLE_VAULT;1.2;AES256;dev\n"), std::string::npos);
  EXPECT_EQ(shown(now), "a: !vault-plain \"one\"\nb: !vault-plain \"three\"  # new\n");
}

TEST_F(View, AMovedOneKeepsItsCiphertext) {
  std::string a = block("one", "one password", 4);
  std::string payload = a.substr(a.find('$'));
  std::string now = sealed("x:\n  a: " + a + "  b: 1\n", [](std::string& text) {
    replace(text, "  a: !vault-plain \"one\"\n", "");
    text += "z: !vault-plain \"one\"\n";
  });
  EXPECT_NE(now.find(std::string(stripped(split(payload, '\n')[1]))), std::string::npos) << now;
  EXPECT_EQ(shown(now), "x:\n  b: 1\nz: !vault-plain \"one\"\n");
}

TEST_F(View, ANewOneTakesTheChosenSecret) {
  std::string now = sealed(
      "a: 1\n", [](std::string& text) { text += "b: !vault-plain secret\n"; }, "dev");
  EXPECT_NE(now.find("AES256;dev\n"), std::string::npos);
  EXPECT_EQ(shown(now), "a: 1\nb: !vault-plain \"secret\"\n");
  EXPECT_THROW(sealed("a: 1\n", [](std::string& text) { text += "b: !vault-plain s\n"; }),
               Error);  // two to choose from
}

TEST_F(View, WhatHasLostItsTag) {
  std::string bytes = "a: " + block("one", "one password", 4) + "b: " + block("two", "one password", 4) + "c: 1\n";
  PlainView view = plain_view(bytes, "v.yml", ring_);
  std::string text(view.text.view());
  EXPECT_TRUE(left_in_the_clear(text, "v.yml", view).empty());
  replace(text, "!vault-plain \"one\"", "one");
  replace(text, "b: !vault-plain \"two\"\n", "");
  std::vector<yaml::Path> keys = left_in_the_clear(text, "v.yml", view);
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_EQ(yaml::to_string(keys[0]), "a");
}

TEST_F(View, LineEndsAreTheFiles) {
  std::string bytes = "a: !vault |\r\n  ";
  for (char c : vault::seal("one", "one password")) bytes += c == '\n' ? std::string("\r\n  ") : std::string(1, c);
  bytes = bytes.substr(0, bytes.size() - 2) + "b: 1\r\n";
  EXPECT_EQ(shown(bytes), "a: !vault-plain \"one\"\r\nb: 1\r\n");
  EXPECT_EQ(sealed(bytes, [](std::string&) {}), bytes);
}

}  // namespace
}  // namespace regvault::vault_file
