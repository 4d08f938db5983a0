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

/// Against the two steps one after the other, for everything four characters can be where it matters.
TEST(DoubleHex, AcceptsExactlyWhatTwoStepsAccept) {
  std::string characters;
  for (char c : every_byte()) characters += c;
  std::size_t accepted = 0;
  for (char a : characters) {
    for (char b : characters) {
      for (std::string quad : {std::string{a, b, '3', '0'}, std::string{'6', '6', a, b}}) {
        char inner[2], expected, got;
        bool valid = !hex_decode(quad, inner) && !hex_decode({inner, 2}, &expected);
        ASSERT_EQ(double_hex_decode(quad, &got), valid) << hex_encode(quad);
        if (!valid) continue;
        EXPECT_EQ(got, expected) << quad;
        ++accepted;
      }
    }
  }
  EXPECT_EQ(accepted, 2u * 22);
}

TEST(DoubleHex, OneBadDigitAnywhereShows) {
  const std::string good = hex_encode(hex_encode(every_byte()));
  std::string out(256, '\0');
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = 'g';
    EXPECT_FALSE(double_hex_decode(bad, out.data())) << at;
  }
}

}  // namespace
}  // namespace regvault::vault
