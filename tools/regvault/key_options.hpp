/// The vault secret options that every verb with secrets takes, and the keyring they make.
#pragma once

#include <optional>
#include <string>

#include <regvault/keys/keyring.hpp>

#include "regvault/session.hpp"

namespace CLI {
class App;
}

namespace regvault::tools {

/// --vault-id, --vault-password-file (--vault-pass-file), -J/--ask-vault-password (--ask-vault-pass).
void add_key_options(CLI::App& app, keys::KeyRequest& request);

/// --encrypt-vault-id, for verbs that encrypt.
void add_encrypt_option(CLI::App& app, std::optional<std::string>& encrypt_vault_id);

/// The keyring of a run: the options, the ANSIBLE_* variables and ansible.cfg.
keys::Keyring load_keyring(const keys::KeyRequest& request, Session& session);

}  // namespace regvault::tools
