/// Reads the hexadecimal of a body's parts, and says what is wrong with it, and where.
///
/// Internal to the room. All errors are Error(malformed); reasons: "hex-digit" (outer text), "odd-length" (outer or
/// inner text), "inner-hex", "no-hmac", "no-ciphertext", "size".
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <regvault/secret/secret_bytes.hpp>
#include <regvault/vault/envelope.hpp>
#include <regvault/vault/source.hpp>

namespace regvault::vault {

/// The two fields before the ciphertext.
struct BodyHead {
  std::string salt;
  std::string hmac;
  std::uint64_t ciphertext;  ///< where in the source its text begins
};

BodyHead read_body_head(const ReadAt& source, std::uint64_t offset, const std::string& name);

/// The ciphertext, part by part.
class CiphertextReader {
 public:
  static constexpr std::size_t kPart = 16 * 1024;  ///< bytes; a multiple of the cipher's block

  /// `source` and `name` must outlive the reader.
  CiphertextReader(const ReadAt& source, std::uint64_t offset, const std::string& name);

  /// kPart bytes, the last time fewer, then empty. Valid until the next call.
  std::string_view next();

 private:
  std::size_t decode_lines(char* out, std::size_t at_most);
  std::size_t decode_some(char* out, std::size_t at_most);

  const ReadAt& source_;
  const std::string& name_;
  std::uint64_t begin_;
  TextReader text_;
  std::unique_ptr<char[]> part_;
};

}  // namespace regvault::vault
