#include <regvault/vault/seal.hpp>

#include <regvault/base/error.hpp>
#include <regvault/crypto/random.hpp>
#include <regvault/vault/aes256.hpp>

namespace regvault::vault {
namespace {

constexpr std::size_t kSaltSize = 32;

}  // namespace

Seal::Seal(std::string_view password, const Sealing& sealing, Batch& batch)
    : header_(header_line(kAes256, sealing.label)),
      salt_(sealing.salt.empty() ? crypto::random_bytes(kSaltSize) : sealing.salt) {
  if (password.empty()) throw Error(ErrorCode::usage, "an empty vault password protects nothing");
  ask_to_seal_aes256(password, salt_, blocks_, batch);
}

void Seal::write(const ReadAt& plaintext, const Sink& out, std::uint64_t size) const {
  TextWriter writer(out);
  writer.header(header_);
  seal_aes256(plaintext, size, blocks_, salt_, writer);
  writer.finish();
}

std::string Seal::payload(std::string_view plaintext) const {
  std::uint64_t text = aes256_text_size(plaintext.size(), salt_.size());
  std::string payload;
  payload.reserve(static_cast<std::size_t>(header_.size() + text + text / kColumns + 1));
  write(
      reading(plaintext), [&](std::string_view piece) { payload += piece; }, plaintext.size());
  return payload;
}

}  // namespace regvault::vault
