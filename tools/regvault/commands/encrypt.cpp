#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/vault_file/clear_values.hpp>
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
  bool whole_file = false;
  std::string output;
  keys::KeyRequest keys;
  std::optional<std::string> encrypt_vault_id;
};

constexpr const char* kSkipped = "is encrypted already: skipped";

std::string encrypted(const keys::Key& key) {
  return "encrypted (vault id " + key.label + ")";
}

/// What `choose` says of one file; what was done with each.
std::vector<std::string> encrypt_values(const vault_file::Route& route, const vault_file::ChooseKeys& choose,
                                        const keys::Key& key, const vault::Sealing& sealing, const Session& session) {
  const vault_file::Streams streams = session.streams();
  std::vector<std::string> done;
  for (const vault_file::EncryptedValue& value : vault_file::encrypt_values(
           vault_file::open_source(route.source, streams), route, streams, choose, key, sealing, session.warner())) {
    done.push_back(yaml::to_string(value.key) + " " + (value.was_encrypted ? kSkipped : encrypted(key)));
  }
  return done;
}

/// Which values; no function: the file as a whole.
vault_file::ChooseKeys choice(const Options& options, const config::CreationRule* rule) {
  if (!options.values.empty()) {
    std::vector<yaml::Path> paths;
    for (const std::string& value : options.values) paths.push_back(yaml::parse_path(value));
    return vault_file::these(std::move(paths));
  }
  if (options.whole_file || !rule || rule->keys.empty()) return {};
  return [rule](const yaml::Document& document) {
    std::vector<yaml::Path> paths;
    auto is_meant = [&](const yaml::Path& key) { return rule->wants_encrypted(key); };
    for (yaml::Place& place : vault_file::clear_values(document, is_meant)) paths.push_back(std::move(place.path));
    return paths;
  };
}

/// One file; what was done with it, line by line.
std::vector<std::string> encrypt_file(const std::string& file, const Options& options, const config::CreationRule* rule,
                                      keys::Keyring& keyring, const Session& session) {
  keyring.follow(rule);
  const keys::Key& key = keyring.key_for_encryption(options.encrypt_vault_id);
  vault_file::Route route{.source = file, .destination = options.output};
  vault::Sealing sealing = keyring.sealing(keys::label_for_header(key));
  try {
    if (vault_file::ChooseKeys choose = choice(options, rule)) {
      std::vector<std::string> done = encrypt_values(route, choose, key, sealing, session);
      if (done.empty()) done.push_back("nothing to encrypt, says " + rule->name());
      return done;
    }
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
  config::CreationRules rules(session.warner());
  for (const std::string& file : options.files) {
    const config::CreationRule* rule = file == "-" ? nullptr : rules.find(file);
    for (const std::string& done : encrypt_file(file, options, rule, keyring, session)) {
      announce_file(file, done, options.output, session);
    }
  }
  return 0;
}

}  // namespace

Action configure_encrypt(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  add_files(app, options->files, options->output);
  auto* key = app.add_option("--key", options->values, "Only the plain value at this key of a YAML file (repeatable)");
  key->type_name("KEY")->allow_extra_args(false);
  app.add_flag("--whole-file", options->whole_file, "The file as a whole, whatever its creation rule says")
      ->excludes(key);
  add_key_options(app, options->keys);
  add_encrypt_option(app, options->encrypt_vault_id);
  app.footer(
      "\nMode and owner stay. Files that are vaults already are skipped. With --key every other byte of the file "
      "stays.\nWithout it, a creation rule (.regvault.yml) may say which values are encrypted.\n\n"
      "Examples:\n"
      "  regvault encrypt group_vars/all/plain.yml\n"
      "  regvault encrypt --vault-id prod@prod.txt --output vault.yml plain.yml\n"
      "  regvault encrypt --key db.password --key db.token vars.yml\n"
      "  tar c secrets | regvault encrypt - > secrets.tar.vault");
  return [options, &session] { return encrypt(*options, session); };
}

}  // namespace regvault::tools
