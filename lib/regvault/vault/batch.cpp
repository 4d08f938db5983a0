#include <regvault/vault/batch.hpp>

#include <memory>

#include <regvault/vault/body.hpp>
#include <regvault/vault/seal.hpp>

namespace regvault::vault {
namespace {

/// `work` for each that has no error yet; what it throws is that one's error.
template <typename Work>
void for_each_sound(std::span<Opening* const> openings, const Work& work) {
  for (std::size_t i = 0; i < openings.size(); ++i) {
    Opening& opening = *openings[i];
    if (opening.error) continue;
    try {
      work(opening, i);
    } catch (const Error& error) {
      opening.error = error;
    }
  }
}

}  // namespace

void Opener::verify(std::span<Opening* const> openings) {
  if (passwords_.empty()) return;
  std::vector<SecretBytes> keys(openings.size());
  Batch batch;
  for_each_sound(openings, [&](const Opening& opening, std::size_t i) {
    opening.sealed.body_->ask_to_verify(passwords_, keys[i], batch);
  });
  blocks_.derive(batch, {});
  const auto memory = std::make_shared<SecretBytes>();
  for_each_sound(openings, [&](Opening& opening, std::size_t i) {
    auto key = VerifiedKey::of(*opening.sealed.body_, passwords_, keys[i], memory);
    if (key) opening.proof = std::move(key);
  });
}

std::vector<SecretBytes> Opener::decrypt(std::span<Opening* const> openings) {
  std::vector<SecretBytes> keys(openings.size()), plaintexts(openings.size());
  Batch batch;
  for_each_sound(openings, [&](const Opening& opening, std::size_t i) {
    if (opening.proof) opening.sealed.body_->ask_to_decrypt(opening.proof->opened(), keys[i], batch);
  });
  blocks_.derive(batch, {});
  for_each_sound(openings, [&](const Opening& opening, std::size_t i) {
    if (opening.proof) plaintexts[i] = opening.sealed.decrypted(*opening.proof, keys[i]);
  });
  return plaintexts;
}

void Opener::reseal(std::span<Resealing> resealings, std::string_view password,
                    const std::function<void(std::size_t number, std::string_view plaintext)>& look) {
  std::vector<Opening*> openings;
  for (const Resealing& one : resealings) openings.push_back(one.opening);
  std::vector<SecretBytes> old_keys(openings.size());
  std::vector<std::optional<Seal>> seals(openings.size());
  Batch old_blocks, new_blocks;
  for_each_sound(openings, [&](const Opening& opening, std::size_t i) {
    opening.sealed.body_->ask_to_decrypt(opening.proof.value().opened(), old_keys[i], old_blocks);
    seals[i].emplace(password, resealings[i].sealing, new_blocks);
  });
  blocks_.derive(old_blocks, new_blocks);
  for_each_sound(openings, [&](const Opening& opening, std::size_t i) {
    SecretBytes plaintext = opening.sealed.decrypted(*opening.proof, old_keys[i]);
    look(i, plaintext.view());
    resealings[i].payload = seals[i]->payload(plaintext.view());
  });
}

}  // namespace regvault::vault
