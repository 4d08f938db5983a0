/// Hexadecimal and base64, strict: every digit and every padding bit is checked.
///
/// Encoders and decoders come in two shapes: into memory the caller owns (for secrets, which must not pass through a
/// std::string), and, for what is no secret, into a new std::string.
///
///     hex_encode("\x01\xff") == "01ff"
///     base64_encode("octocat:x") == "b2N0b2NhdDp4"
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace regvault {

/// Lower-case hexadecimal. The first writes `2 * bytes.size()` characters to `out`.
void hex_encode(std::string_view bytes, char* out);
std::string hex_encode(std::string_view bytes);

/// Why hexadecimal text was not accepted; nullopt: it was.
enum class HexFault { odd_length, not_a_digit };

/// Writes `digits.size() / 2` bytes to `out` (which may be `digits.data()` itself). Upper and lower case are accepted,
/// nothing else: no blanks, no line breaks. After a fault the contents of `out` are unspecified.
std::optional<HexFault> hex_decode(std::string_view digits, char* out);

/// RFC 4648 §4 base64 with padding, on one line. The first writes `base64_size(bytes.size())` characters to `out`.
std::size_t base64_size(std::size_t bytes);
void base64_encode(std::string_view bytes, char* out);
std::string base64_encode(std::string_view bytes);

/// Writes at most `text.size() / 4 * 3` bytes to `out` (which may be `text.data()` itself) and returns how many;
/// nullopt when `text` is not canonical padded base64 (line breaks, missing padding, stray bits).
std::optional<std::size_t> base64_decode(std::string_view text, char* out);

}  // namespace regvault
