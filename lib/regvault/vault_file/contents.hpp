/// The text in a file: its bytes, or, where the file is one vault as a whole, what that holds.
///
///     Contents contents = contents_of(bytes, "group_vars/all/vault.yml", keys);
///     use(contents.text.view());                                    // "ghcr_pat: …"
///     std::string bytes = file_bytes(contents, edited_text, keys);  // sealed with the same secret and label
///
/// So that what works on YAML text works inside of vaults, too.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <regvault/keys/keyring.hpp>
#include <regvault/secret/secret_bytes.hpp>

namespace regvault::vault_file {

/// The vault secrets, asked for when there is something to open or to seal, and not before: a value in the clear needs
/// no password. The ring belongs to the caller.
using Keys = std::function<keys::Keyring&()>;

struct Contents {
  /// How the file is sealed.
  struct Vault {
    std::string label;     ///< in the header; empty: none (format 1.1)
    const keys::Key* key;  ///< the keyring's
  };

  SecretBytes text;
  std::optional<Vault> vault;  ///< nullopt: the file is not a vault
};

/// `name` is the file in messages. Throws Error(no_key), and Error(malformed) for a broken vault.
Contents contents_of(std::string_view bytes, const std::string& name, const Keys& keys);

/// The bytes of the file when `text` is in it.
std::string file_bytes(const Contents& contents, std::string_view text, const Keys& keys);

}  // namespace regvault::vault_file
