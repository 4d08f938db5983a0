/// Many payloads at once. The blocks that they need derived go into batches together (crypto/key_derivation.hpp), and
/// none is derived twice for the same password and salt.
///
///     Opener opener(passwords);                       // for all of them, from any number of threads
///     std::vector<Opening*> batch = …;                // some kBatch payloads a call
///     opener.verify(batch);                           // opening->proof: which password opens it
///     std::vector<SecretBytes> plaintexts = opener.decrypt(batch);
///     opener.reseal(resealings, new_password, [&](std::size_t number, std::string_view plaintext) { … });
///
/// What is wrong with one payload is in its Opening::error, and the others go on; one with an error is passed over. The
/// errors are those of payload.hpp. Throws std::bad_alloc, and what `derive_blocks` throws.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/crypto/derived_blocks.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/vault/payload.hpp>

namespace regvault::vault {

/// As many payloads as fill the widest back end, whatever is derived for each.
inline constexpr std::size_t kBatch = 16;

struct Opening {
  SealedPayload sealed;
  std::optional<VerifiedKey> proof = std::nullopt;  ///< nullopt: not verified, or no password fits
  std::optional<Error> error = std::nullopt;
};

struct Resealing {
  Opening* opening;
  Sealing sealing;
  std::string payload = {};
};

class Opener {
 public:
  /// The views must outlive the object.
  explicit Opener(std::vector<std::string_view> passwords) : passwords_(std::move(passwords)) {}

  void verify(std::span<Opening* const> openings);

  /// Those with a proof; a text for each, which is empty without one.
  std::vector<SecretBytes> decrypt(std::span<Opening* const> openings);

  /// Both.
  std::vector<SecretBytes> open(std::span<Opening* const> openings) {
    verify(openings);
    return decrypt(openings);
  }

  /// Decrypts those with a proof, and seals them again with another password; the plaintext goes to `look` only.
  void reseal(std::span<Resealing> resealings, std::string_view password,
              const std::function<void(std::size_t number, std::string_view plaintext)>& look);

 private:
  std::vector<std::string_view> passwords_;
  crypto::DerivedBlocks blocks_;
};

}  // namespace regvault::vault
