/// The body of formats 1.1 and 1.2, cipher "AES256".
///
///     text = hex( hex(salt) LF hex(HMAC) LF hex(ciphertext) )
///
///     T_1 T_2 T_3 = PBKDF2-HMAC-SHA-256(password, salt, 10,000 iterations)
///     ciphertext  = AES-256-CTR(key T_1, first counter block T_3[0:16], plaintext padded by PKCS #7 to 16 bytes)
///     HMAC        = HMAC-SHA-256(key T_2, ciphertext)
///
/// Note what the HMAC does not cover: the header, and so the label. The salt is 32 random bytes when Ansible chooses
/// it, and of any length when `vault_encrypt_salt` says so.
///
/// Internal to the room (see body.hpp).
#pragma once

#include <regvault/vault/body.hpp>

namespace regvault::vault {

/// Longer salts are refused, both ways: nobody has one, and the memory for one is bounded by this.
inline constexpr std::size_t kSaltAtMost = 64 * 1024;

inline constexpr std::string_view kAes256 = "AES256";  ///< as the header spells it

std::unique_ptr<const SealedBody> parse_aes256(ReadAt source, std::uint64_t offset, std::string name);

/// Two steps, as in SealedBody. The views must stay until the batch is derived. `size`: of the plaintext, as far as it
/// is known; memory for that much is taken, at most for a part.
void ask_to_seal_aes256(std::string_view password, std::string_view salt, SecretBytes& blocks, Batch& batch);
void seal_aes256(const ReadAt& plaintext, std::uint64_t size, const SecretBytes& blocks, std::string_view salt,
                 TextWriter& out);

/// How many characters the body has, line ends not counted.
std::uint64_t aes256_text_size(std::uint64_t plaintext_size, std::size_t salt_size) noexcept;

}  // namespace regvault::vault
