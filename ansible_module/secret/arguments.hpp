/// The task's arguments: what Ansible hands over as JSON becomes places, values and vault secrets, or an error that
/// names every mistake. Throws Error(usage); no value and no password is ever in a message.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <regvault/json/document.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/vault_file/vault_file.hpp>

namespace regvault::secret_module {

/// One variable, and what is to become of it.
struct Change {
  vault_file::Target target;
  bool absent = false;
  SecretBytes value;               ///< empty if absent
  vault_file::SetOptions options;  ///< but for dry_run: that is Arguments::check_mode
};

struct Arguments {
  std::string file;
  std::vector<Change> changes;                 ///< all of `file`: one for `key`, or those of `secrets`
  bool several = false;                        ///< they came in `secrets`
  keys::KeyRequest keys;                       ///< vault_id, vault_password_file
  std::optional<std::vector<keys::Key>> play;  ///< the vault secrets of the play; nullopt: use `keys`
  std::string ephemeral;                       ///< what throws the file away when the play ends; empty: nothing does
  bool check_mode = false;
  bool diff = false;
};

Arguments parse_arguments(const json::Value& given);

}  // namespace regvault::secret_module
