#include <regvault/vault/double_hex.hpp>

#include <gtest/gtest.h>

#include <string>

#include <regvault/base/encoding.hpp>

namespace regvault::vault {
namespace {

std::string every_byte() {
  std::string bytes(256, '\0');
  for (std::size_t i = 0; i < 256; ++i) bytes[i] = static_cast<char>(i);
  return bytes;
}

TEST(DoubleHex, IsHexOfHex) {
  std::string text(4 * 256, '\0');
  double_hex_encode(every_byte(), text.data());
  EXPECT_EQ(text, hex_encode(hex_encode(every_byte())));
}

TEST(DoubleHex, DecodesInPlace) {
  std::string text = hex_encode(hex_encode(every_byte()));
  ASSERT_TRUE(double_hex_decode(text, text.data()));
  EXPECT_EQ(text.substr(0, 256), every_byte());
}

/// Two characters are one inner digit. Everything they can be, at every place of a block of sixteen characters, the one
/// after it, and the rest of four and eight, against the two steps one after the other.
TEST(DoubleHex, AcceptsExactlyWhatTwoStepsAccept) {
  const std::string good = hex_encode(hex_encode("0123456789"));
  ASSERT_EQ(good.size(), 40u);
  std::size_t accepted = 0;
  for (char a : every_byte()) {
    for (char b : every_byte()) {
      char pair[] = {a, b}, digit, value = 0;
      std::string inner = "0";
      bool valid = !hex_decode({pair, 2}, &digit) && !hex_decode(inner + digit, &value);
      accepted += valid ? 1 : 0;
      for (std::size_t at = 0; at < good.size(); at += 2) {
        std::string text = good, out(10, '\0'), expected = "0123456789";
        text.replace(at, 2, pair, 2);
        char& changed = expected[at / 4];
        changed = static_cast<char>(at % 4 == 0 ? value << 4 | (changed & 15) : (changed & 0xf0) | value);
        ASSERT_EQ(double_hex_decode(text, out.data()), valid) << hex_encode(text) << " " << at;
        if (!valid) continue;
        ASSERT_EQ(out, expected) << text;
      }
    }
  }
  EXPECT_EQ(accepted, 22u);
}

TEST(DoubleHex, DecodesAnyNumberOfBytesAndNoMore) {
  for (std::size_t size = 0; size <= 40; ++size) {
    const std::string bytes = every_byte().substr(150, size);
    std::string out(size + 1, '#');
    ASSERT_TRUE(double_hex_decode(hex_encode(hex_encode(bytes)), out.data()));
    EXPECT_EQ(out, bytes + "#");
  }
}

TEST(DoubleHex, OneBadDigitAnywhereShows) {
  const std::string good = hex_encode(hex_encode(every_byte()));
  std::string out(256, '\0');
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (char c : {'g', '\n', '\r', ':', '/', '7', '\xb3'}) {
      std::string bad = good;
      bad[at] = c;
      bool still_hex = c == '7' && at % 2 == 1 && bad[at - 1] == '3';
      EXPECT_EQ(double_hex_decode(bad, out.data()), still_hex) << at;
    }
  }
}

}  // namespace
}  // namespace regvault::vault
