// The digits of vaults are kept from the parser; nobody may notice. A second blank before the "|" keeps them in, so
// each text is read in both ways.
#include <gtest/gtest.h>

#include <regvault/base/error.hpp>
#include <regvault/yaml/document.hpp>
#include <regvault/yaml/vault_lines.hpp>

namespace regvault::yaml {
namespace {

std::string with_second_blank(std::string text) {
  for (std::size_t at = 0; (at = text.find("!vault |", at)) != text.npos; at += 9) text.insert(at + 6, " ");
  return text;
}

/// Everything that Document tells of a text, a line each; columns aside, which a blank may move.
std::string told(const std::string& text) {
  std::string out;
  try {
    for (const Document& document : Document::parse_all(text, "vars.yml")) {
      out += "document\n";
      for (const Place& place : document.scalars()) {
        const Value& value = place.value;
        out += to_string(place.path) + " @" + std::to_string(value.line) + " " + value.tag + " " + value.text + "\n";
      }
    }
  } catch (const Error& error) {
    out += error.message + " @" + std::to_string(error.where.line) + " " + std::string(error.reason) + "\n";
  }
  return out;
}

struct Row {
  std::string name;
  std::string text;
  bool is_cut;  ///< something is left out, at first
};

const std::string kVault = "!vault |\n    $ANSIBLE_VAULT;1.1;AES256\n    6162\n    6364\n";

const Row kRows[] = {
    {"one value", "a:\n  pat: " + kVault + "  port: 22\n", true},
    {"two, and clear ones", "a: 1\nb: " + kVault + "c: " + kVault + "d: [1, 2]\n", true},
    {"the last one, with blank lines behind it", "a: " + kVault + "\n\n", true},
    {"a comment behind it", "a: " + kVault + "  # deeper than nothing\nb: 2\n", true},
    {"in a list", "- - " + kVault + "  - " + kVault + "- x\n", true},
    {"a byte order mark",
     "\xef\xbb\xbf"
     "a: " +
         kVault + "b: 2\n",
     true},
    {"text beyond ASCII before it", "ä: €\nb: " + kVault + "c: ü\n", true},
    {"two documents", "a: " + kVault + "---\nb: " + kVault, true},
    {"document marks", "a: " + kVault + "...\n---\nb: 2\n", true},
    {"an alias behind it", "a: &x 1\nb: " + kVault + "c: *x\n", true},
    {"a label", "a: !vault |\n  $ANSIBLE_VAULT;1.2;AES256;dev id\n  61\nb: 2\n", true},
    {"a label that looks like another", "a: !vault |\n  $ANSIBLE_VAULT;1.2;AES256;x: !vault |\n  61\nb: 2\n", true},
    {"the first lines only", "a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  61\n\n  62\n    63\n  64\nb: 2\n", true},
    {"a last line that is not ended", "a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  61\n  62", true},
    {"digits less deep", "a: !vault |\n    $ANSIBLE_VAULT;1.1;AES256\n    61\n  62\n", true},
    {"digits deeper", "a: !vault |\n    $ANSIBLE_VAULT;1.1;AES256\n      61\n", false},
    {"other letters", "a: !vault |\n    $ANSIBLE_VAULT;1.1;AES256\n    6G\n", false},
    {"no digits", "a: !vault |\n    $ANSIBLE_VAULT;1.1;AES256\nb: 2\n", false},
    {"an anchor", "a: &x " + kVault + "b: *x\n", false},
    {"an anchor behind the tag", "a: !vault &x |\n    $ANSIBLE_VAULT;1.1;AES256\n    61\nb: *x\n", false},
    {"CR LF", "a: !vault |\r\n    $ANSIBLE_VAULT;1.1;AES256\r\n    61\r\n", false},
    {"no depth", "--- !vault |\n$ANSIBLE_VAULT;1.1;AES256\n6162\n", false},
    {"a vault file, in YAML", "- !vault |\n $ANSIBLE_VAULT;1.1;AES256\n 6162\n", true},
    {"blocks no deeper than their tag", "a:\n- !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n  6364\nb: 2\n", true},
    {"in another text", "doc: |\n  like so:\n    pat: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      61\nb: 2\n",
     true},
    {"in quotes", "a: \"pat: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  61\n  \"\nb: 2\n", true},
    {"in a comment", "# pat: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  61\nb: 2\n", true},
    {"in a plain text", "a: x\n  - !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  61\n", true},
    {"in brackets", "a: [x: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  61\n  ]\n", true},
    {"the same place, another text",
     "a: \"!vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  61\nb: - !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  61\n", true},
    {"an error behind it", "a: " + kVault + "b: [1\n", true},
    {"another tag's handle", "%TAG ! tag:example.org,2000:\n---\na: " + kVault + "b: 2\n", true},
};

TEST(VaultLines, NobodyNoticesThatTheyAreLeftOut) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(ShortText(Source(row.text, "vars.yml")).is_shorter(), row.is_cut);
    EXPECT_FALSE(ShortText(Source(with_second_blank(row.text), "vars.yml")).is_shorter());
    EXPECT_EQ(with_second_blank(told(row.text)), told(with_second_blank(row.text)));
  }
}

TEST(VaultLines, AreAllThatIsLeftOut) {
  const Source source("a: " + kVault + "b: 2\n", "vars.yml");
  EXPECT_EQ(ShortText(source).bytes(), "a: !vault |\n    $ANSIBLE_VAULT;1.1;AES256\nb: 2\n");
}

TEST(VaultLines, AreInTheValue) {
  const Document document = Document::parse("a: " + kVault + "b: 2\n", "vars.yml");
  EXPECT_EQ(document.vaults().at(0).value.text, "$ANSIBLE_VAULT;1.1;AES256\n6162\n6364\n");
  EXPECT_EQ(document.at({"b"}).line, 5U);
}

}  // namespace
}  // namespace regvault::yaml
