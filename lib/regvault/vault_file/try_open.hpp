/// Opening for a look, where a vault that cannot be opened is no error, whatever the reason.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/keys/keyring.hpp>

namespace regvault::vault_file {

/// nullopt: no key opens it, it is broken, or the program that tells the password failed.
inline std::optional<keys::Keyring::Opened> try_open(const std::string& payload, const std::string& name,
                                                     keys::Keyring& keyring) {
  try {
    return keyring.open(payload, name);
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// Many of one file, on all cores.
inline std::vector<keys::Keyring::Attempt> try_open_all(std::span<const std::string_view> payloads,
                                                        const std::string& name, keys::Keyring& keyring) {
  try {
    return keyring.open_all(payloads, name);
  } catch (const Error&) {
    return std::vector<keys::Keyring::Attempt>(payloads.size());
  }
}

}  // namespace regvault::vault_file
