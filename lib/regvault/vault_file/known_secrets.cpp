#include <regvault/vault_file/known_secrets.hpp>

#include <regvault/vault_file/try_open.hpp>

namespace regvault::vault_file {

bool KnownSecrets::was_rekeyed(const std::string& before, const std::string& now) {
  const auto& a = known_[index_of(before)].opened;
  const auto& b = known_[index_of(now)].opened;
  return a && b && (a->key != b->key || a->header_label != b->header_label);
}

std::size_t KnownSecrets::index_of(const std::string& payload) {
  auto [at, is_new] = by_payload_.try_emplace(payload, known_.size());
  if (!is_new) return at->second;
  std::optional<keys::Keyring::Opened> opened = try_open(payload, name_, keyring_);
  std::size_t number = known_.size();
  for (const Known& other : known_) {
    if (opened && other.opened && other.opened->plaintext.view() == opened->plaintext.view()) number = other.number;
  }
  known_.push_back({number, std::move(opened)});
  return at->second;
}

}  // namespace regvault::vault_file
