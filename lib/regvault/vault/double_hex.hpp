/// Hexadecimal of hexadecimal: how format 1.x writes its ciphertext, four characters a byte.
///
///     0xa5  →  "a5"  →  "6135"
///
/// The inner digits are 0x30…0x39 and 0x61…0x66 (read also: 0x41…0x46), so the outer text is decimal digits only and
/// both steps can be done at once.
///
/// For every byte of a large file there are four characters here, and they are decoded three times: so decoding takes
/// sixteen of them at a time, in the 128-bit registers that every x86-64 and AArch64 processor has (GCC's and Clang's
/// vector types: the operators of plain integers, a lane each). Nothing has to be asked of the processor first.
#pragma once

#include <string_view>

namespace regvault::vault {

/// Writes `4 * bytes.size()` characters to `out`.
void double_hex_encode(std::string_view bytes, char* out);

/// `text.size()` is a multiple of 4. Writes `text.size() / 4` bytes to `out`, which may be `text.data()` itself; false,
/// with unspecified bytes there, when it is not the hexadecimal of hexadecimal digits in either case.
bool double_hex_decode(std::string_view text, char* out);

}  // namespace regvault::vault
