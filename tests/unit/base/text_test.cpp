#include <regvault/base/text.hpp>

#include <gmock/gmock.h>

#include <regvault/base/encoding.hpp>

namespace regvault {
namespace {

using testing::ElementsAre;

TEST(AsUtf8, ReplacesOnlyInWhatIsNot) {
  EXPECT_EQ(as_utf8("größe.yml"), "größe.yml");
  EXPECT_EQ(as_utf8("gr\xf6\xdf"
                    "e.yml"),
            "gr??e.yml");
}

TEST(Stripped, TakesBothEndsOnly) {
  EXPECT_EQ(stripped(" \t\n\r\v\fa b \n"), "a b");
  EXPECT_EQ(stripped(""), "");
  EXPECT_EQ(stripped(" \n "), "");
  EXPECT_EQ(stripped("xxaxbxx", "x"), "axb");
  EXPECT_EQ(stripped("\xc2\xa0"
                     "a"),
            "\xc2\xa0"
            "a");  // a no-break space is none of Python's ASCII white space
}

TEST(Split, AlwaysHasAPart) {
  EXPECT_THAT(split("", ','), ElementsAre(""));
  EXPECT_THAT(split("a", ','), ElementsAre("a"));
  EXPECT_THAT(split("a,b", ','), ElementsAre("a", "b"));
  EXPECT_THAT(split(",a,,b,", ','), ElementsAre("", "a", "", "b", ""));
}

TEST(Lowercase, AsciiOnly) {
  EXPECT_EQ(lowercase("GHCR.io/ÄÖ@[`{"), "ghcr.io/ÄÖ@[`{");
}

struct Utf8Row {
  std::string_view name, text;
  bool valid;
};

TEST(IsUtf8, ByRfc3629) {
  using namespace std::string_view_literals;
  const Utf8Row rows[] = {
      {"empty", "", true},
      {"ascii with NUL", "a\0b"sv, true},
      {"first of two bytes", "\xc2\x80", true},
      {"last of two bytes", "\xdf\xbf", true},
      {"first of three bytes", "\xe0\xa0\x80", true},
      {"before the surrogates", "\xed\x9f\xbf", true},
      {"after the surrogates", "\xee\x80\x80", true},
      {"last of three bytes", "\xef\xbf\xbf", true},
      {"first of four bytes", "\xf0\x90\x80\x80", true},
      {"U+10FFFF", "\xf4\x8f\xbf\xbf", true},
      {"overlong, two bytes", "\xc0\x80", false},
      {"overlong, two bytes, last", "\xc1\xbf", false},
      {"overlong, three bytes", "\xe0\x9f\xbf", false},
      {"overlong, four bytes", "\xf0\x8f\xbf\xbf", false},
      {"first surrogate", "\xed\xa0\x80", false},
      {"last surrogate", "\xed\xbf\xbf", false},
      {"above U+10FFFF", "\xf4\x90\x80\x80", false},
      {"no lead byte f5", "\xf5\x80\x80\x80", false},
      {"ff", "\xff", false},
      {"continuation alone", "\x80", false},
      {"cut after one of two", "\xc3", false},
      {"cut after two of three", "\xe2\x82", false},
      {"cut after three of four", "\xf0\x9f\x98", false},
      {"lead byte where a continuation belongs", "\xe2\xc3\xa4", false},
      {"ascii where a continuation belongs",
       "\xe2\x82"sv
       "a",
       false},
      {"latin-1", "gr\xfc\xdf", false},
      {"bad byte at the end", "fine\xfe", false},
  };
  for (const Utf8Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(is_utf8(row.text), row.valid) << hex_encode(row.text);
    const std::string text(row.text);
    for (std::size_t before = 1; before <= 17; ++before) {
      EXPECT_EQ(is_utf8(std::string(before, 'x') + text + "and the end"), row.valid) << before;
    }
  }
}

TEST(Closest, FindsWhatWasMeant) {
  const std::string_view verbs[] = {"get", "set", "unset", "list", "rekey", "rotate", "encrypt_string"};
  EXPECT_EQ(closest("lsit", verbs), "list");     // swapped
  EXPECT_EQ(closest("rekye", verbs), "rekey");   // swapped
  EXPECT_EQ(closest("rotat", verbs), "rotate");  // missing
  EXPECT_EQ(closest("gett", verbs), "get");      // one too many
  EXPECT_EQ(closest("encrypt-string", verbs), "encrypt_string");
  EXPECT_EQ(closest("get", verbs), "get");
  EXPECT_EQ(closest("frobnicate", verbs), std::nullopt);
  EXPECT_EQ(closest("", verbs), std::nullopt);
  EXPECT_EQ(closest("list", {}), std::nullopt);
}

}  // namespace
}  // namespace regvault
