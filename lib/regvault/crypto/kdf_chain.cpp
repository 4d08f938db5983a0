#include <regvault/crypto/kdf_chain.hpp>

#include <algorithm>
#include <cstring>

#include <regvault/crypto/sha256_lanes.hpp>

namespace regvault::crypto {
namespace {

struct Scalar : PlainLane<std::uint32_t> {};
using Compress = Compression<Scalar, false>;

constexpr std::size_t kBlock = 64;
constexpr std::size_t kDigest = 32;

/// SHA-256 of a message in parts, for the few blocks that a chain starts with.
class Hash {
 public:
  Hash() { std::memcpy(start_.state, kSha256Start, sizeof start_.state); }

  /// Goes on where `prefix`, one block, leads to.
  explicit Hash(const std::uint32_t (&after_prefix)[8]) : size_(kBlock) {
    std::memcpy(start_.state, after_prefix, sizeof start_.state);
  }

  ~Hash() { wipe(this, sizeof *this); }
  Hash(const Hash&) = delete;
  Hash& operator=(const Hash&) = delete;

  void update(std::string_view bytes) {
    while (!bytes.empty()) {
      std::size_t used = size_ % kBlock;
      std::size_t taken = std::min(bytes.size(), kBlock - used);
      std::memcpy(block_ + used, bytes.data(), taken);
      size_ += taken;
      bytes.remove_prefix(taken);
      if (size_ % kBlock == 0) compress();
    }
  }

  const std::uint32_t (&state() const)[8] { return start_.state; }

  /// FIPS 180-4 §5.1.1: a one bit, zeros, and the message's size in bits.
  const std::uint32_t (&finish())[8] {
    std::uint64_t bits = 8 * size_;
    char padding[kBlock + 8] = {static_cast<char>(0x80)};
    std::size_t zeros = (2 * kBlock - 9 - size_ % kBlock) % kBlock;
    for (int i = 0; i < 8; ++i) padding[1 + zeros + i] = static_cast<char>(bits >> (56 - 8 * i));
    update({padding, 1 + zeros + 8});
    return start_.state;
  }

 private:
  void compress() {
    for (std::size_t t = 0; t < 16; ++t) {
      std::uint32_t word;
      std::memcpy(&word, block_ + 4 * t, sizeof word);
      words_[t] = __builtin_bswap32(word);
    }
    Compress::prepare(start_);
    Compress::compress(start_, words_);
    std::memcpy(start_.state, words_, sizeof start_.state);
  }

  Compress::Start start_ = {};
  std::uint64_t size_ = 0;
  char block_[kBlock] = {};
  std::uint32_t words_[16] = {};
};

/// RFC 2104 §2: the state after the key, padded with zeros to a block, every byte xor `pad`.
void absorb_key(std::string_view key, unsigned char pad, std::uint32_t (&state)[8]) {
  char block[kBlock];
  for (std::size_t i = 0; i < kBlock; ++i) {
    block[i] = static_cast<char>((i < key.size() ? static_cast<unsigned char>(key[i]) : 0) ^ pad);
  }
  Hash hash;
  hash.update({block, kBlock});
  std::memcpy(state, hash.state(), sizeof state);
  wipe(block, sizeof block);
}

}  // namespace

Chain::~Chain() {
  wipe(this, sizeof *this);
}

void store_big_endian(const std::uint32_t (&words)[8], char* out) {
  for (std::size_t k = 0; k < 8; ++k) {
    std::uint32_t word = __builtin_bswap32(words[k]);
    std::memcpy(out + 4 * k, &word, sizeof word);
  }
}

void start_chain(Chain& chain, std::string_view password, std::string_view salt, std::uint32_t index) {
  char digest[kDigest];
  if (password.size() > kBlock) {  // RFC 2104 §2: longer keys are hashed first
    Hash hash;
    hash.update(password);
    store_big_endian(hash.finish(), digest);
    password = {digest, kDigest};
  }
  absorb_key(password, 0x36, chain.inner);
  absorb_key(password, 0x5c, chain.outer);

  Hash inner(chain.inner);
  inner.update(salt);
  char number[4];
  for (int i = 0; i < 4; ++i) number[i] = static_cast<char>(index >> (24 - 8 * i));
  inner.update({number, sizeof number});
  store_big_endian(inner.finish(), digest);
  Hash outer(chain.outer);
  outer.update({digest, kDigest});
  std::memcpy(chain.last, outer.finish(), sizeof chain.last);
  std::memcpy(chain.sum, chain.last, sizeof chain.sum);
  wipe(digest, sizeof digest);
}

}  // namespace regvault::crypto
