/// One payload in the making, in two steps, so that what many need derived can go into one batch.
///
///     Batch batch;
///     Seal seal(password, {.label = "dev"}, batch);    // says what it needs
///     crypto::derive_blocks(batch);
///     std::string payload = seal.payload(plaintext);
///
/// Internal to the room; throws what payload.hpp says of seal().
#pragma once

#include <string>
#include <string_view>

#include <regvault/secret/secret_bytes.hpp>
#include <regvault/vault/body.hpp>
#include <regvault/vault/payload.hpp>

namespace regvault::vault {

class Seal {
 public:
  Seal(std::string_view password, const Sealing& sealing, Batch& batch);
  Seal(const Seal&) = delete;  // the batch refers to it
  Seal& operator=(const Seal&) = delete;

  static constexpr std::uint64_t kAnySize = -1;
  void write(const ReadAt& plaintext, const Sink& out, std::uint64_t size = kAnySize) const;
  std::string payload(std::string_view plaintext) const;

 private:
  std::string header_;
  std::string salt_;
  SecretBytes blocks_;
};

}  // namespace regvault::vault
