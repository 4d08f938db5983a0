#include <regvault/yaml/path.hpp>

#include <gtest/gtest.h>

#include <regvault/base/error.hpp>

namespace regvault::yaml {
namespace {

const Step kItem0 = Step::item(0);

struct Readable {
  const char* name;
  std::string text;
  Path path;
  std::string canonical;  // empty: the text itself
};

TEST(Path, IsReadAndWritten) {
  const Readable rows[] = {
      {"names", "all.vars.iaas_console.ghcr_pat", {"all", "vars", "iaas_console", "ghcr_pat"}, ""},
      {"one name", "ghcr_pat", {"ghcr_pat"}, ""},
      {"quoted name and item", R"(a."b.c"[0])", {"a", "b.c", kItem0}, ""},
      {"item first", "[0].name", {kItem0, "name"}, ""},
      {"items only", "[0][12]", {kItem0, Step::item(12)}, ""},
      {"one item, the same in both forms", "[0]", {kItem0}, ""},
      {"digits are a name", "users.0", {"users", "0"}, ""},
      {"colons and spaces", "my key.fe80::1", {"my key", "fe80::1"}, ""},
      {"other scripts", "größe.名", {"größe", "名"}, ""},
      {"needless quotes", R"("a"."b")", {"a", "b"}, "a.b"},
      {"empty name", R"(a."")", {"a", ""}, ""},
      {"escapes", R"("a\"b\\c\n\té\ud83d\ude00")", {"a\"b\\c\n\té😀"}, "\"a\\\"b\\\\c\\n\\té😀\""},
      {"JSON array", R"(["all","vars","b.c",0])", {"all", "vars", "b.c", kItem0}, R"(all.vars."b.c"[0])"},
      {"JSON array with blanks", " [ 1 ]" + 1, {Step::item(1)}, "[1]"},
      {"the document", "[]", {}, ""},
  };
  for (const Readable& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(parse_path(row.text), row.path);
    EXPECT_EQ(to_string(row.path), row.canonical.empty() ? row.text : row.canonical);
    EXPECT_EQ(parse_path(to_string(row.path)), row.path);
  }
}

TEST(Path, BadGrammarIsPointedAt) {
  const struct {
    std::string text, message;
  } rows[] = {
      {"", R"(KEY "", character 1: a name is expected)"},
      {"a..b", R"(KEY "a..b", character 3: a name is expected)"},
      {"a.", R"(KEY "a.", character 3: a name is expected)"},
      {".a", R"(KEY ".a", character 1: a name is expected)"},
      {"a[x]", R"(KEY "a[x]", character 3: a number is expected)"},
      {"a[1", R"(KEY "a[1", character 4: "]" is expected)"},
      {"a[1]b", R"(KEY "a[1]b", character 5: "." or "[" is expected)"},
      {"a[1234567890]", R"(KEY "a[1234567890]", character 3: the number is too large)"},
      {"a]b", R"(KEY "a]b", character 2: "." or "[" is expected)"},
      {"a.\"b", R"(KEY "a.\"b", character 3: the quote is not closed)"},
      {R"("\q")", R"(KEY "\"\\q\"", character 3: this escape is not one of JSON's)"},
      {R"("\ud800")", R"(KEY "\"\\ud800\"", character 8: half a character was escaped)"},
      {R"("\u12")", R"(KEY "\"\\u12\"", character 4: four hexadecimal digits are expected)"},
      {R"(["a")", R"(KEY "[\"a\"", character 5: "," or "]" is expected)"},
      {"[a]", R"(KEY "[a]", character 2: a quoted name or a number is expected)"},
      {R"(["a"]x)", R"(KEY "[\"a\"]x", character 6: nothing more is expected)"},
      {"a\xff", "KEY \"a\xff\", character 1: the text is not UTF-8"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    try {
      parse_path(row.text);
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.message, row.message);
      EXPECT_EQ(error.code, ErrorCode::usage);
      EXPECT_EQ(error.reason, "bad-key");
      EXPECT_EQ(error.hint,
                "a KEY looks like all.vars.token, users[0].password or all.hosts.\"web01.example.org\".token");
    }
  }
}

}  // namespace
}  // namespace regvault::yaml
