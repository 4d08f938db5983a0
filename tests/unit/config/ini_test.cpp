#include <regvault/config/ini.hpp>

#include <gtest/gtest.h>

#include <regvault/base/error.hpp>

namespace regvault::config {
namespace {

std::string first_value(std::string_view text) {
  return ini_value(parse_ini(text, "ansible.cfg"), "defaults", "key").value_or("(none)");
}

TEST(Ini, ReadsValuesAsConfigparserDoes) {
  struct Row {
    std::string_view name, text, wanted;
  };
  const Row rows[] = {
      {"plain", "[defaults]\nkey = value\n", "value"},
      {"no final newline", "[defaults]\nkey=value", "value"},
      {"colon", "[defaults]\nkey: value\n", "value"},
      {"the first delimiter counts", "[defaults]\nkey: a=b\n", "a=b"},
      {"key in any case", "[defaults]\nKeY = value\n", "value"},
      {"sections are not", "[Defaults]\nkey = value\n", "(none)"},
      {"windows line ends", "[defaults]\r\nkey = value\r\n", "value"},
      {"; after a blank is a comment", "[defaults]\nkey = value ; why\n", "value"},
      {"; inside a word is not", "[defaults]\nkey = a;b\n", "a;b"},
      {"# after a blank is not", "[defaults]\nkey = value # why\n", "value # why"},
      {"comment lines", "# a\n; b\n[defaults]\n  # c\nkey = value\n", "value"},
      {"percent", "[defaults]\nkey = %(x)s %\n", "%(x)s %"},
      {"continued", "[defaults]\nkey = a,\n  b\n", "a,\nb"},
      {"continued over a blank line", "[defaults]\nkey = a\n\n  b\n", "a\n\nb"},
      {"continued over a comment", "[defaults]\nkey = a\n# no\n  b\n", "a\nb"},
      {"value begins on the next line", "[defaults]\nkey =\n  b\n", "\nb"},
      {"blank lines at the end go", "[defaults]\nkey = a\n\n\n", "a"},
      {"less indented is a new key", "[defaults]\n  other = a\n key = b\n", "b"},
      {"equally indented is a new key", "[defaults]\n  other = a\n  key = b\n", "b"},
      {"empty", "[defaults]\nkey =\n", ""},
      {"no-break spaces", "[defaults]\nkey =\xc2\xa0value\xe2\x80\x89\n", "value"},
      {"not UTF-8", "[defaults]\nkey = \xa0\xff\n", "\xa0\xff"},
      {"text after a section", "[defaults] main\nkey = a\n", "a"},
      {"[DEFAULT] counts", "[DEFAULT]\nkey = a\n[defaults]\n", "a"},
      {"[DEFAULT] without [defaults] does not", "[DEFAULT]\nkey = a\n", "(none)"},
      {"[defaults] before [DEFAULT]", "[DEFAULT]\nkey = a\n[defaults]\nkey = b\n", "b"},
      {"nothing", "", "(none)"},
  };
  for (const Row& row : rows) EXPECT_EQ(first_value(row.text), row.wanted) << row.name;
}

TEST(Ini, RefusesWhatConfigparserRefuses) {
  struct Row {
    std::string_view name, text, wanted;
  };
  const Row rows[] = {
      {"key twice", "[defaults]\nkey = a\n\nKEY = b\n",
       "ansible.cfg:4: \"key\" is set twice in section [defaults], first on line 2"},
      {"section twice", "[a]\n[b]\n[a]\n", "ansible.cfg:3: section [a] is there twice, first on line 1"},
      {"no section", "# x\nkey = a\n", "ansible.cfg:2: there is no [section] line before this line"},
      {"no delimiter", "[a]\nsecret words\n", "ansible.cfg:2: this line is neither \"[section]\" nor \"key = value\""},
      {"empty section name", "[a]\n[]\n", "ansible.cfg:2: this line is neither \"[section]\" nor \"key = value\""},
      {"no key", "[a]\n = b\n", "ansible.cfg:2: there is no key before the \"=\""},
      {"byte order mark", "\xef\xbb\xbf[a]\n", "ansible.cfg:1: the file starts with a UTF-8 byte order mark"},
  };
  for (const Row& row : rows) {
    try {
      parse_ini(row.text, "ansible.cfg");
      ADD_FAILURE() << row.name << ": accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.what(), row.wanted) << row.name;
      EXPECT_EQ(error.code, ErrorCode::malformed) << row.name;
      EXPECT_EQ(error.where.excerpt, "") << row.name;
    }
  }
}

}  // namespace
}  // namespace regvault::config
