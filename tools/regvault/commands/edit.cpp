#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/system/file.hpp>
#include <regvault/vault_file/edit_file.hpp>
#include <regvault/vault_file/edit_values.hpp>
#include <regvault/vault_file/edit_vault.hpp>
#include <regvault/vault_file/whole_file.hpp>

#include "regvault/commands.hpp"
#include "regvault/file_options.hpp"
#include "regvault/key_options.hpp"

namespace regvault::tools {
namespace {

struct Options {
  std::string file;
  keys::KeyRequest keys;
  std::optional<std::string> encrypt_vault_id;
};

EditorRequest editor(const config::AnsibleConfig& config, const Session& session) {
  constexpr std::array<std::string_view, 3> kVariables{"VISUAL", "EDITOR", "ANSIBLE_EDITOR"};
  return {.command = editor_command(kVariables, config.editor, session.environment),
          .environment = session.environment};
}

int edit(const Options& options, Session& session) {
  config::AnsibleConfig config = load_config(session);
  keys::Keyring keyring = load_keyring(options.keys, config, session);
  config::CreationRules rules(session.warner());
  keyring.follow(rules.find(options.file));
  bool changed = vault_file::is_one_vault(options.file, {})
                     ? vault_file::edit_vault(options.file, editor(config, session), keyring, session.warner())
                     : vault_file::edit_values(options.file, editor(config, session), keyring,
                                               {.encrypt_vault_id = options.encrypt_vault_id,
                                                .confirm = [&](const std::string& q) { return session.confirm(q); }},
                                               session.warner());
  announce_file(options.file, changed ? "changed" : "not changed", "", session);
  return 0;
}

/// Seen before anyone types a text that could not be written.
void require_directory_of(const std::string& file) {
  std::filesystem::path directory = std::filesystem::path(file).parent_path();
  if (!directory.empty() && access(directory.c_str(), F_OK) != 0) fail_with_errno("create", in_quotes(file), errno);
}

int create(const Options& options, Session& session) {
  require_directory_of(options.file);
  config::AnsibleConfig config = load_config(session);
  keys::KeyRequest request = options.keys;
  request.confirm_prompts = true;
  keys::Keyring keyring = load_keyring(request, config, session);
  config::CreationRules rules(session.warner());
  keyring.follow(rules.find(options.file));
  const keys::Key& key = keyring.key_for_encryption(options.encrypt_vault_id);
  vault_file::create_file(options.file, editor(config, session), false, key,
                          keyring.sealing(keys::label_for_header(key)), session.warner());
  announce_file(options.file, "created (vault id " + key.label + ")", "", session);
  return 0;
}

constexpr const char* kHowItEdits =
    "\nThe editor is VISUAL, EDITOR, ANSIBLE_EDITOR, ansible.cfg's editor, or vi. The text is kept in memory (tmpfs) "
    "only.\n\n";

}  // namespace

Action configure_edit(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  app.add_option("FILE", options->file, "A file that is a vault, or a YAML file with vaults in it")
      ->required()
      ->type_name("");
  add_key_options(app, options->keys);
  add_encrypt_option(app, options->encrypt_vault_id);
  app.footer(kHowItEdits +
             std::string("Of a YAML file every value that a vault secret opens is shown in plain, tagged "
                         "!vault-plain. Values\nwith that tag are encrypted when you save; those that "
                         "did not change keep their bytes.\n\n") +
             std::string("Examples:\n  regvault edit group_vars/all/vault.yml"));
  return [options, &session] { return edit(*options, session); };
}

Action configure_create(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  app.add_option("FILE", options->file, "The file to make")->required()->type_name("");
  add_key_options(app, options->keys);
  add_encrypt_option(app, options->encrypt_vault_id);
  app.footer(kHowItEdits + std::string("Examples:\n  regvault create group_vars/all/new.yml"));
  return [options, &session] { return create(*options, session); };
}

}  // namespace regvault::tools
