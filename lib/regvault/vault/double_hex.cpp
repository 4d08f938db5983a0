#include <regvault/vault/double_hex.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace regvault::vault {
namespace {

using Quad = std::array<char, 4>;

constexpr std::array<Quad, 256> quads() {
  auto first = [](unsigned nibble) { return nibble < 10 ? '3' : '6'; };
  auto second = [](unsigned nibble) { return static_cast<char>(nibble < 10 ? '0' + nibble : '1' + nibble - 10); };
  std::array<Quad, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    unsigned high = byte >> 4, low = byte & 15;
    table[byte] = {first(high), second(high), first(low), second(low)};
  }
  return table;
}

constexpr std::array<Quad, 256> kQuads = quads();

/// 128 bits: sixteen characters as eight pairs, of which each is an inner digit; or as two halves, of two bytes each.
using Pairs = std::uint16_t __attribute__((vector_size(16)));
using Halves = std::uint64_t __attribute__((vector_size(16)));

static_assert(std::endian::native == std::endian::little, "a pair's first character is its lower byte");

/// The values of eight inner digits; bits of `wrong` are set in pairs that are none.
///
///     pair of characters    first  second     letter   value
///     "30" … "39"             3    0 … 9         0     second
///     "41" … "46"             4    1 … 6         1     second + 9
///     "61" … "66"             6    1 … 6         1     second + 9
[[gnu::always_inline]] inline Pairs digits_of(Pairs characters, Pairs& wrong) {
  Pairs both = characters ^ 0x3030;
  Pairs first = both & 0xff;
  Pairs second = both >> 8;
  Pairs letter = first >> 2 & 1;
  Pairs value = second + letter + (letter << 3);

  wrong |= (first & ~(letter << 1)) ^ (letter + 3);  // 3 if it is no letter; else 4, or 6 with bit 1 cleared
  wrong |= (value + 6) >> 4 ^ letter;                // 10 and more are letters, what is less is not
  wrong |= value >> 4;                               // 15 is the end
  return value;
}

/// The four bytes of eight digits d0 … d7.
std::array<char, 4> bytes_of(Pairs digits) {
  auto halves = std::bit_cast<Halves>(digits);
  halves = (halves << 4 | halves >> 16) & 0x000000ff000000ff;  // d0 d1 in the lowest byte, d2 d3 in the fifth
  halves |= halves >> 24;                                      // now in the second
  auto pairs = std::bit_cast<Pairs>(halves);
  return std::bit_cast<std::array<char, 4>>(pairs[0] | std::uint32_t{pairs[4]} << 16);
}

bool any(Pairs pairs) {
  auto halves = std::bit_cast<Halves>(pairs);
  return (halves[0] | halves[1]) != 0;
}

}  // namespace

void double_hex_encode(std::string_view bytes, char* out) {
  for (char c : bytes) {
    std::memcpy(out, kQuads[static_cast<unsigned char>(c)].data(), sizeof(Quad));
    out += sizeof(Quad);
  }
}

bool double_hex_decode(std::string_view text, char* out) {
  Pairs wrong{}, characters;
  while (text.size() >= sizeof characters) {
    std::memcpy(&characters, text.data(), sizeof characters);
    std::array<char, 4> bytes = bytes_of(digits_of(characters, wrong));
    std::memcpy(out, bytes.data(), bytes.size());
    text.remove_prefix(sizeof characters);
    out += bytes.size();
  }
  if (text.empty()) return !any(wrong);
  characters = Pairs{} + 0x3033;  // "3030…", of which the rest replaces the beginning
  std::memcpy(&characters, text.data(), text.size());
  std::array<char, 4> bytes = bytes_of(digits_of(characters, wrong));
  std::memcpy(out, bytes.data(), text.size() / 4);
  return !any(wrong);
}

}  // namespace regvault::vault
