// EVP_CIPHER_meth_dup and its like are deprecated since OpenSSL 3.0: see find_aes_256_ctr(), built_in_sha256().
#define OPENSSL_SUPPRESS_DEPRECATED

#include <regvault/crypto/cipher.hpp>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <openssl/sha.h>

#include <algorithm>
#include <limits>
#include <string>

#include <regvault/base/error.hpp>
#include <regvault/crypto/openssl_start.hpp>

namespace regvault::crypto {
namespace {

[[noreturn]] void refused(std::string_view what) {
  throw Error(ErrorCode::failed, "OpenSSL refuses " + std::string(what));
}

/// A fetch sets up every cipher of every provider first: 2.9 million instructions, of which a short command needs few.
/// A copy of the built-in method is the same code (AES-NI and its like), without a provider.
const EVP_CIPHER* find_aes_256_ctr() {
#if OPENSSL_VERSION_MAJOR < 4  // which no longer has methods without a provider
  if (openssl_started_lean()) return EVP_CIPHER_meth_dup(EVP_aes_256_ctr());
#endif
  return EVP_CIPHER_fetch(nullptr, "AES-256-CTR", nullptr);
}

// Found once in the life of a process. Never freed, so that objects with static lifetime can still use them while the
// process ends.
const EVP_CIPHER* aes_256_ctr() {
  static const EVP_CIPHER* const cipher = find_aes_256_ctr();
  if (cipher == nullptr) refused("AES-256-CTR");
  return cipher;
}

/// The same for HMAC's digest: fetching the two is 0.85 million instructions. nullptr: they are fetched.
const EVP_MD* find_built_in_sha256() {
#if OPENSSL_VERSION_MAJOR < 4
  if (!openssl_started_lean()) return nullptr;
  EVP_MD* digest = EVP_MD_meth_dup(EVP_sha256());
  // Since 3.0 built-in methods say 0, because providers keep the state.
  bool has_state = digest != nullptr && (EVP_MD_meth_get_app_datasize(digest) != 0 ||
                                         EVP_MD_meth_set_app_datasize(digest, sizeof(SHA256_CTX)) == 1);
  return has_state ? digest : nullptr;
#else
  return nullptr;
#endif
}

const EVP_MD* built_in_sha256() {
  static const EVP_MD* const digest = find_built_in_sha256();
  return digest;
}

/// HMAC with its digest chosen, and no key yet: to be duplicated.
const EVP_MAC_CTX* keyless_hmac_sha256() {
  static const EVP_MAC_CTX* const keyless = [] {
    EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    EVP_MAC_CTX* context = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);  // the context keeps it
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_END};
    if (context == nullptr || EVP_MAC_CTX_set_params(context, parameters) != 1) refused("HMAC-SHA-256");
    return context;
  }();
  return keyless;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

EVP_CIPHER_CTX* openssl(auto* context) {
  return reinterpret_cast<EVP_CIPHER_CTX*>(context);
}

}  // namespace

Aes256Ctr::Aes256Ctr(std::string_view key, std::string_view counter)
    : context_(reinterpret_cast<Context*>(EVP_CIPHER_CTX_new())) {
  if (key.size() != 32 || counter.size() != 16) refused("an AES-256-CTR key or counter of the wrong size");
  if (context_ == nullptr ||
      EVP_EncryptInit_ex2(openssl(context_.get()), aes_256_ctr(), bytes_of(key), bytes_of(counter), nullptr) != 1) {
    refused("AES-256-CTR");
  }
}

void Aes256Ctr::Free::operator()(Context* context) const noexcept {
  EVP_CIPHER_CTX_free(openssl(context));
}

void Aes256Ctr::apply(std::string_view in, char* out) {
  constexpr std::size_t kAtMost = std::numeric_limits<int>::max() / 16 * 16;  // OpenSSL counts in int
  while (!in.empty()) {
    std::size_t size = std::min(in.size(), kAtMost);
    int written = 0;
    if (EVP_EncryptUpdate(openssl(context_.get()), reinterpret_cast<unsigned char*>(out), &written, bytes_of(in),
                          static_cast<int>(size)) != 1) {
      refused("to encrypt");
    }
    in.remove_prefix(size);
    out += size;
  }
}

/// One of the two.
struct HmacSha256::Context {
  HMAC_CTX* built_in = nullptr;
  EVP_MAC_CTX* fetched = nullptr;
};

HmacSha256::HmacSha256(std::string_view key) : context_(new Context) {
  bool is_keyed = false;
  if (const EVP_MD* digest = built_in_sha256()) {
    context_->built_in = HMAC_CTX_new();
    is_keyed = context_->built_in != nullptr && key.size() <= std::numeric_limits<int>::max() &&
               HMAC_Init_ex(context_->built_in, key.empty() ? "" : key.data(), static_cast<int>(key.size()), digest,
                            nullptr) == 1;
  } else {
    context_->fetched = EVP_MAC_CTX_dup(keyless_hmac_sha256());
    is_keyed = context_->fetched != nullptr && EVP_MAC_init(context_->fetched, bytes_of(key), key.size(), nullptr) == 1;
  }
  if (!is_keyed) refused("HMAC-SHA-256");
}

void HmacSha256::Free::operator()(Context* context) const noexcept {
  HMAC_CTX_free(context->built_in);
  EVP_MAC_CTX_free(context->fetched);
  delete context;
}

void HmacSha256::update(std::string_view bytes) {
  const bool is_built_in = context_->built_in != nullptr;
  const int done = is_built_in ? HMAC_Update(context_->built_in, bytes_of(bytes), bytes.size())
                               : EVP_MAC_update(context_->fetched, bytes_of(bytes), bytes.size());
  if (done != 1) refused("HMAC-SHA-256");
}

std::array<char, 32> HmacSha256::finish() {
  std::array<char, 32> code{};
  auto* out = reinterpret_cast<unsigned char*>(code.data());
  std::size_t written = 0;
  int done = 0;
  if (context_->built_in != nullptr) {
    unsigned size = 0;
    done = HMAC_Final(context_->built_in, out, &size);
    written = size;
  } else {
    done = EVP_MAC_final(context_->fetched, out, &written, code.size());
  }
  if (done != 1 || written != code.size()) refused("HMAC-SHA-256");
  return code;
}

}  // namespace regvault::crypto
