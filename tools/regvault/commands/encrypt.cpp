#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/vault_file/plain_values.hpp>
#include <regvault/vault_file/whole_file.hpp>
#include <regvault/yaml/path.hpp>

#include "regvault/commands.hpp"
#include "regvault/file_options.hpp"
#include "regvault/key_options.hpp"

namespace regvault::tools {
namespace {

struct Options {
  std::vector<std::string> files;
  std::vector<std::string> values;
  std::string output;
  keys::KeyRequest keys;
  std::optional<std::string> encrypt_vault_id;
};

constexpr const char* kSkipped = "is encrypted already: skipped";

std::string encrypted(const keys::Key& key) {
  return "encrypted (vault id " + key.label + ")";
}

/// What --key names in one file; what was done with each.
std::vector<std::string> encrypt_values(const vault_file::Route& route, const Options& options, const keys::Key& key,
                                        const vault::Sealing& sealing, Session& session) {
  std::vector<yaml::Path> paths;
  for (const std::string& value : options.values) paths.push_back(yaml::parse_path(value));
  const vault_file::Streams streams = session.streams();
  std::vector<std::string> done;
  for (const vault_file::EncryptedValue& value : vault_file::encrypt_values(
           vault_file::open_source(route.source, streams), route, streams, paths, key, sealing, session.warner())) {
    done.push_back(yaml::to_string(value.key) + " " + (value.was_encrypted ? kSkipped : encrypted(key)));
  }
  return done;
}

/// One file; what was done with it, line by line.
std::vector<std::string> encrypt_file(const std::string& file, const Options& options, const keys::Key& key,
                                      keys::Keyring& keyring, Session& session) {
  vault_file::Route route{.source = file, .destination = options.output};
  vault::Sealing sealing = keyring.sealing(keys::label_for_header(key));
  try {
    if (!options.values.empty()) return encrypt_values(route, options, key, sealing, session);
    vault_file::encrypt(route, session.streams(), key, sealing, session.warner());
    return {encrypted(key)};
  } catch (const Error& error) {
    if (error.reason != "already-encrypted" || !options.output.empty() || file == "-") throw;
    return {kSkipped};
  }
}

int encrypt(const Options& options, Session& session) {
  keys::KeyRequest request = options.keys;
  request.confirm_prompts = true;
  keys::Keyring keyring = load_keyring(request, session);
  const keys::Key& key = keyring.key_for_encryption(options.encrypt_vault_id);
  for (const std::string& file : options.files) {
    for (const std::string& done : encrypt_file(file, options, key, keyring, session)) {
      announce_file(file, done, options.output, session);
    }
  }
  return 0;
}

}  // namespace

Action configure_encrypt(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  add_files(app, options->files, options->output);
  app.add_option("--key", options->values, "Only the plain value at this key of a YAML file (repeatable)")
      ->type_name("KEY")
      ->allow_extra_args(false);
  add_key_options(app, options->keys);
  add_encrypt_option(app, options->encrypt_vault_id);
  app.footer(
      "\nMode and owner stay. Files that are vaults already are skipped. With --key every other byte of the file "
      "stays.\n\n"
      "Examples:\n"
      "  regvault encrypt group_vars/all/plain.yml\n"
      "  regvault encrypt --vault-id prod@prod.txt --output vault.yml plain.yml\n"
      "  regvault encrypt --key db.password --key db.token vars.yml\n"
      "  tar c secrets | regvault encrypt - > secrets.tar.vault");
  return [options, &session] { return encrypt(*options, session); };
}

}  // namespace regvault::tools
