#include <algorithm>
#include <functional>
#include <map>

#include <regvault/base/batches.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/vault/batch.hpp>

namespace regvault::keys {
namespace {

using Attempt = Keyring::Attempt;

/// A payload that is not opened yet.
struct Closed {
  Attempt* attempt;
  vault::Opening opening;

  bool is_settled() const { return attempt->opened || attempt->error; }
};

void open_batch(std::span<Closed*> batch, vault::Opener& opener, std::span<const Key* const> keys) {
  std::vector<vault::Opening*> openings;
  for (Closed* closed : batch) openings.push_back(&closed->opening);
  std::vector<SecretBytes> texts = opener.open(openings);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const vault::Opening& opening = *openings[i];
    if (opening.error) {
      batch[i]->attempt->error = opening.error;
    } else if (opening.proof) {
      batch[i]->attempt->opened =
          Keyring::Opened{std::move(texts[i]), opening.sealed.header().label, keys[opening.proof->index()]};
    }
  }
}

void open_with(std::span<const Key* const> keys, const std::vector<Closed*>& closed) {
  if (keys.empty()) return;
  vault::Opener opener(passwords_of(keys));
  in_batches<Closed*>(
      1, vault::kBatch, [&](std::size_t) { return closed; },
      [&](std::span<Closed*> batch) { open_batch(batch, opener, keys); });
}

std::vector<Closed> parsed(std::span<const std::string_view> payloads, const std::string& name,
                           std::vector<Attempt>& attempts) {
  std::vector<Closed> closed;
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    try {
      closed.push_back({&attempts[i], {vault::SealedPayload::parse(vault::reading(payloads[i]), name)}});
    } catch (const Error& error) {
      attempts[i].error = error;
    }
  }
  return closed;
}

/// The keys that are not among those that were tried before.
std::vector<const Key*> without(std::vector<const Key*> keys, const std::vector<const Key*>& tried) {
  std::erase_if(keys, [&](const Key* key) { return std::ranges::count(tried, key) != 0; });
  return keys;
}

/// Which keys have their turn with a payload.
using KeysFor = std::function<std::vector<const Key*>(const vault::Header&, bool matching)>;

void try_at_hand(std::vector<Closed>& closed, const KeysFor& keys_for, const std::vector<const Key*>& tried) {
  for (bool matching : {true, false}) {
    std::map<std::vector<const Key*>, std::vector<Closed*>> by_keys;
    for (Closed& one : closed) {
      if (one.is_settled()) continue;
      by_keys[without(keys_for(one.opening.sealed.header(), matching), tried)].push_back(&one);
    }
    for (const auto& [keys, some] : by_keys) open_with(keys, some);
  }
}

}  // namespace

/// Keys at hand first; then one payload on its own, for which scripts may run, and with what they told again.
std::vector<Keyring::Attempt> Keyring::open_all(std::span<const std::string_view> payloads, const std::string& name) {
  std::vector<Attempt> attempts(payloads.size());
  std::vector<Closed> closed = parsed(payloads, name, attempts);
  auto keys_for = [this](const vault::Header& header, bool matching) {
    return matching || !id_must_match_ ? at_hand(label_of(header), matching) : std::vector<const Key*>();
  };
  std::vector<const Key*> tried;
  for (Closed& one : closed) {
    if (one.is_settled()) continue;
    const std::vector<const Key*> now = at_hand();
    if (now != tried) try_at_hand(closed, keys_for, tried);
    tried = now;
    if (one.is_settled() || !has_scripts()) continue;
    std::string_view payload = payloads[static_cast<std::size_t>(one.attempt - attempts.data())];
    try {
      one.attempt->opened = open(payload, name);
    } catch (const Error& error) {
      if (error.code != ErrorCode::malformed) throw;  // a script's failure, say
      one.attempt->error = error;
    }
  }
  return attempts;
}

}  // namespace regvault::keys
