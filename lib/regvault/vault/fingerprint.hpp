/// A short sign of a secret's text, to see in a diff that it changed.
///
///     Fingerprints fingerprints(password);                     // derives a key: 10,000 iterations, once a password
///     fingerprints.of("ghp_…") == "5f3a9c12b0de"
///
/// The first 48 bits of HMAC-SHA-256 under a key that PBKDF2 derives from the vault password, with a salt of its own
/// ("regvault fingerprint 1"). The same text has the same fingerprint in every file and at any time, as long as the
/// password is the same; without the password it says nothing about the text, and cannot be compared with a guess.
///
/// Const functions may be called from several threads. Throws what crypto throws.
#pragma once

#include <string>
#include <string_view>

#include <regvault/secret/secret_bytes.hpp>

namespace regvault::vault {

class Fingerprints {
 public:
  explicit Fingerprints(std::string_view password);

  /// 12 hexadecimal digits.
  std::string of(std::string_view text) const;

 private:
  SecretBytes key_;
};

/// The same for what is no secret: which ciphertext it is, for one that cannot be opened.
std::string ciphertext_fingerprint(std::string_view payload);

}  // namespace regvault::vault
