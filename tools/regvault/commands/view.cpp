#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/system/pager.hpp>
#include <regvault/vault_file/plain_values.hpp>
#include <regvault/vault_file/whole_file.hpp>

#include "regvault/commands.hpp"
#include "regvault/key_options.hpp"

namespace regvault::tools {
namespace {

struct Options {
  std::string file;
  keys::KeyRequest keys;
};

/// A YAML file as `edit` shows it.
SecretBytes text_with_values(const vault_file::SecretFile& file, keys::Keyring& keyring, const Session& session) {
  vault_file::PlainValues values = vault_file::plain_values(file, keyring, vault_file::Shown::tagged);
  if (values.count == 0) throw vault_file::cannot_open(values.left);
  if (!values.left.empty()) session.warner()(std::string(vault_file::cannot_open(values.left).message));
  return std::move(values.text);
}

SecretBytes text_of(const std::string& file, keys::Keyring& keyring, const Session& session) {
  Input input = vault_file::open_source(file, session.streams());
  std::optional<vault_file::SecretFile> values = vault_file::values_in(input, vault_file::shown_source(file));
  if (values) return text_with_values(*values, keyring, session);
  return vault_file::open_file(std::move(input), file, keyring).plaintext;
}

int view(const Options& options, Session& session) {
  config::AnsibleConfig config = load_config(session);
  keys::Keyring keyring = load_keyring(options.keys, config, session);
  SecretBytes text = text_of(options.file, keyring, session);
  if (session.output_is_terminal) {
    page(text.view(), find_pager(session.environment, config.pager), session.environment);
  } else {
    session.write(text.view());
  }
  return 0;
}

}  // namespace

Action configure_view(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  app.add_option("FILE", options->file,
                 "A file that is a vault, or a YAML file with vaults in it; \"-\": standard input")
      ->required()
      ->type_name("");
  add_key_options(app, options->keys);
  app.footer(
      "\nOn a terminal the text is shown by PAGER, else ANSIBLE_PAGER, ansible.cfg's pager, or less; otherwise the "
      "exact bytes are printed. Of a YAML file every value that a vault secret opens is shown in plain, tagged "
      "!vault-plain.\n\n"
      "Examples:\n"
      "  regvault view group_vars/all/vault.yml\n"
      "  regvault view group_vars/all/vars.yml");
  return [options, &session] { return view(*options, session); };
}

}  // namespace regvault::tools
