#include "regvault/key_options.hpp"

#include <CLI/CLI.hpp>

#include <regvault/config/ansible_config.hpp>

namespace regvault::tools {
namespace {

constexpr const char* kGroup = "Vault secrets";

}  // namespace

void add_key_options(CLI::App& app, keys::KeyRequest& request) {
  app.add_option("--vault-id", request.vault_ids,
                 "A vault secret: [LABEL@]FILE, [LABEL@]SCRIPT or [LABEL@]prompt (repeatable)")
      ->type_name("ID")
      ->allow_extra_args(false)
      ->group(kGroup);
  CLI::Option* file = app.add_option("--vault-password-file,--vault-pass-file", request.password_files,
                                     "A file or script with the vault password (repeatable)")
                          ->type_name("FILE")
                          ->allow_extra_args(false)
                          ->group(kGroup);
  app.add_flag("-J,--ask-vault-password,--ask-vault-pass", request.ask, "Ask for the vault password")
      ->excludes(file)
      ->group(kGroup);
}

CLI::Option* add_encrypt_option(CLI::App& app, std::optional<std::string>& encrypt_vault_id) {
  return app.add_option("--encrypt-vault-id", encrypt_vault_id, "The label of the vault secret to encrypt with")
      ->type_name("LABEL")
      ->group(kGroup);
}

void add_target_options(CLI::App& app, TargetOptions& options) {
  app.add_option("FILE", options.file, "A YAML file, or a vault that holds one")->required()->type_name("");
  app.add_option("KEY", options.key, "Where in it: all.vars.token, a.\"b.c\"[0] or [\"a\",\"b.c\",0]")
      ->required()
      ->type_name("");
  add_document_option(app, options.document);
}

void add_document_option(CLI::App& app, std::optional<std::size_t>& document) {
  app.add_option("--doc", document, "Which document of several, from 0")
      ->type_name("N")
      ->check(CLI::Range(0, 999'999'999).description(""));  // CLI11 would wrap a negative one around
}

config::AnsibleConfig load_config(Session& session) {
  return config::load_ansible_config(session.environment, session.working_directory, session.warner());
}

keys::Keyring load_keyring(const keys::KeyRequest& request, const config::AnsibleConfig& config, Session& session) {
  return keys::Keyring(request, config,
                       {.environment = session.environment,
                        .working_directory = session.working_directory,
                        .ask_hidden = session.ask_hidden,
                        .warn = session.warner()});
}

keys::Keyring load_keyring(const keys::KeyRequest& request, Session& session) {
  return load_keyring(request, load_config(session), session);
}

vault_file::Keys load_on_demand(std::optional<keys::Keyring>& keyring, const keys::KeyRequest& request,
                                Session& session, const config::CreationRule* rule) {
  return [&keyring, &request, &session, rule]() -> keys::Keyring& {
    if (!keyring) keyring.emplace(load_keyring(request, session)).follow(rule);
    return *keyring;
  };
}

}  // namespace regvault::tools
