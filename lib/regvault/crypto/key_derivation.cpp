// SHA256_Transform and its friends are deprecated since OpenSSL 3.0. They are used here, and only here, because the
// loop below needs the bare compression function with a saved state: PKCS5_PBKDF2_HMAC, which goes through the
// provider interface in every iteration, takes 2.6 times as long.
#define OPENSSL_SUPPRESS_DEPRECATED

#include <regvault/crypto/key_derivation.hpp>

#include <openssl/sha.h>

#include <array>
#include <atomic>
#include <cstring>

#include <regvault/secret/secret_bytes.hpp>

namespace regvault::crypto {
namespace {

constexpr std::size_t kShaBlock = 64;
constexpr std::size_t kShaWords = 8;

std::atomic<std::uint64_t> derived_so_far{0};

void store_big_endian(std::uint32_t word, unsigned char* out) {
  word = __builtin_bswap32(word);
  std::memcpy(out, &word, sizeof word);
}

void store_words(const SHA_LONG (&words)[kShaWords], unsigned char* out) {
  for (std::size_t i = 0; i < kShaWords; ++i) store_big_endian(words[i], out + 4 * i);
}

/// Everything that is derived from a password, in one place to be wiped.
struct Work {
  SHA256_CTX inner;  ///< after the block `password xor ipad` (RFC 2104 §2)
  SHA256_CTX outer;  ///< after the block `password xor opad`
  SHA256_CTX state;
  std::array<unsigned char, kShaBlock> block;
  SHA_LONG sum[kShaWords];  ///< U_1 xor … xor U_c

  ~Work() { wipe(this, sizeof *this); }
};

void start_hmac(Work& work, std::string_view password) {
  work.block.fill(0);
  if (password.size() > kShaBlock) {  // RFC 2104 §2: longer keys are hashed first
    SHA256_Init(&work.state);
    SHA256_Update(&work.state, password.data(), password.size());
    SHA256_Final(work.block.data(), &work.state);
  } else if (!password.empty()) {
    std::memcpy(work.block.data(), password.data(), password.size());
  }
  for (unsigned char& byte : work.block) byte ^= 0x36;
  SHA256_Init(&work.inner);
  SHA256_Update(&work.inner, work.block.data(), kShaBlock);
  for (unsigned char& byte : work.block) byte ^= 0x36 ^ 0x5c;
  SHA256_Init(&work.outer);
  SHA256_Update(&work.outer, work.block.data(), kShaBlock);
}

/// U_1 = HMAC(password, salt || INT(index)), left at the start of `work.block` and in `work.sum`.
void first_iteration(Work& work, std::string_view salt, std::uint32_t index) {
  unsigned char number[4];
  store_big_endian(index, number);
  work.state = work.inner;
  SHA256_Update(&work.state, salt.data(), salt.size());
  SHA256_Update(&work.state, number, sizeof number);
  SHA256_Final(work.block.data(), &work.state);
  work.state = work.outer;
  SHA256_Update(&work.state, work.block.data(), kDerivedBlock);
  SHA256_Final(work.block.data(), &work.state);
  std::memcpy(work.sum, work.state.h, sizeof work.sum);
}

/// From the second iteration on, both hashes of an HMAC end with the same kind of block: 32 bytes, and the padding of
/// a message of 64 + 32 bytes (FIPS 180-4 §5.1.1). So each is one compression from the saved state.
void other_iterations(Work& work, std::uint32_t iterations) {
  std::memset(work.block.data() + kDerivedBlock, 0, kShaBlock - kDerivedBlock);
  work.block[kDerivedBlock] = 0x80;
  store_big_endian((kShaBlock + kDerivedBlock) * 8, work.block.data() + kShaBlock - 4);
  for (std::uint32_t i = 1; i < iterations; ++i) {
    for (const SHA256_CTX* start : {&work.inner, &work.outer}) {
      std::memcpy(work.state.h, start->h, sizeof work.state.h);
      SHA256_Transform(&work.state, work.block.data());
      store_words(work.state.h, work.block.data());
    }
    for (std::size_t k = 0; k < kShaWords; ++k) work.sum[k] ^= work.state.h[k];
  }
}

}  // namespace

void derive_blocks(std::span<const BlockRequest> batch) {
  Work work;
  for (const BlockRequest& request : batch) {
    start_hmac(work, request.password);
    first_iteration(work, request.salt, request.index);
    other_iterations(work, request.iterations);
    store_words(work.sum, reinterpret_cast<unsigned char*>(request.out));
  }
  derived_so_far.fetch_add(batch.size(), std::memory_order_relaxed);
}

std::uint64_t blocks_derived() noexcept {
  return derived_so_far.load(std::memory_order_relaxed);
}

}  // namespace regvault::crypto
