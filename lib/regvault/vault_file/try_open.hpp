/// Opening for a look, where a vault that cannot be opened is no error, whatever the reason.
#pragma once

#include <optional>
#include <string>

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

}  // namespace regvault::vault_file
