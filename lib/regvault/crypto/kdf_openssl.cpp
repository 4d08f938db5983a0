#include <regvault/crypto/kdf_openssl.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include <regvault/base/error.hpp>
#include <regvault/crypto/openssl_start.hpp>
#include <regvault/secret/secret_bytes.hpp>

namespace regvault::crypto {
namespace {

bool same_key(const BlockRequest& a, const BlockRequest& b) {
  return a.password == b.password && a.salt == b.salt && a.iterations == b.iterations;
}

void derive_key(const BlockRequest& of, SecretBytes& key) {
  constexpr std::size_t kAtMost = std::numeric_limits<int>::max();  // OpenSSL counts in int
  bool fits =
      key.size() <= kAtMost && of.password.size() <= kAtMost && of.salt.size() <= kAtMost && of.iterations <= kAtMost;
  const char* password = of.password.empty() ? "" : of.password.data();
  const char* salt = of.salt.empty() ? "" : of.salt.data();
  if (!fits ||
      PKCS5_PBKDF2_HMAC(password, static_cast<int>(of.password.size()), reinterpret_cast<const unsigned char*>(salt),
                        static_cast<int>(of.salt.size()), static_cast<int>(of.iterations), EVP_sha256(),
                        static_cast<int>(key.size()), reinterpret_cast<unsigned char*>(key.data())) != 1) {
    throw Error(ErrorCode::failed, "OpenSSL refuses to derive a key with PBKDF2-HMAC-SHA-256");
  }
}

}  // namespace

void derive_with_openssl(std::span<const BlockRequest> batch) {
  while (!batch.empty()) {
    auto end = std::find_if(batch.begin(), batch.end(),
                            [&](const BlockRequest& request) { return !same_key(request, batch.front()); });
    auto requests = batch.first(static_cast<std::size_t>(end - batch.begin()));
    std::uint32_t last = 0;
    for (const BlockRequest& request : requests) last = std::max(last, request.index);
    SecretBytes key(std::size_t{last} * kDerivedBlock);
    derive_key(batch.front(), key);
    for (const BlockRequest& request : requests) {
      std::memcpy(request.out, key.data() + (request.index - 1) * kDerivedBlock, kDerivedBlock);
    }
    batch = batch.subspan(requests.size());
  }
}

bool fips_mode() {
  if (openssl_started_lean()) return false;  // that was asked then
  return kernel_in_fips_mode() || EVP_default_properties_is_fips_enabled(nullptr) != 0;
}

}  // namespace regvault::crypto
