#include <regvault/vault/double_hex.hpp>

#include <array>
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

/// The value of the inner digit whose two outer digits are at `pair`; `good` becomes false when there is none.
unsigned inner_digit(const char* pair, unsigned& good) {
  auto first = static_cast<unsigned char>(pair[0]);
  unsigned second = static_cast<unsigned char>(pair[1]) - unsigned{'0'};  // wraps around below '0'
  unsigned is_decimal = unsigned{first == '3'} & unsigned{second <= 9};
  unsigned is_letter = unsigned{(first | 2) == '6'} & unsigned{second - 1 <= 5};  // 0x41…0x46, 0x61…0x66
  good &= is_decimal | is_letter;
  return second + 9 * is_letter;
}

}  // namespace

void double_hex_encode(std::string_view bytes, char* out) {
  for (char c : bytes) {
    std::memcpy(out, kQuads[static_cast<unsigned char>(c)].data(), sizeof(Quad));
    out += sizeof(Quad);
  }
}

bool double_hex_decode(std::string_view text, char* out) {
  unsigned good = 1;
  for (const char *quad = text.data(), *end = quad + text.size(); quad != end; quad += 4) {
    unsigned high = inner_digit(quad, good);
    unsigned low = inner_digit(quad + 2, good);
    *out++ = static_cast<char>(high << 4 | (low & 15));
  }
  return good != 0;
}

}  // namespace regvault::vault
