/// The task's arguments: what Ansible hands over as JSON becomes a place, a value and vault secrets, or an error that
/// names every mistake. Throws Error(usage); the value and the passwords are never in a message.
#pragma once

#include <optional>
#include <vector>

#include <regvault/json/document.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/vault_file/vault_file.hpp>

namespace regvault::secret_module {

struct Arguments {
  vault_file::Target target;
  bool absent = false;
  SecretBytes value;  ///< empty if absent
  vault_file::SetOptions options;
  keys::KeyRequest keys;                       ///< vault_id, vault_password_file
  std::optional<std::vector<keys::Key>> play;  ///< the vault secrets of the play; nullopt: use `keys`
  bool diff = false;
};

Arguments parse_arguments(const json::Value& given);

}  // namespace regvault::secret_module
