#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/system/pager.hpp>
#include <regvault/vault_file/whole_file.hpp>

#include "regvault/commands.hpp"
#include "regvault/key_options.hpp"

namespace regvault::tools {
namespace {

struct Options {
  std::string file;
  keys::KeyRequest keys;
};

int view(const Options& options, Session& session) {
  config::AnsibleConfig config = load_config(session);
  keys::Keyring keyring = load_keyring(options.keys, config, session);
  vault_file::OpenFile file = vault_file::open_file(options.file, session.streams(), keyring);
  if (session.output_is_terminal) {
    page(file.plaintext.view(), find_pager(session.environment, config.pager), session.environment);
  } else {
    session.write(file.plaintext.view());
  }
  return 0;
}

}  // namespace

Action configure_view(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  app.add_option("FILE", options->file, "A file that is a vault; \"-\": standard input")->required()->type_name("");
  add_key_options(app, options->keys);
  app.footer(
      "\nOn a terminal the text is shown by PAGER, else ANSIBLE_PAGER, ansible.cfg's pager, or less; otherwise the "
      "exact "
      "bytes are printed.\n\n"
      "Examples:\n"
      "  regvault view group_vars/all/vault.yml");
  return [options, &session] { return view(*options, session); };
}

}  // namespace regvault::tools
