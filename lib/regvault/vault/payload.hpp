/// Ansible Vault payloads: sealing, and opening with one of several passwords.
///
///     std::string payload = vault::seal("token", password, {.label = "dev"});   // "$ANSIBLE_VAULT;1.2;AES256;dev\n…"
///
///     SealedPayload sealed = SealedPayload::parse(reading(payload), "vault.yml");
///     if (auto key = sealed.verify(passwords)) {            // std::optional: no password fits is no error
///       sealed.decrypt(*key, [&](std::string_view piece) { … });
///     }
///
/// The bytes written are those ansible-vault writes for the same salt; what is read is what it reads, except for salts
/// longer than 64 KiB and header lines longer than 4,096 bytes (docs/vault-format.md).
///
/// Payloads of any size take the same memory, less than 1 MiB: sources are gone over several times, a piece at a time.
/// So what has been handed to a sink before an exception is void: write it to where it can be thrown away. Every byte
/// is authenticated before the first is decrypted, and once more on the way (a file can change in between); the last
/// piece, which for secrets of less than 16 KiB is the only one, is given out after that second time.
///
/// Errors are Error(malformed) or Error(unsupported) unless said otherwise, `where` counting lines from the header
/// line, with one of these reasons: "not-encrypted", "header", "cipher" (unsupported), "hex-digit", "odd-length",
/// "inner-hex", "no-hmac", "no-ciphertext", "size", "padding"; and Error(file_access) with "changed". Whatever sources
/// and sinks throw passes through. Const functions can be called from several threads if the source can.
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

struct Sealing {
  std::string label = {};  ///< the vault id label; empty or "default": none, format 1.1
  /// Empty: 32 fresh random bytes. A salt must never be used for two plaintexts under the same password: it repeats
  /// the keystream.
  std::string salt = {};
};

/// Goes over the plaintext twice; throws Error(file_access) when it changes in between, Error(usage) for a label that
/// cannot stand in a header, an empty password or an oversized salt. Does not look at what the plaintext is: Ansible
/// refuses to encrypt what `is_encrypted` already, callers do too.
void seal(const ReadAt& plaintext, std::string_view password, const Sealing& sealing, const Sink& out);
std::string seal(std::string_view plaintext, std::string_view password, const Sealing& sealing = {});

class SealedBody;

/// The proof that a password opens a payload; made by SealedPayload::verify only, good for that payload only.
class VerifiedKey {
 public:
  VerifiedKey(VerifiedKey&&) noexcept = default;
  VerifiedKey& operator=(VerifiedKey&&) noexcept = default;
  std::size_t index() const noexcept { return index_; }  ///< which of the passwords

 private:
  friend class SealedPayload;
  friend class Opener;  // batch.hpp

  /// Memory that the keys of a batch share, so that each takes some of a page, not a page.
  using Memory = std::shared_ptr<SecretBytes>;

  /// nullopt: none of the passwords fits.
  static std::optional<VerifiedKey> of(const SealedBody& body, std::span<const std::string_view> passwords,
                                       const SecretBytes& blocks, const Memory& memory);
  VerifiedKey() = default;
  std::string_view opened() const { return memory_->view().substr(begin_, size_); }

  std::size_t index_ = 0;
  Memory memory_ = nullptr;
  std::size_t begin_ = 0, size_ = 0;  // in it
};

class SealedPayload {
 public:
  /// Goes over the whole source and checks everything that can be checked without a password. The source (and what it
  /// reads from) must stay as long as the object.
  static SealedPayload parse(ReadAt payload, std::string name);

  SealedPayload(SealedPayload&&) noexcept;
  SealedPayload& operator=(SealedPayload&&) noexcept;
  ~SealedPayload();

  const Header& header() const noexcept { return header_; }

  /// No less than the plaintext has, and at most 16 more.
  std::uint64_t plaintext_at_most() const noexcept;

  /// Tries all passwords in one pass over the source, at the price of one derived block each, a third of a decryption.
  /// The first that fits; nullopt: none does.
  std::optional<VerifiedKey> verify(std::span<const std::string_view> passwords) const;

  void decrypt(const VerifiedKey& key, const Sink& plaintext) const;

 private:
  friend class Opener;  // batch.hpp
  SealedPayload(Header header, std::unique_ptr<const SealedBody> body);
  SecretBytes decrypted(const VerifiedKey& key, const SecretBytes& blocks) const;

  Header header_;
  std::unique_ptr<const SealedBody> body_;
};

/// All of it at once, for payloads that fit in memory.
struct Opened {
  SecretBytes plaintext;
  std::size_t index;  ///< which of the passwords
  Header header;
};
std::optional<Opened> open(std::string_view payload, std::span<const std::string_view> passwords, std::string name);

}  // namespace regvault::vault
