#include <regvault/vault/fingerprint.hpp>

#include <array>

#include <regvault/base/encoding.hpp>
#include <regvault/crypto/cipher.hpp>
#include <regvault/crypto/key_derivation.hpp>

namespace regvault::vault {
namespace {

constexpr std::string_view kSalt = "regvault fingerprint 1";
constexpr std::uint32_t kIterations = 10'000;
constexpr std::size_t kBytes = 6;

std::string shortened_hmac(std::string_view key, std::string_view text) {
  crypto::HmacSha256 hmac(key);
  hmac.update(text);
  std::array<char, 32> code = hmac.finish();
  return hex_encode({code.data(), kBytes});
}

}  // namespace

Fingerprints::Fingerprints(std::string_view password) : key_(crypto::kDerivedBlock) {
  crypto::BlockRequest request[] = {{password, kSalt, kIterations, 1, key_.data()}};
  crypto::derive_blocks(request);
}

std::string Fingerprints::of(std::string_view text) const {
  return shortened_hmac(key_.view(), text);
}

std::string ciphertext_fingerprint(std::string_view payload) {
  return shortened_hmac("regvault ciphertext 1", payload);
}

}  // namespace regvault::vault
