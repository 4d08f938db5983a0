#include <gtest/gtest.h>

#include <regvault/inventory/python_literal.hpp>

namespace regvault::inventory {
namespace {

/// "{a:[.,t]}": plain is ".", a template "t", null "n".
std::string shape(const Value& value) {
  std::string out;
  switch (value.form) {
    case Form::null:
      return "n";
    case Form::template_text:
      return "t";
    case Form::mapping:
      for (const Variable& member : value.members)
        out += (out.empty() ? "" : ",") + member.name + ":" + shape(*member.value);
      return "{" + out + "}";
    case Form::list:
      for (const Variable& member : value.members) out += (out.empty() ? "" : ",") + shape(*member.value);
      return "[" + out + "]";
    default:
      return ".";
  }
}

TEST(PythonLiteral, Shapes) {
  struct Row {
    const char* text;
    const char* shape;
    const char* decoded;  // nullptr: as it is
  };
  const Row rows[] = {
      {"8080", ".", nullptr},
      {"yes", ".", nullptr},
      {"", ".", nullptr},
      {"None", "n", nullptr},
      {"'text'", ".", "text"},
      {"\"it's\"", ".", "it's"},
      {"'a' 'b'", ".", "ab"},
      {"'not closed", ".", nullptr},
      {"\"{{ pat }}\"", "t", "{{ pat }}"},
      {"{{ pat }}", "t", nullptr},
      {"{'a': 1, \"b\": [True, None], 'c': {'d': '{{ x }}'}}", "{a:.,b:[.,n],c:{d:t}}", nullptr},
      {"{'a': 1, 'a': [2]}", "{a:[.]}", nullptr},
      {"{1: 2}", "{1:.}", nullptr},
      {"{'a': 1,}", "{a:.}", nullptr},
      {"{}", "{}", nullptr},
      {"{1, 2}", ".", nullptr},
      {"[]", "[]", nullptr},
      {"()", "[]", nullptr},
      {"(1)", ".", nullptr},
      {"(1,)", "[.]", nullptr},
      {"1, 2", "[.,.]", nullptr},
      {"['a', [None]]  # why", "[.,[n]]", nullptr},
      {"{'a': true}", ".", nullptr},  // JSON's word is no Python
      {"{'a': 1", ".", nullptr},
      {"[1, 2", ".", nullptr},
      {"-0x1F", ".", nullptr},
      {"[1e5, -1.5, 0o17, 1_000, .5, 1.]", "[.,.,.,.,.,.]", nullptr},
      {"[010]", ".", nullptr},
      {"[1__0]", ".", nullptr},
      {"[f'x']", ".", nullptr},
      {"[b'x', r'\\d']", "[.,.]", nullptr},
  };
  for (const Row& row : rows) {
    std::string decoded;
    EXPECT_EQ(shape(*literal_value(row.text, {}, &decoded)), row.shape) << row.text;
    EXPECT_EQ(decoded, row.decoded ? row.decoded : row.text);
  }
}

TEST(PythonLiteral, DeepNestingIsText) {
  EXPECT_EQ(shape(*literal_value(std::string(100'000, '['), {})), ".");
}

TEST(PythonLiteral, PureTemplatesRefer) {
  struct Row {
    const char* text;
    const char* path;
  };
  const Row rows[] = {
      {"{{ pat }}", "pat"},          {"{{pat}}", "pat"},       {"{{- a.b['c d'][0] -}}", "a.b.c d[0]"},
      {"{{ a[\"b\"] }}", "a.b"},     {"{{ pat | trim }}", ""}, {"x{{ pat }}", ""},
      {"{{ a }}{{ b }}", ""},        {"{{ a[b] }}", ""},       {"{{ f() }}", ""},
      {"{% if a %}{% endif %}", ""}, {"{{ 1 }}", ""},          {"{{ }}", ""},
  };
  for (const Row& row : rows) {
    const Value value = text_value(row.text);
    EXPECT_EQ(value.form, Form::template_text) << row.text;
    EXPECT_EQ(value.reference ? yaml::to_string(*value.reference) : "", row.path) << row.text;
  }
}

}  // namespace
}  // namespace regvault::inventory
