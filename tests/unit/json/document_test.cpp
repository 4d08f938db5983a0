#include <regvault/json/document.hpp>

#include <gmock/gmock.h>

#include <clocale>
#include <cstdio>
#include <fstream>

#include <regvault/base/error.hpp>

namespace regvault::json {
namespace {

std::string written(std::string_view text) {
  return std::string(Document::parse(text, "x.json").written().view());
}

std::string compact(std::string_view text) {
  return std::string(Document::parse(text, "x.json").written_compact().view());
}

TEST(Document, ADefaultOneIsAnEmptyObject) {
  EXPECT_EQ(Document().written().view(), "{}");
  EXPECT_TRUE(Document().root().is_object());
}

TEST(Document, WritesAsDockerDoes) {
  EXPECT_EQ(written(R"( {"auths" : {"ghcr.io":{"auth":"b2s="}, "quay.io":{}},"credHelpers":{},"list":[1,[],["a"]]} )"),
            "{\n"
            "\t\"auths\": {\n"
            "\t\t\"ghcr.io\": {\n"
            "\t\t\t\"auth\": \"b2s=\"\n"
            "\t\t},\n"
            "\t\t\"quay.io\": {}\n"
            "\t},\n"
            "\t\"credHelpers\": {},\n"
            "\t\"list\": [\n"
            "\t\t1,\n"
            "\t\t[],\n"
            "\t\t[\n"
            "\t\t\t\"a\"\n"
            "\t\t]\n"
            "\t]\n"
            "}");
}

TEST(Document, KeepsTheOrderOfKeys) {
  std::string text = "{";
  for (int i = 200; i > 0; --i) text += "\"k" + std::to_string(i * 7919 % 1000) + "_" + std::to_string(i) + "\":null,";
  text.back() = '}';
  EXPECT_EQ(compact(text), text);
}

TEST(Document, ComesBackUnchanged) {
  const std::string_view texts[] = {
      "null",
      "true",
      "false",
      "0",
      "-1",
      "\"\"",
      "\"a\"",
      "[]",
      "{}",
      "[[],{}]",
      R"({"":{"":""}})",
      "9223372036854775807",
      "-9223372036854775808",
      "9223372036854775808",
      "18446744073709551615",
      "0.1",
      "2.5",
      "-0.001",
      "1e+300",
      "5e-324",
      "3.141592653589793",
      "0.30000000000000004",
      "1.7976931348623157e+308",
      R"("/ \" \\ \b \f \n \r \t \u0000 \u001f")",
      "\"größe € 😀 \x7f\"",
  };
  for (std::string_view text : texts) EXPECT_EQ(compact(text), text);
}

struct TextRow {
  std::string_view read, written;
};

TEST(Document, WritesTheShortestForm) {
  const TextRow rows[] = {
      {R"("\/")", R"("/")"},
      {R"("\u0041\u00e9\u20ac\ud83d\ude00")", "\"Aé€😀\""},
      {R"("\u0008\u000A")", R"("\b\n")"},
      {R"("<>&\u2028")", "\"<>&\u2028\""},
      {"1.0", "1"},
      {"1e2", "100"},
      {"123456789012345678901234567890", "1.2345678901234568e+29"},
      {"0.1000000000000000055511151231257827", "0.1"},
      {"1e-400", "0"},
      {"[ 1 ,\t2\r\n]", "[1,2]"},
  };
  for (const TextRow& row : rows) EXPECT_EQ(compact(row.read), row.written);
}

TEST(Document, IntegersStayExact) {
  Document document = Document::parse("[18446744073709551615,-9223372036854775808]", "x.json");
  EXPECT_EQ(document.root().as_array()[0].as_uint64(), 18446744073709551615u);
  EXPECT_EQ(document.root().as_array()[1].as_int64(), std::numeric_limits<std::int64_t>::min());
}

TEST(Document, ALocaleChangesNothing) {
  std::setlocale(LC_ALL, "de_DE.UTF-8");
  EXPECT_EQ(compact("[1.5]"), "[1.5]");
  std::setlocale(LC_ALL, "C");
}

struct FaultRow {
  std::string name, text, what;
};

TEST(Document, SaysWhereAndWhy) {
  const std::string deep64 = std::string(64, '[') + std::string(64, ']');
  EXPECT_EQ(compact(deep64), deep64);
  const FaultRow rows[] = {
      {"empty", "", "x.json:1:1: not valid JSON: it ends too early"},
      {"blank", " \n ", "x.json:2:2: not valid JSON: it ends too early"},
      {"cut in an object", "{\"a\":1", "x.json:1:7: not valid JSON: it ends too early"},
      {"cut in a string", "[\"abc", "x.json:1:6: not valid JSON: it ends too early"},
      {"cut in a word", "tru", "x.json:1:4: not valid JSON: it ends too early"},
      {"a word", "[1,\n  hello]", "x.json:2:3: not valid JSON: unexpected character"},
      {"trailing comma in an array", "[1,]", "x.json:1:4: not valid JSON: unexpected character"},
      {"trailing comma in an object", "{\"a\":1,\n}", "x.json:2:1: not valid JSON: unexpected character"},
      {"columns are characters", "{\"größe\" 1}", "x.json:1:10: not valid JSON: unexpected character"},
      {"comment", "/* no */ {}", "x.json:1:1: not valid JSON: unexpected character"},
      {"byte order mark", "\xef\xbb\xbf{}", "x.json:1:1: not valid JSON: unexpected character"},
      {"more after the end", "{} {}", "x.json:1:4: not valid JSON: there is more after the end"},
      {"NUL after the end", std::string("{}\0", 3), "x.json:1:3: not valid JSON: there is more after the end"},
      {"bare key", "{a:1}", "x.json:1:2: not valid JSON: unexpected character"},
      {"single quotes", "{'a':1}", "x.json:1:2: not valid JSON: unexpected character"},
      {"leading zero", "[01]", "x.json:1:3: not valid JSON: unexpected character"},
      {"NaN", "[NaN]", "x.json:1:2: not valid JSON: unexpected character"},
      {"line break in a string", "[\"a\nb\"]", "x.json:1:4: not valid JSON: unexpected character"},
      {"not UTF-8", "[\"a\xff\"]", "x.json:1:4: not valid JSON: unexpected character"},
      {"half a surrogate pair", R"(["\ud800"])", "x.json:1:9: not valid JSON: unexpected character"},
      {"half a surrogate pair, then a letter", R"(["\ud800\u0041"])",
       "x.json:1:11: not valid JSON: half a surrogate pair"},
      {"the second half alone", R"(["\udc00"])", "x.json:1:9: not valid JSON: half a surrogate pair"},
      {"no hexadecimal digit", R"(["\u12x4"])", "x.json:1:7: not valid JSON: not a hexadecimal digit"},
      {"bad escape", R"(["\x41"])", "x.json:1:4: not valid JSON: unexpected character"},
      {"number too large", "[1e999]", "x.json:1:7: not valid JSON: the number is too large"},
      {"number just too large", "[-1.7976931348623159e308]", "x.json:1:25: not valid JSON: the number is too large"},
      {"too deep", "[" + deep64 + "]", "x.json:1:65: not valid JSON: it is nested more than 64 deep"},
      {"much too deep", std::string(1'000'000, '['), "x.json:1:65: not valid JSON: it is nested more than 64 deep"},
      {"objects too deep",
       [] {
         std::string text;
         for (int i = 0; i < 100; ++i) text += "{\"a\":";
         return text;
       }(),
       "x.json:1:321: not valid JSON: it is nested more than 64 deep"},
      {"duplicate key", "{\"a\":1,\n \"b\":2, \"a\":3}",
       "x.json:2:9: not valid JSON: the key is set twice in this object"},
      {"duplicate key, escaped", R"({"a\"b":1,"a\u0022b":2})",
       "x.json:1:11: not valid JSON: the key is set twice in this object"},
      {"duplicate key with a quote", R"({"a\\\"":1,"a\\\"":2})",
       "x.json:1:12: not valid JSON: the key is set twice in this object"},
      {"duplicate empty key", R"({"":1,"":2})", "x.json:1:7: not valid JSON: the key is set twice in this object"},
      {"duplicate key deep inside", R"([{"x":{"k":1,"k":1}}])",
       "x.json:1:14: not valid JSON: the key is set twice in this object"},
  };
  for (const FaultRow& row : rows) {
    SCOPED_TRACE(row.name);
    try {
      Document::parse(row.text, "x.json");
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(std::string_view(error.what()), row.what);
      EXPECT_EQ(error.code, ErrorCode::malformed);
      EXPECT_EQ(error.reason, row.name.starts_with("duplicate") ? "duplicate-key" : "json");
      EXPECT_EQ(error.where.excerpt, "");  // it may be a secret
    }
  }
}

