/// The options that several verbs take: vault secrets, and the keyring they make; the document of a file.
#pragma once

#include <optional>
#include <string>

#include <regvault/keys/keyring.hpp>
#include <regvault/vault_file/vault_file.hpp>

#include "session.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace regvault::tools {

/// --vault-id, --vault-password-file (--vault-pass-file), -J/--ask-vault-password (--ask-vault-pass).
void add_key_options(CLI::App& app, keys::KeyRequest& request);

/// --encrypt-vault-id, for verbs that encrypt.
CLI::Option* add_encrypt_option(CLI::App& app, std::optional<std::string>& encrypt_vault_id);

/// FILE, KEY and --doc: one value.
struct TargetOptions {
  std::string file;
  std::string key;
  std::optional<std::size_t> document;

  vault_file::Target target() const { return {file, yaml::parse_path(key), document}; }
};
void add_target_options(CLI::App& app, TargetOptions& options);

/// --doc, for verbs that read a YAML file.
void add_document_option(CLI::App& app, std::optional<std::size_t>& document);

/// The ANSIBLE_* variables and ansible.cfg.
config::AnsibleConfig load_config(Session& session);

/// The keyring of a run: the options and the configuration.
keys::Keyring load_keyring(const keys::KeyRequest& request, const config::AnsibleConfig& config, Session& session);
keys::Keyring load_keyring(const keys::KeyRequest& request, Session& session);

/// The same, loaded into `keyring` when it is first asked for; `rule` is that of the file. All must outlive the result.
vault_file::Keys load_on_demand(std::optional<keys::Keyring>& keyring, const keys::KeyRequest& request,
                                Session& session, const config::CreationRule* rule = nullptr);

}  // namespace regvault::tools
