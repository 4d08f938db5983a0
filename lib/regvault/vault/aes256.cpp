#include <regvault/vault/aes256.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include <regvault/base/encoding.hpp>
#include <regvault/base/error.hpp>
#include <regvault/crypto/cipher.hpp>
#include <regvault/crypto/key_derivation.hpp>
#include <regvault/vault/ciphertext_reader.hpp>
#include <regvault/vault/double_hex.hpp>

namespace regvault::vault {
namespace {

using crypto::Aes256Ctr;
using crypto::HmacSha256;
using crypto::kDerivedBlock;

constexpr std::uint32_t kIterations = 10'000;
constexpr std::size_t kCipherBlock = 16;
constexpr std::size_t kPart = CiphertextReader::kPart;
using Hmac = std::array<char, 32>;

std::string_view view(const Hmac& hmac) {
  return {hmac.data(), hmac.size()};
}

/// T_1, T_2, T_3 by name.
class Keys {
 public:
  explicit Keys(const SecretBytes& blocks) : blocks_(blocks.view()) {}

  std::string_view cipher_key() const { return blocks_.substr(0, kDerivedBlock); }
  std::string_view hmac_key() const { return blocks_.substr(kDerivedBlock, kDerivedBlock); }
  std::string_view counter() const { return blocks_.substr(2 * kDerivedBlock, kCipherBlock); }

 private:
  std::string_view blocks_;
};

/// Those of T_1, T_2, T_3 that `indices` names, each to its place.
void ask(std::string_view password, std::string_view salt, std::initializer_list<std::uint32_t> indices,
         SecretBytes& blocks, Batch& batch) {
  blocks.resize(3 * kDerivedBlock);
  for (std::uint32_t index : indices) {
    batch.push_back({password, salt, kIterations, index, blocks.data() + (index - 1) * kDerivedBlock});
  }
}

/// How much padding the last block has, without a branch on a single byte of it; 0: it is not PKCS #7 (RFC 5652 §6.3).
std::size_t padding_of(std::string_view block) {
  auto count = static_cast<unsigned char>(block.back());
  unsigned wrong = unsigned{count == 0} | unsigned{count > kCipherBlock};
  for (std::size_t i = 0; i < kCipherBlock; ++i) {
    unsigned inside = unsigned{i + count >= kCipherBlock};
    wrong |= inside & unsigned{static_cast<unsigned char>(block[i]) != count};
  }
  return wrong != 0 ? 0 : count;
}

class Aes256Body : public SealedBody {
 public:
  Aes256Body(ReadAt source, std::uint64_t offset, std::string name);

  void ask_to_verify(std::span<const std::string_view> passwords, SecretBytes& blocks, Batch& batch) const override;
  std::optional<std::size_t> verify(std::span<const std::string_view> passwords, const SecretBytes& blocks,
                                    SecretBytes& opened) const override;
  void ask_to_decrypt(std::string_view opened, SecretBytes& blocks, Batch& batch) const override;
  void decrypt(std::string_view opened, const SecretBytes& blocks, const Sink& plaintext) const override;
  std::uint64_t plaintext_at_most() const noexcept override { return size_; }

 private:
  std::uint64_t measured() const;
  [[noreturn]] void changed() const;
  std::size_t decrypt_but_last(Aes256Ctr& cipher, HmacSha256& hmac, SecretBytes& part, const Sink& plaintext) const;