TEST(Document, TheSameKeyInDifferentObjectsIsFine) {
  EXPECT_EQ(compact(R"({"a":{"a":1},"b":{"a":1}})"), R"({"a":{"a":1},"b":{"a":1}})");
  EXPECT_EQ(compact(R"([{"a":1},{"a":1}])"), R"([{"a":1},{"a":1}])");
}

TEST(Document, CanBeChanged) {
  Document document = Document::parse(R"({"auths":{"ghcr.io":{"auth":"old"}}})", "auth.json");
  Object& auths = document.root().as_object()["auths"].as_object();
  auths["ghcr.io"].as_object()["auth"] = "new";
  auths["quay.io"] = Object{{"auth", "other"}};
  EXPECT_EQ(document.written_compact().view(), R"({"auths":{"ghcr.io":{"auth":"new"},"quay.io":{"auth":"other"}}})");
  Document moved = std::move(document);
  document = Document();
  EXPECT_EQ(moved.root().as_object().size(), 1u);
  document = std::move(moved);
  EXPECT_EQ(document.root().as_object().size(), 1u);
}

TEST(Document, EverythingLivesInWipedMemory) {
  Document document =
      Document::parse(R"({"a":["short",{"b":"a string too long to lie in the value itself"}]})", "x.json");
  auto memory = document.root().storage().get();
  EXPECT_NE(memory, boost::json::storage_ptr().get());
  Value& list = document.root().as_object()["a"];
  EXPECT_EQ(list.storage().get(), memory);
  EXPECT_EQ(list.as_array()[1].as_object()["b"].storage().get(), memory);
  EXPECT_EQ(Document().root().storage().get(), memory);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they keep freed memory, and map terabytes

/// A secret that this program holds nowhere else: each byte is made when it is asked for.
char secret_byte(std::size_t i) {
  return static_cast<char>('A' + (i * 7 + 3) % 26);
}
constexpr std::size_t kSecretSize = 40, kTelling = 12;

/// How often a part of the secret lies in memory we can write to.
int places_of_secret() {
  std::ifstream maps("/proc/self/maps");
  int places = 0;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t begin = 0, end = 0;
    char access[5] = "";
    if (std::sscanf(line.c_str(), "%lx-%lx %4s", &begin, &end, access) != 3 || access[0] != 'r' || access[1] != 'w')
      continue;
    auto bytes = reinterpret_cast<const volatile char*>(begin);
    for (std::size_t at = 0; at + kTelling < end - begin; ++at) {
      std::size_t same = 0;
      while (same < kTelling && bytes[at + same] == secret_byte(14 + same)) ++same;
      places += same == kTelling ? 1 : 0;
    }
  }
  return places;
}

