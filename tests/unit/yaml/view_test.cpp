#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regvault/base/error.hpp>
#include <regvault/yaml/view.hpp>

namespace regvault::yaml {
namespace {

/// "key@line=value", mappings in braces, lists in brackets.
std::string shown(const View& view) {
  std::string out;
  switch (view.kind()) {
    case Kind::mapping:
      for (const View::Entry& entry : view.entries()) {
        out += (out.empty() ? "" : " ") + std::string(entry.key.text()) + "@" + std::to_string(entry.line) + "=" +
               shown(entry.value);
      }
      return "{" + out + "}";
    case Kind::sequence:
      for (const View& item : view.items()) out += (out.empty() ? "" : " ") + shown(item);
      return "[" + out + "]";
    case Kind::null:
      return "null";
    default:
      return std::string(view.is_vault() ? "!" : "") + std::string(view.text());
  }
}

TEST(View, ReadsAsAnsibleDoes) {
  struct Row {
    const char* text;
    const char* shown;
  };
  const Row rows[] = {
      {"a: 1\nb:\n  - x\n  - {c: ~}\n", "{a@1=1 b@2=[x {c@4=null}]}"},
      {"a: &x {k: v}\nb: *x\n", "{a@1={k@1=v} b@2={k@1=v}}"},
      {"base: &b\n  k: 1\n  l: 2\nown:\n  <<: *b\n  l: 3\n", "{base@1={k@2=1 l@3=2} own@4={k@2=1 l@6=3}}"},
      {"a: &a {k: 1}\nb: &b {k: 2, l: 2}\nc: {<<: [*a, *b]}\n", "{a@1={k@1=1} b@2={k@2=2 l@2=2} c@3={k@1=1 l@2=2}}"},
      {"c: {'<<': x}\n", "{c@1={<<@1=x}}"},
      {"k: 1\nl: 2\nk: 3\n", "{k@3=3 l@2=2}"},
      {"t: !vault |\n  x\n", "{t@1=!x\n}"},
  };
  for (const Row& row : rows) {
    Document document = Document::parse(row.text, "x.yml");
    EXPECT_EQ(shown(*document.root()), row.shown) << row.text;
  }
  EXPECT_FALSE(Document::parse("# nothing\n", "x.yml").root());
}

TEST(View, TellsTextFromTheRest) {
  for (const char* text :
       {"web01", "10.0.0.1", "1.2.3", "'1'", "\"yes\"", "!!str 5", "!unsafe 5", "nope",   "yEs", "2001:db8::1",
        "0x",    "v1",       "e5",    "1e5", "0o0",     "08",      "=x",        "2024-1", "a-b", "w[01:10]"}) {
    Document document = Document::parse(std::string("k: ") + text + "\n", "x.yml");
    EXPECT_TRUE(document.root()->entries()[0].value.is_text()) << text;
  }
  for (const char* text : {"1",        "-1",         "+1_000", "0x1F",  "0b11", "1.5",  "1.", ".5",
                           "1.5e+3",   "yes",        "No",     "TRUE",  "off",  "null", "~",  "12:30",
                           "12:30:45", "2024-01-01", ".inf",   "-.INF", ".nan", "[a]",  "=",  "!vault x"}) {
    Document document = Document::parse(std::string("k: ") + text + "\n", "x.yml");
    EXPECT_FALSE(document.root()->entries()[0].value.is_text()) << text;
  }
}

TEST(View, MergeKeysHaveLimits) {
  EXPECT_THROW(Document::parse("a: {<<: x}\n", "x.yml").root()->entries()[0].value.entries(), Error);
  EXPECT_THROW(Document::parse("a: &a\n  <<: *a\n", "x.yml").root()->entries()[0].value.entries(), Error);
}

}  // namespace
}  // namespace regvault::yaml
