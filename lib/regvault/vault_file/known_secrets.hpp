/// All secrets that a merge has met: which are the same, and who opened them.
///
///     KnownSecrets secrets("group_vars/all.yml", keyring);
///     secrets.meet(payloads);                                         // all at once takes less time
///     secrets.number_of(payload) == secrets.number_of(sealed_anew)    // the same text
///
/// Each payload is opened once. What cannot be opened is no error: it is the same as nothing but itself.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <regvault/keys/keyring.hpp>

namespace regvault::vault_file {

class KnownSecrets {
 public:
  /// `name` is what messages of vault password scripts call the file. The ring must outlive this.
  KnownSecrets(std::string name, keys::Keyring& keyring) : name_(std::move(name)), keyring_(keyring) {}

  /// Opens those that are new, on all cores.
  void meet(std::span<const std::string_view> payloads);

  /// The same number for the same text; for the same ciphertext where no key opens it.
  std::size_t number_of(const std::string& payload) { return known_[index_of(payload)].number; }

  /// Whether `now` is under another vault id or password than `before`.
  bool was_rekeyed(const std::string& before, const std::string& now);

 private:
  struct Known {
    std::size_t number;
    std::optional<keys::Keyring::Opened> opened;
  };

  std::size_t index_of(const std::string& payload);
  std::size_t add(std::string payload, std::optional<keys::Keyring::Opened> opened);

  std::string name_;
  keys::Keyring& keyring_;
  std::map<std::string, std::size_t> by_payload_;
  std::deque<Known> known_;
  std::map<std::string_view, std::size_t> by_text_;  // numbers; the texts themselves stand in known_ only
};

}  // namespace regvault::vault_file
