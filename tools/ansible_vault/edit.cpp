/// create and edit: an editor is run.
#include <array>
#include <filesystem>

#include <regvault/vault_file/edit_file.hpp>

#include "ansible_vault/actions.hpp"

namespace regvault::ansible_vault {
namespace {

EditorRequest editor(const Context& context) {
  constexpr std::array<std::string_view, 2> kVariables{"EDITOR", "ANSIBLE_EDITOR"};
  const Environment& environment = context.session.environment;
  return {.command = editor_command(kVariables, context.config.editor, environment),
          .place = SecretScratch::Place::in_memory_or_disk,
          .environment = environment};
}

void make_parent(const std::string& file, const WarningSink& warn) {
  std::filesystem::path directory = std::filesystem::path(file).parent_path();
  if (directory.empty() || std::filesystem::exists(directory)) return;
  warn(directory.string() + " does not exist, creating...");
  std::filesystem::path made;
  for (const std::filesystem::path& part : directory) {
    made /= part;
    std::error_code error;
    if (std::filesystem::create_directory(made, error)) {
      std::filesystem::permissions(made, std::filesystem::perms::owner_all);
    } else if (error) {
      throw Failure(1, "cannot create directory " + made.string() + ": " + error.message());
    }
  }
}

}  // namespace

void create(const Context& context) {
  const std::vector<std::string>& operands = context.arguments.operands;
  if (operands.size() != 1) throw option_failure("ansible-vault create can take only one filename argument");
  if (!context.session.output_is_terminal && !context.arguments.skip_tty_check) {
    throw option_failure("not a tty, editor cannot be opened");
  }
  keys::Keyring keyring = context.load_secrets(true);
  const keys::Key& key = context.key_to_encrypt_with(keyring);
  for_each_file(context, "create", false, [&](const std::string& file) {
    if (std::filesystem::exists(file)) throw Failure(1, file + " exists, please use 'edit' instead");
    make_parent(file, context.warner());
    vault_file::create_file(file, editor(context), true, key, keyring.sealing(keys::label_for_header(key)),
                            context.warner());
  });
}

void edit(const Context& context) {
  keys::Keyring keyring = context.load_secrets(false);
  for_each_file(context, "edit", false, [&](const std::string& file) {
    vault_file::edit_file(file, editor(context), keyring, context.warner());
  });
}

}  // namespace regvault::ansible_vault
