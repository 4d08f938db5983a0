/// A YAML file with its vaults in plain, for an editor, and the way back.
///
///     PlainView view = plain_view(bytes, "group_vars/all.yml", keyring);
///     …                                                  // the user edits view.text
///     std::string sealed = sealed_view(edited, "group_vars/all.yml", view, keyring, {});
///
/// In plain, a vault is tagged !vault-plain, so that a copy that leaks is recognised, and Ansible refuses it:
///
///     ghcr_pat: !vault-plain "ghp_…"                     one line
///     deploy_key: !vault-plain |                         several lines
///       -----BEGIN …
///
/// What no vault secret opens, and what is not UTF-8 text, stays a vault in the view.
///
/// On the way back, every !vault-plain value becomes a vault. One whose key and text are as they were keeps its
/// ciphertext, byte for byte where the text around it allows; so does one that was moved (its text is known). One whose
/// text changed is sealed with the secret it had, under its label; a new one as Keyring::key_for_encryption() says.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/keys/keyring.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/yaml/document.hpp>

namespace regvault::vault_file {

struct PlainView {
  struct Value {
    yaml::Path key;
    SecretBytes text;
    std::string label;           ///< in the header; empty: none (format 1.1)
    const keys::Key* opened_by;  ///< the keyring's
    yaml::PlainVault vault;
    std::size_t begin = 0;  ///< where vault.shown begins in the text
  };

  SecretBytes text;
  std::vector<Value> values;  ///< those in plain, in the order of the file
};

/// Throws what yaml::Document throws.
PlainView plain_view(std::string_view bytes, const std::string& name, keys::Keyring& keyring);

/// The bytes of the file. `other`: ciphertexts that are known, too; those of `view` come first. Throws what
/// yaml::Document and Keyring throw.
std::string sealed_view(std::string_view edited, const std::string& name, const PlainView& view, keys::Keyring& keyring,
                        const std::optional<std::string>& encrypt_vault_id, const PlainView& other = {});

/// The keys that were encrypted, and whose value has lost its tag: it would be in the clear.
std::vector<yaml::Path> left_in_the_clear(std::string_view edited, const std::string& name, const PlainView& view);

}  // namespace regvault::vault_file
