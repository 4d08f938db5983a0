/// What a payload's third header field stands for: how the body below the header is read and written.
///
/// Internal to the room: `SealedPayload` and `seal` are the way in, and the only ones who turn a verified key into
/// plaintext. One row of `kBodyKinds` (payload.cpp) is one kind of body that is read; a new one is a class, a function
/// and a row. What is written (seal.hpp) is always AES256.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/crypto/key_derivation.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/vault/envelope.hpp>
#include <regvault/vault/source.hpp>

namespace regvault::vault {

/// What is to be derived, for one payload or for many.
using Batch = std::vector<crypto::BlockRequest>;

/// Verifying and decrypting are two steps each: `ask_…` says what has to be derived, and into where (`blocks`, which it
/// makes large enough); what follows uses that.
class SealedBody {
 public:
  virtual ~SealedBody() = default;

  virtual void ask_to_verify(std::span<const std::string_view> passwords, SecretBytes& blocks, Batch& batch) const = 0;

  /// Which of the passwords fits; what decrypting needs of it is appended to `opened`.
  virtual std::optional<std::size_t> verify(std::span<const std::string_view> passwords, const SecretBytes& blocks,
                                            SecretBytes& opened) const = 0;

  virtual void ask_to_decrypt(std::string_view opened, SecretBytes& blocks, Batch& batch) const = 0;
  virtual void decrypt(std::string_view opened, const SecretBytes& blocks, const Sink& plaintext) const = 0;

  /// Never less than the plaintext has.
  virtual std::uint64_t plaintext_at_most() const noexcept = 0;
};

struct BodyKind {
  std::string_view cipher;
  std::unique_ptr<const SealedBody> (*parse)(ReadAt source, std::uint64_t offset, std::string name);
};

}  // namespace regvault::vault
