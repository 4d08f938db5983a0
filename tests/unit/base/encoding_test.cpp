#include <regvault/base/encoding.hpp>

#include <gmock/gmock.h>

namespace regvault {
namespace {

TEST(HexEncode, EveryByteInLowerCase) {
  std::string all, expected;
  for (int byte = 0; byte < 256; ++byte) {
    all += static_cast<char>(byte);
    char digits[3];
    std::snprintf(digits, sizeof(digits), "%02x", byte);
    expected += digits;
  }
  EXPECT_EQ(hex_encode(all), expected);
  std::string decoded(256, '\0');
  EXPECT_EQ(hex_decode(expected, decoded.data()), std::nullopt);
  EXPECT_EQ(decoded, all);
}

struct HexRow {
  std::string_view name, digits;
  std::optional<HexFault> fault;
  std::string_view bytes;
};

TEST(HexDecode, IsStrict) {
  using namespace std::string_view_literals;
  const HexRow rows[] = {
      {"empty", "", std::nullopt, ""},
      {"lower case", "00ff7f80"sv, std::nullopt, "\x00\xff\x7f\x80"sv},
      {"upper case", "ABCDEF", std::nullopt, "\xab\xcd\xef"},
      {"mixed case", "aBcDeF", std::nullopt, "\xab\xcd\xef"},
      {"one digit", "a", HexFault::odd_length, ""},
      {"odd", "abc", HexFault::odd_length, ""},
      {"odd, and no digit", "xyz", HexFault::odd_length, ""},
      {"before 0", "/0", HexFault::not_a_digit, ""},
      {"after 9", ":0", HexFault::not_a_digit, ""},
      {"before A", "0@", HexFault::not_a_digit, ""},
      {"after F", "0G", HexFault::not_a_digit, ""},
      {"before a", "`0", HexFault::not_a_digit, ""},
      {"after f", "0g", HexFault::not_a_digit, ""},
      {"blank", "a ", HexFault::not_a_digit, ""},
      {"line break", "a\n", HexFault::not_a_digit, ""},
      {"0x", "0x00", HexFault::not_a_digit, ""},
      {"sign", "+1", HexFault::not_a_digit, ""},
      {"NUL", "0\0"sv, HexFault::not_a_digit, ""},
      {"high byte", "0\xff", HexFault::not_a_digit, ""},
      {"only the first is wrong", "g000", HexFault::not_a_digit, ""},
      {"only the last is wrong", "000g", HexFault::not_a_digit, ""},
  };
  for (const HexRow& row : rows) {
    SCOPED_TRACE(row.name);
    std::string out(row.digits.size() / 2, '\0');
    EXPECT_EQ(hex_decode(row.digits, out.data()), row.fault);
    if (!row.fault) {
      EXPECT_EQ(out, row.bytes);
    }
  }
}

TEST(HexDecode, InPlace) {
  std::string text = "6f63746f636174";
  EXPECT_EQ(hex_decode(text, text.data()), std::nullopt);
  EXPECT_EQ(text.substr(0, 7), "octocat");
}

struct Base64Row {
  std::string_view bytes, text;
};

TEST(Base64, TestVectorsOfRfc4648) {
  using namespace std::string_view_literals;
  const Base64Row rows[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {"octocat:x", "b2N0b2NhdDp4"},
      {"\xfb\xff\xbf", "+/+/"},
      {"\0\0\0"sv, "AAAA"},
  };
  for (const Base64Row& row : rows) {
    SCOPED_TRACE(row.text);
    EXPECT_EQ(base64_size(row.bytes.size()), row.text.size());
    EXPECT_EQ(base64_encode(row.bytes), row.text);
    std::string out(row.text.size() / 4 * 3, '\0');
    EXPECT_EQ(base64_decode(row.text, out.data()), row.bytes.size());
    EXPECT_EQ(out.substr(0, row.bytes.size()), row.bytes);
  }
}

TEST(Base64, EveryByteThereAndBackInPlace) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  for (std::size_t size = 0; size <= all.size(); ++size) {
    std::string text = base64_encode(std::string_view(all).substr(0, size));
    ASSERT_EQ(base64_decode(text, text.data()), size);
    ASSERT_EQ(text.substr(0, size), all.substr(0, size));
  }
}

TEST(Base64, IsStrict) {
  using namespace std::string_view_literals;
  const std::string_view refused[] = {
      "Z",
      "Zg",
      "Zg=",
      "Zm8",
      "Zm9vY",
      "====",
      "=",
      "A===",
      "Zg==Zg==",
      "Z=g=",
      "=Zg=",
      "Zm9v\n",
      "Zm\n9",
      " Zm9",
      "Zm9 ",
      "Zm-_",
      "Zh==" /* stray bits */,
      "Zm9=" /* stray bits */,
      "Zm9*",
      "Zm\0v"sv,
      "\xff\xff\xff\xff",
  };
  for (std::string_view text : refused) {
    SCOPED_TRACE(hex_encode(text));
    std::string out(text.size(), '\0');
    EXPECT_EQ(base64_decode(text, out.data()), std::nullopt);
  }
}

}  // namespace
}  // namespace regvault
