/// Tokens that look real, made anew in each run: a literal one would be found by those who search for leaks.
#pragma once

#include <algorithm>
#include <random>
#include <string>

#include <regvault/github/token.hpp>

namespace regvault::workspace {

inline constexpr std::string_view kBase62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

inline std::string random_text(std::size_t size) {
  static std::mt19937 random{std::random_device{}()};
  std::string text = "aB";  // both cases for certain
  while (text.size() < size) text += kBase62[random() % kBase62.size()];
  return text;
}

/// With its checksum: the CRC-32 of its 30 random characters, in base 62.
inline std::string classic_token() {
  std::string random = random_text(30);
  unsigned crc = 0xffffffff;
  for (char c : random) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
  }
  crc = ~crc;
  std::string checksum;
  for (int digit = 0; digit < 6; ++digit, crc /= 62) checksum += kBase62[crc % 62];
  std::ranges::reverse(checksum);
  return "ghp_" + random + checksum;
}

}  // namespace regvault::workspace
