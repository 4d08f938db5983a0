#include <regvault/vault/payload.hpp>

#include <algorithm>
#include <iterator>

#include <regvault/base/error.hpp>
#include <regvault/crypto/random.hpp>
#include <regvault/vault/aes256.hpp>
#include <regvault/vault/body.hpp>

namespace regvault::vault {
namespace {

/// The third field of the header → what the body is. The first row is what we write.
constexpr BodyKind kBodyKinds[] = {
    {"AES256", parse_aes256, seal_aes256},
};

constexpr std::size_t kSaltSize = 32;
constexpr std::size_t kColumns = 80;

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
  if (password.empty()) throw Error(ErrorCode::usage, "an empty vault password protects nothing");
  const BodyKind& kind = kBodyKinds[0];
  TextWriter writer(out);
  writer.header(header_line(kind.cipher, sealing.label));
  kind.seal(plaintext, password, sealing.salt.empty() ? crypto::random_bytes(kSaltSize) : sealing.salt, writer);
  writer.finish();
}

std::string seal(std::string_view plaintext, std::string_view password, const Sealing& sealing) {
  std::uint64_t text = aes256_text_size(plaintext.size(), std::max(kSaltSize, sealing.salt.size()));
  std::string payload;
  payload.reserve(static_cast<std::size_t>(kHeaderAtMost + text + text / kColumns + 1));
  seal(reading(plaintext), password, sealing, [&](std::string_view piece) { payload += piece; });
  return payload;
}

SealedPayload SealedPayload::parse(ReadAt payload, std::string name) {
  Envelope envelope = read_envelope(payload, name);
  const BodyKind& kind = kind_of(envelope.header.cipher, name);
  return {std::move(envelope.header), kind.parse(std::move(payload), envelope.body, std::move(name))};
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
  auto key = body_->verify(passwords);
  if (!key) return std::nullopt;
  return VerifiedKey(key->index, std::move(key->opened));
}

void SealedPayload::decrypt(const VerifiedKey& key, const Sink& plaintext) const {
  body_->decrypt(key.opened_, plaintext);
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