  ReadAt source_;
  std::string name_;
  BodyHead head_;
  std::uint64_t size_;  ///< of the ciphertext; a multiple of kCipherBlock
};

Aes256Body::Aes256Body(ReadAt source, std::uint64_t offset, std::string name)
    : source_(std::move(source)),
      name_(std::move(name)),
      head_(read_body_head(source_, offset, name_)),
      size_(measured()) {}

/// Goes over the whole ciphertext, so that what is malformed is known before a password is asked for.
std::uint64_t Aes256Body::measured() const {
  std::uint64_t size = 0;
  CiphertextReader reader(source_, head_.ciphertext, name_);
  for (std::string_view part; !(part = reader.next()).empty();) size += part.size();
  if (size == 0) {
    throw Error(ErrorCode::malformed, "the vault has no ciphertext", {}, place_in(name_), "empty-ciphertext");
  }
  if (size % kCipherBlock != 0) {
    throw Error(ErrorCode::malformed,
                "the vault's ciphertext has " + std::to_string(size) +
                    " bytes, which are not whole blocks of 16: "
                    "it was cut",
                {}, place_in(name_), "size");
  }
  return size;
}

void Aes256Body::changed() const {
  throw Error(ErrorCode::file_access, "the vault changed while it was being read", "try again", place_in(name_),
              "changed");
}

void Aes256Body::ask_to_verify(std::span<const std::string_view> passwords, SecretBytes& blocks, Batch& batch) const {
  blocks.resize(passwords.size() * kDerivedBlock);
  for (std::size_t i = 0; i < passwords.size(); ++i) {
    batch.push_back({passwords[i], head_.salt, kIterations, 2, blocks.data() + i * kDerivedBlock});
  }
}

/// What decrypting needs: this payload's HMAC (so that a key is not used on another one), T_2, password.
std::optional<std::size_t> Aes256Body::verify(std::span<const std::string_view> passwords, const SecretBytes& blocks,
                                              SecretBytes& opened) const {
  if (passwords.empty()) return std::nullopt;
  auto key = [&](std::size_t i) { return blocks.view().substr(i * kDerivedBlock, kDerivedBlock); };
  std::vector<HmacSha256> hmacs;
  for (std::size_t i = 0; i < passwords.size(); ++i) hmacs.emplace_back(key(i));
  CiphertextReader reader(source_, head_.ciphertext, name_);
  for (std::string_view part; !(part = reader.next()).empty();) {
    for (HmacSha256& hmac : hmacs) hmac.update(part);
  }
  for (std::size_t i = 0; i < passwords.size(); ++i) {
    if (!equal_in_constant_time(view(hmacs[i].finish()), head_.hmac)) continue;
    for (std::string_view piece : {std::string_view(head_.hmac), key(i), passwords[i]}) opened.append(piece);
    return i;
  }
  return std::nullopt;
}

/// Leaves the last part, decrypted, in `part` and returns its size: it is given out only after the HMAC was compared.
std::size_t Aes256Body::decrypt_but_last(Aes256Ctr& cipher, HmacSha256& hmac, SecretBytes& part,
                                         const Sink& plaintext) const {
  CiphertextReader reader(source_, head_.ciphertext, name_);
  std::uint64_t left = size_;
  std::size_t held = 0;
  for (std::string_view ciphertext; !(ciphertext = reader.next()).empty();) {
    if (ciphertext.size() > left || ciphertext.size() % kCipherBlock != 0) changed();
    if (held != 0) plaintext(part.view().substr(0, held));
    hmac.update(ciphertext);
    cipher.apply(ciphertext, part.data());
    held = ciphertext.size();
    left -= held;
  }
  if (left != 0) changed();
  return held;
}

void Aes256Body::ask_to_decrypt(std::string_view opened, SecretBytes& blocks, Batch& batch) const {
  if (opened.substr(0, head_.hmac.size()) != head_.hmac) {
    throw Error(ErrorCode::usage, "this key was verified with another vault", {}, place_in(name_));
  }
  ask(opened.substr(head_.hmac.size() + kDerivedBlock), head_.salt, {1, 3}, blocks, batch);
}

void Aes256Body::decrypt(std::string_view opened, const SecretBytes& blocks, const Sink& plaintext) const {
  std::string_view hmac_key = opened.substr(head_.hmac.size(), kDerivedBlock);
  const Keys keys(blocks);
  Aes256Ctr cipher(keys.cipher_key(), keys.counter());
  HmacSha256 hmac(hmac_key);
  SecretBytes part(static_cast<std::size_t>(std::min<std::uint64_t>(kPart, size_)));
  std::size_t size = decrypt_but_last(cipher, hmac, part, plaintext);
  if (!equal_in_constant_time(view(hmac.finish()), head_.hmac)) changed();
  std::size_t padding = padding_of(part.view().substr(size - kCipherBlock, kCipherBlock));
  if (padding == 0) {
    throw Error(
        ErrorCode::malformed,
        "the vault's key is right, but its plaintext does not end in valid padding: whatever wrote it is broken", {},
        place_in(name_), "padding");
  }
  if (size > padding) plaintext(part.view().substr(0, size - padding));
}

/// Encrypts the padded plaintext, `step` bytes at a time, and returns the HMAC.
template <typename Visit>
Hmac encrypt(const ReadAt& plaintext, std::size_t step, const Keys& keys, Visit each_part) {
  Aes256Ctr cipher(keys.cipher_key(), keys.counter());
  HmacSha256 hmac(keys.hmac_key());
  SecretBytes part(step + kCipherBlock);
  std::uint64_t offset = 0;
  for (bool last = false; !last;) {
    std::size_t size = read_fully(plaintext, offset, part.data(), step);
    offset += size;
    last = size < step;
    if (last) {
      std::size_t padding = kCipherBlock - size % kCipherBlock;
      std::memset(part.data() + size, static_cast<int>(padding), padding);
      size += padding;
    }
    std::string_view encrypted = part.view().substr(0, size);
    cipher.apply(encrypted, part.data());
    hmac.update(encrypted);
    each_part(encrypted);
  }
  return hmac.finish();
}

}  // namespace

std::unique_ptr<const SealedBody> parse_aes256(ReadAt source, std::uint64_t offset, std::string name) {
  return std::make_unique<const Aes256Body>(std::move(source), offset, std::move(name));
}

void ask_to_seal_aes256(std::string_view password, std::string_view salt, SecretBytes& blocks, Batch& batch) {
  if (salt.size() > kSaltAtMost) {
    throw Error(ErrorCode::usage, "the salt is longer than " + std::to_string(kSaltAtMost) + " bytes");
  }
  ask(password, salt, {1, 2, 3}, blocks, batch);
}

/// The HMAC stands before what it is computed from, so the plaintext is encrypted twice: once for the HMAC, once to be
/// written. Holding it in between would take four times its size in memory.
void seal_aes256(const ReadAt& plaintext, std::uint64_t size, const SecretBytes& blocks, std::string_view salt,
                 TextWriter& out) {
  const Keys keys(blocks);
  const std::size_t step = size < kPart ? (static_cast<std::size_t>(size) / kCipherBlock + 1) * kCipherBlock : kPart;
  Hmac hmac = encrypt(plaintext, step, keys, [](std::string_view) {});
  out.write(hex_encode(hex_encode(salt) + "\n" + hex_encode(view(hmac)) + "\n"));
  std::string text(4 * (step + kCipherBlock), '\0');
  Hmac again = encrypt(plaintext, step, keys, [&](std::string_view part) {
    double_hex_encode(part, text.data());
    out.write(std::string_view(text).substr(0, 4 * part.size()));
  });
  if (again != hmac) {
    throw Error(ErrorCode::file_access, "the plaintext changed while it was being encrypted", "try again", {},
                "changed");
  }
}

std::uint64_t aes256_text_size(std::uint64_t plaintext_size, std::size_t salt_size) noexcept {
  std::uint64_t padded = plaintext_size / kCipherBlock * kCipherBlock + kCipherBlock;
  return 2 * (2 * salt_size + 1 + 2 * Hmac{}.size() + 1 + 2 * padded);
}

}  // namespace regvault::vault
