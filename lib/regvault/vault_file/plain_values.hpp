/// The vaults inside of a YAML file, in the clear and back: to look at them, to take the encryption off, to put it on.
///
///     Input input = open_source("group_vars/all.yml", streams);
///     if (std::optional<SecretFile> file = values_in(input, "group_vars/all.yml")) {
///       show(plain_values(*file, keyring, Shown::tagged).text);            // ghcr_pat: !vault-plain "ghp_…"
///       decrypt_values(*file, input, route, streams, keyring, warn);       // ghcr_pat: ghp_…
///     }
///     encrypt_values(std::move(input), route, streams, these({parse_path("ghcr_pat")}), key, sealing, warn);
///
/// Every byte that is not part of such a value stays. Throws what yaml::Document, Keyring and route.hpp throw, and its
/// own errors as said below.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <regvault/keys/keyring.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/vault_file/route.hpp>
#include <regvault/vault_file/secrets.hpp>
#include <regvault/yaml/document.hpp>

namespace regvault::vault_file {

/// The YAML file, parsed; nullopt: one vault as a whole, a file without vaults in it, or one of more than 64 MiB.
std::optional<SecretFile> values_in(const Input& input, const std::string& name);

enum class Shown {
  tagged,    ///< !vault-plain, as `edit` shows them (plain_view.hpp); Ansible refuses it
  untagged,  ///< as any other value, quoted where YAML 1.1 would read something else
};

struct PlainValues {
  SecretBytes text;
  std::size_t count = 0;            ///< in plain
  std::vector<Secret> left = {};    ///< vaults still: `broken` says why, else no vault secret opens it
  std::vector<Secret> braced = {};  ///< in plain, and holds "{{", which Ansible takes for a template
};

PlainValues plain_values(const SecretFile& file, keys::Keyring& keyring, Shown as);

/// Error(no_key) for what is left, all of it named; for what is broken, that.
Error cannot_open(const std::vector<Secret>& left);

/// Untagged, to where the route ends; how many. All or nothing: throws cannot_open(). Warns of what is `braced`.
std::size_t decrypt_values(const SecretFile& file, const Input& input, const Route& route, const Streams& streams,
                           keys::Keyring& keyring, const WarningSink& warn);

struct EncryptedValue {
  yaml::Path key;
  bool was_encrypted = false;  ///< already, and stays as it is
};

/// Which values to encrypt, once the document is known.
using ChooseKeys = std::function<std::vector<yaml::Path>(const yaml::Document&)>;
ChooseKeys these(std::vector<yaml::Path> keys);

/// The plain scalars at the chosen keys. What is replaced is overwritten on the disk, too. Where all were encrypted, a
/// file is not replaced by itself. Warns of numbers and words like yes, which are text once they are encrypted, and of
/// aliases.
///
/// Throws Error(unsupported, "already-encrypted") for a file that is one vault; Error(not_found) for a key that is not
/// there; Error(unsupported) with "not-a-scalar" for a mapping, a list or nothing, with "template" for a template.
std::vector<EncryptedValue> encrypt_values(Input input, const Route& route, const Streams& streams,
                                           const ChooseKeys& choose, const keys::Key& key,
                                           const vault::Sealing& sealing, const WarningSink& warn);

}  // namespace regvault::vault_file
