#include <regvault/vault/payload.hpp>

#include <algorithm>
#include <iterator>

#include <regvault/base/error.hpp>
#include <regvault/vault/aes256.hpp>
#include <regvault/vault/body.hpp>
#include <regvault/vault/seal.hpp>

namespace regvault::vault {
namespace {

/// The third field of the header → what the body is.
constexpr BodyKind kBodyKinds[] = {
    {kAes256, parse_aes256},
};

const BodyKind& kind_of(const std::string& cipher, const std::string& name) {
  auto found = std::find_if(std::begin(kBodyKinds), std::end(kBodyKinds),
                            [&](const BodyKind& kind) { return kind.cipher == cipher; });
  if (found == std::end(kBodyKinds)) {
    throw Error(ErrorCode::unsupported, "cipher " + in_quotes(cipher) + " is not known", {}, place_in(name, 1),
                "cipher");
  }
  return *found;
}

}  // namespace

void seal(const ReadAt& plaintext, std::string_view password, const Sealing& sealing, const Sink& out) {
  Batch batch;
  Seal seal(password, sealing, batch);
  crypto::derive_blocks(batch);
  seal.write(plaintext, out);
}

std::string seal(std::string_view plaintext, std::string_view password, const Sealing& sealing) {
  Batch batch;
  Seal seal(password, sealing, batch);
  crypto::derive_blocks(batch);
  return seal.payload(plaintext);
}

std::optional<VerifiedKey> VerifiedKey::of(const SealedBody& body, std::span<const std::string_view> passwords,
                                           const SecretBytes& blocks, const Memory& memory) {
  VerifiedKey key;
  key.begin_ = memory->size();
  const std::optional<std::size_t> index = body.verify(passwords, blocks, *memory);
  if (!index) return std::nullopt;
  key.index_ = *index;
  key.size_ = memory->size() - key.begin_;
  key.memory_ = memory;
  return key;
}

SealedPayload SealedPayload::parse(ReadAt payload, std::string name) {
  try {
    Envelope envelope = read_envelope(payload, name);
    const BodyKind& kind = kind_of(envelope.header.cipher, name);
    return {std::move(envelope.header), kind.parse(payload, envelope.body, name)};
  } catch (const Error& error) {
    // A byte that is not ASCII, anywhere, is what is wrong first of all. Asked only now: it is one pass less.
    if (error.code == ErrorCode::malformed || error.code == ErrorCode::unsupported) check_encrypted(payload, name);
    throw;
  }
}

SealedPayload::SealedPayload(Header header, std::unique_ptr<const SealedBody> body)
    : header_(std::move(header)), body_(std::move(body)) {}

SealedPayload::SealedPayload(SealedPayload&&) noexcept = default;
SealedPayload& SealedPayload::operator=(SealedPayload&&) noexcept = default;
SealedPayload::~SealedPayload() = default;

std::uint64_t SealedPayload::plaintext_at_most() const noexcept {
  return body_->plaintext_at_most();
}

std::optional<VerifiedKey> SealedPayload::verify(std::span<const std::string_view> passwords) const {
  SecretBytes blocks;
  Batch batch;
  body_->ask_to_verify(passwords, blocks, batch);
  crypto::derive_blocks(batch);
  return VerifiedKey::of(*body_, passwords, blocks, std::make_shared<SecretBytes>());
}

void SealedPayload::decrypt(const VerifiedKey& key, const Sink& plaintext) const {
  SecretBytes blocks;
  Batch batch;
  body_->ask_to_decrypt(key.opened(), blocks, batch);
  crypto::derive_blocks(batch);
  body_->decrypt(key.opened(), blocks, plaintext);
}

SecretBytes SealedPayload::decrypted(const VerifiedKey& key, const SecretBytes& blocks) const {
  SecretBytes plaintext;
  plaintext.reserve(static_cast<std::size_t>(plaintext_at_most()));
  body_->decrypt(key.opened(), blocks, [&](std::string_view piece) { plaintext.append(piece); });
  return plaintext;
}

std::optional<Opened> open(std::string_view payload, std::span<const std::string_view> passwords, std::string name) {
  SealedPayload sealed = SealedPayload::parse(reading(payload), std::move(name));
  auto key = sealed.verify(passwords);
  if (!key) return std::nullopt;
  SecretBytes plaintext;
  plaintext.reserve(static_cast<std::size_t>(sealed.plaintext_at_most()));
  sealed.decrypt(*key, [&](std::string_view piece) { plaintext.append(piece); });
  return Opened{std::move(plaintext), key->index(), sealed.header()};
}

}  // namespace regvault::vault