SecretBytes with_secret(std::string_view before, std::string_view after) {
  SecretBytes text = SecretBytes::copy_of(before);
  for (std::size_t i = 0; i < kSecretSize; ++i) {
    char c = secret_byte(i);
    text.append({&c, 1});
    wipe(&c, 1);
  }
  text.append(after);
  return text;
}

struct SecretRow {
  std::string_view name, before, after;
  bool valid;
};

TEST(Document, LeavesNothingBehind) {
  const SecretRow rows[] = {
      {"a value", "{\"auth\":\"", "\"}", true},
      {"the root", "\"", "\"", true},
      {"with an escape before", "{\"auth\":\"\\n", "\"}", true},
      {"with an escape after", "{\"auth\":\"", "\\n\"}", true},
      {"a key", "{\"", "\":1}", true},
      {"a key with an escape", "{\"", "\\u0041\":1}", true},
      {"malformed behind it", "{\"auth\":\"", "\"", false},
      {"malformed inside it", "{\"auth\":\"", "\\x\"", false},
  };
  for (const SecretRow& row : rows) {
    SCOPED_TRACE(row.name);
    ASSERT_EQ(places_of_secret(), 0);
    {
      SecretBytes text = with_secret(row.before, row.after);
      EXPECT_EQ(places_of_secret(), 1) << "the search does not work";
      try {
        Document document = Document::parse(text.view(), "x.json");
        EXPECT_TRUE(row.valid);
        SecretBytes pretty = document.written(), tight = document.written_compact();
      } catch (const Error&) {
        EXPECT_FALSE(row.valid);
      }
    }
    EXPECT_EQ(places_of_secret(), 0);
  }
}

#endif

TEST(KindName, IsForMessages) {
  const TextRow rows[] = {
      {"null", "null"},    {"true", "a boolean"}, {"1", "a number"},  {"18446744073709551615", "a number"},
      {"1.5", "a number"}, {"\"\"", "a string"},  {"[]", "an array"}, {"{}", "an object"}};
  for (const TextRow& row : rows) EXPECT_EQ(kind_name(Document::parse(row.read, "x").root()), row.written);
}

}  // namespace
}  // namespace regvault::json
