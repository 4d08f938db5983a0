/// AES-256 in counter mode and HMAC-SHA-256, both fed piece by piece.
///
///     Aes256Ctr cipher(key, counter);                  // 32 and 16 bytes
///     cipher.apply(piece, out);                        // encrypts; the same call decrypts
///
///     HmacSha256 mac(key);
///     mac.update(piece);
///     std::array<char, 32> code = mac.finish();
///
/// The work is OpenSSL's, with the providers that its configuration (openssl.cnf, or the host program) says, unless the
/// program asked for a lean start (openssl_start.hpp). Key material lives in OpenSSL's objects, which wipe it when they
/// are freed.
///
/// One object belongs to one thread at a time; any number can be used side by side. Throws Error(failed) when OpenSSL
/// refuses.
#pragma once

#include <array>
#include <memory>
#include <string_view>

namespace regvault::crypto {

class Aes256Ctr {
 public:
  /// `counter` is the first 128-bit counter block, big-endian (SP 800-38A §6.5).
  Aes256Ctr(std::string_view key, std::string_view counter);

  /// Writes `in.size()` bytes to `out`, which may be `in.data()` itself.
  void apply(std::string_view in, char* out);

 private:
  struct Context;
  struct Free {
    void operator()(Context* context) const noexcept;
  };
  std::unique_ptr<Context, Free> context_;
};

class HmacSha256 {
 public:
  explicit HmacSha256(std::string_view key);

  void update(std::string_view bytes);

  /// Once, at the end. Compare with `equal_in_constant_time`.
  std::array<char, 32> finish();

 private:
  struct Context;
  struct Free {
    void operator()(Context* context) const noexcept;
  };
  std::unique_ptr<Context, Free> context_;
};

}  // namespace regvault::crypto
