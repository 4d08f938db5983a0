#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/vault_file/whole_file.hpp>

#include "regvault/commands.hpp"
#include "regvault/file_options.hpp"
#include "regvault/key_options.hpp"

namespace regvault::tools {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string output;
  keys::KeyRequest keys;
  std::optional<std::string> encrypt_vault_id;
};

/// One file; false: it is a vault already.
bool encrypt_file(const std::string& file, const Options& options, const keys::Key& key, keys::Keyring& keyring,
                  Session& session) {
  vault_file::Route route{.source = file, .destination = options.output};
  try {
    vault_file::encrypt(route, session.streams(), key, keyring.sealing(keys::label_for_header(key)), session.warner());
    return true;
  } catch (const Error& error) {
    if (error.reason != "already-encrypted" || !options.output.empty() || file == "-") throw;
    return false;
  }
}

int encrypt(const Options& options, Session& session) {
  keys::KeyRequest request = options.keys;
  request.confirm_prompts = true;
  keys::Keyring keyring = load_keyring(request, session);
  const keys::Key& key = keyring.key_for_encryption(options.encrypt_vault_id);
  for (const std::string& file : options.files) {
    bool changed = encrypt_file(file, options, key, keyring, session);
    announce_file(file, changed ? "encrypted (vault id " + key.label + ")" : "is encrypted already: skipped",
                  options.output, session);
  }
  return 0;
}

}  // namespace

Action configure_encrypt(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  add_files(app, options->files, options->output);
  add_key_options(app, options->keys);
  add_encrypt_option(app, options->encrypt_vault_id);
  app.footer(
      "\nMode and owner stay. Files that are vaults already are skipped.\n\n"
      "Examples:\n"
      "  regvault encrypt group_vars/all/plain.yml\n"
      "  regvault encrypt --vault-id prod@prod.txt --output vault.yml plain.yml\n"
      "  tar c secrets | regvault encrypt - > secrets.tar.vault");
  return [options, &session] { return encrypt(*options, session); };
}

}  // namespace regvault::tools
