#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/keys/vault_id.hpp>
#include <regvault/vault_file/whole_file.hpp>

#include "regvault/commands.hpp"
#include "regvault/file_options.hpp"
#include "regvault/key_options.hpp"

namespace regvault::tools {
namespace {

struct Options {
  std::vector<std::string> files;
  keys::KeyRequest keys;
  std::string new_vault_id;
  std::string new_password_file;
};

/// Only what is said to be new: the configured vault secrets are the old ones. Nothing said: a prompt.
keys::Keyring new_keyring(const Options& options, const config::AnsibleConfig& config, Session& session) {
  if (options.new_vault_id.empty() && options.new_password_file.empty() && !session.ask_hidden) {
    throw Error(ErrorCode::usage, "no new vault secret is given, and there is no terminal to ask on",
                "give it with --new-vault-id [LABEL@]FILE or --new-vault-password-file FILE");
  }
  keys::KeyRequest request{.confirm_prompts = true};
  if (!options.new_vault_id.empty()) request.vault_ids = {options.new_vault_id};
  if (!options.new_password_file.empty()) request.password_files = {options.new_password_file};
  config::AnsibleConfig labels_only;
  labels_only.vault_identity = config.vault_identity;
  labels_only.vault_encrypt_salt = config.vault_encrypt_salt;
  return load_keyring(request, labels_only, session);
}

int rekey(const Options& options, Session& session) {
  config::AnsibleConfig config = load_config(session);
  keys::Keyring old_keys = load_keyring(options.keys, config, session);
  std::vector<vault_file::OpenFile> files;  // all are opened before the first is changed
  for (const std::string& file : options.files) files.push_back(vault_file::open_file(file, {}, old_keys));

  keys::Keyring new_keys = new_keyring(options, config, session);
  const keys::Key& key = new_keys.first_key();
  bool new_label = !options.new_vault_id.empty() && keys::parse_vault_id(options.new_vault_id).label.has_value();
  for (const vault_file::OpenFile& file : files) {
    std::string label = new_label ? std::string(keys::label_for_header(key)) : file.header_label;
    vault_file::save(file, file.plaintext.view(), key, new_keys.sealing(label), session.warner());
    announce_file(file.path, "rekeyed (vault id " + (label.empty() ? "default" : label) + ")", "", session);
  }
  return 0;
}

}  // namespace

Action configure_rekey(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  app.add_option("FILE", options->files, "Files that are vaults")->required()->type_name("");
  auto* id =
      app.add_option("--new-vault-id", options->new_vault_id, "The new vault secret, and its label if one is given")
          ->type_name("[LABEL@]SOURCE");
  app.add_option("--new-vault-password-file", options->new_password_file, "The new vault password's file or script")
      ->type_name("FILE")
      ->excludes(id);
  add_key_options(app, options->keys);
  app.footer(
      "\nWithout a new vault secret it is asked for, twice. Labels stay unless --new-vault-id gives one; mode and "
      "owner "
      "stay. All files are opened before the first is changed.\n\n"
      "Examples:\n"
      "  regvault rekey --new-vault-password-file new.txt group_vars/all/vault.yml\n"
      "  regvault rekey --vault-id dev@old.txt --new-vault-id dev@new.txt vault.yml");
  return [options, &session] { return rekey(*options, session); };
}

}  // namespace regvault::tools
