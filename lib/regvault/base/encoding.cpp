#include <regvault/base/encoding.hpp>

#include <array>
#include <cstdint>

namespace regvault {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoDigit = 0xff;

using DigitValues = std::array<std::uint8_t, 256>;

constexpr DigitValues values_of(std::string_view digits) {
  DigitValues values{};
  values.fill(kNoDigit);
  for (std::size_t i = 0; i < digits.size(); ++i) values[static_cast<unsigned char>(digits[i])] = std::uint8_t(i);
  return values;
}

constexpr DigitValues hex_values() {
  DigitValues values = values_of(kHexDigits);
  for (char c = 'A'; c <= 'F'; ++c) values[static_cast<unsigned char>(c)] = std::uint8_t(c - 'A' + 10);
  return values;
}

constexpr DigitValues kHexValues = hex_values();
constexpr DigitValues kBase64Values = values_of(kBase64Digits);

std::uint8_t value(const DigitValues& values, char digit) {
  return values[static_cast<unsigned char>(digit)];
}

}  // namespace

void hex_encode(std::string_view bytes, char* out) {
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    *out++ = kHexDigits[byte >> 4];
    *out++ = kHexDigits[byte & 15];
  }
}

std::string hex_encode(std::string_view bytes) {
  std::string out(bytes.size() * 2, '\0');
  hex_encode(bytes, out.data());
  return out;
}

std::optional<HexFault> hex_decode(std::string_view digits, char* out) {
  std::uint8_t seen = 0;  // one check at the end instead of a branch a digit; valid values have no high bits
  std::size_t pairs = digits.size() / 2;
  for (std::size_t i = 0; i < pairs; ++i) {
    std::uint8_t high = value(kHexValues, digits[2 * i]);
    std::uint8_t low = value(kHexValues, digits[2 * i + 1]);
    seen |= high | low;
    out[i] = static_cast<char>((high << 4) | (low & 15));
  }
  if (digits.size() % 2 != 0) return HexFault::odd_length;
  if ((seen & 0xf0) != 0) return HexFault::not_a_digit;
  return std::nullopt;
}

std::size_t base64_size(std::size_t bytes) {
  return (bytes + 2) / 3 * 4;
}

void base64_encode(std::string_view bytes, char* out) {
  auto byte = [&](std::size_t i) -> std::uint32_t {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
  };
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t bits = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    *out++ = kBase64Digits[bits >> 18];
    *out++ = kBase64Digits[bits >> 12 & 63];
    *out++ = i + 1 < bytes.size() ? kBase64Digits[bits >> 6 & 63] : '=';
    *out++ = i + 2 < bytes.size() ? kBase64Digits[bits & 63] : '=';
  }
}

std::string base64_encode(std::string_view bytes) {
  std::string out(base64_size(bytes.size()), '\0');
  base64_encode(bytes, out.data());
  return out;
}

std::optional<std::size_t> base64_decode(std::string_view text, char* out) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  std::size_t digits = text.size() - padding;
  std::uint32_t bits = 0;
  std::size_t written = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    std::uint8_t digit = value(kBase64Values, text[i]);
    if (digit == kNoDigit) return std::nullopt;
    bits = bits << 6 | digit;
    if (i % 4 != 0) out[written++] = static_cast<char>(bits >> (6 - 2 * (i % 4)));
  }
  std::uint32_t stray = padding == 2 ? bits & 15 : padding == 1 ? bits & 3 : 0;
  if (stray != 0) return std::nullopt;
  return written;
}

}  // namespace regvault
