/// What a payload's third header field stands for: how the body below the header is read and written.
///
/// Internal to the room: `SealedPayload` and `seal` are the way in, and the only ones who turn a verified key into
/// plaintext. One row of `kBodyKinds` (payload.cpp) is one kind of body; a new one is a class, a function and a row.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <regvault/secret/secret_bytes.hpp>
#include <regvault/vault/envelope.hpp>
#include <regvault/vault/source.hpp>

namespace regvault::vault {

class SealedBody {
 public:
  virtual ~SealedBody() = default;

  struct Key {
    std::size_t index;   ///< which of the passwords
    SecretBytes opened;  ///< what decrypt() needs of it
  };
  virtual std::optional<Key> verify(std::span<const std::string_view> passwords) const = 0;
  virtual void decrypt(const SecretBytes& opened, const Sink& plaintext) const = 0;

  /// Never less than the plaintext has.
  virtual std::uint64_t plaintext_at_most() const noexcept = 0;
};

struct BodyKind {
  std::string_view cipher;
  std::unique_ptr<const SealedBody> (*parse)(ReadAt source, std::uint64_t offset, std::string name);
  void (*seal)(const ReadAt& plaintext, std::string_view password, std::string_view salt, TextWriter& out);
};

}  // namespace regvault::vault
