#include <regvault/vault_file/known_secrets.hpp>

#include <set>
#include <vector>

#include <regvault/vault_file/try_open.hpp>

namespace regvault::vault_file {

bool KnownSecrets::was_rekeyed(const std::string& before, const std::string& now) {
  const auto& a = known_[index_of(before)].opened;
  const auto& b = known_[index_of(now)].opened;
  return a && b && (a->key != b->key || a->header_label != b->header_label);
}

void KnownSecrets::meet(std::span<const std::string_view> payloads) {
  std::set<std::string_view> seen;
  std::vector<std::string_view> fresh;
  for (std::string_view payload : payloads) {
    bool is_fresh = seen.insert(payload).second && !by_payload_.contains(std::string(payload));
    if (is_fresh) fresh.push_back(payload);
  }
  if (fresh.empty()) return;
  try {
    std::vector<keys::Keyring::Attempt> attempts = keyring_.open_all(fresh, name_);
    for (std::size_t i = 0; i < fresh.size(); ++i) add(std::string(fresh[i]), std::move(attempts[i].opened));
  } catch (const Error&) {  // a vault password script's, say: what other keys open is found one by one
  }
}

std::size_t KnownSecrets::index_of(const std::string& payload) {
  auto known = by_payload_.find(payload);
  return known != by_payload_.end() ? known->second : add(payload, try_open(payload, name_, keyring_));
}

std::size_t KnownSecrets::add(std::string payload, std::optional<keys::Keyring::Opened> opened) {
  const std::size_t index = known_.size();
  known_.push_back({index, std::move(opened)});
  Known& known = known_.back();
  if (known.opened) known.number = by_text_.try_emplace(known.opened->plaintext.view(), index).first->second;
  by_payload_.emplace(std::move(payload), index);
  return index;
}

}  // namespace regvault::vault_file
