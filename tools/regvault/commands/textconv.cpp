#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/system/file.hpp>
#include <regvault/vault_file/diff_text.hpp>
#include <regvault/vault_file/secrets.hpp>

#include "regvault/commands.hpp"
#include "regvault/git_program.hpp"
#include "regvault/key_options.hpp"

namespace regvault::tools {
namespace {

struct Options {
  std::string file;
  keys::KeyRequest keys;
};

/// `git config regvault.reveal true`; not without git, not outside of a repository.
bool reveals(const Session& session) {
  try {
    return git_answer({"config", "--type=bool", "regvault.reveal"}, session) == "true";
  } catch (const Error&) {
    return false;
  }
}

int textconv(const Options& options, Session& session) {
  SecretBytes bytes = read_secret_file(options.file);
  if (!vault_file::may_hold_secrets(bytes.view())) {
    session.write(bytes.view());
    return 0;
  }
  bool reveal = reveals(session);
  keys::Keyring keyring = keyring_without_prompts(options.keys, session);
  session.write(vault_file::diff_text(bytes.view(), options.file, keyring, reveal).view());
  return 0;
}

}  // namespace

Action configure_textconv(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  app.add_option("FILE", options->file, "The file")->required()->type_name("");
  add_key_options(app, options->keys);
  app.footer(
      "\ngit runs it: see regvault git. Prints the file with a line for each vault: vault id, fingerprint, key. With\n"
      "git config regvault.reveal true: the values. Nothing is ever asked.\n\n"
      "Examples:\n"
      "  regvault textconv group_vars/all/vault.yml");
  return [options, &session] { return textconv(*options, session); };
}

}  // namespace regvault::tools
