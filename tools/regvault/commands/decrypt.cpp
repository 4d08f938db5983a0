#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/vault_file/plain_values.hpp>
#include <regvault/vault_file/whole_file.hpp>

#include "regvault/commands.hpp"
#include "regvault/file_options.hpp"
#include "regvault/key_options.hpp"

namespace regvault::tools {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string output;
  bool in_place = false;
  keys::KeyRequest keys;
};

/// One file; what was done with it.
std::string decrypt_file(const std::string& file, const Options& options, keys::Keyring& keyring, Session& session) {
  vault_file::Route route{.source = file, .destination = options.output};
  if (!options.in_place && route.destination.empty()) route.destination = "-";
  const vault_file::Streams streams = session.streams();
  Input input = vault_file::open_source(file, streams);
  if (std::optional<vault_file::SecretFile> values = vault_file::values_in(input, vault_file::shown_source(file))) {
    std::size_t count = vault_file::decrypt_values(*values, input, route, streams, keyring, session.warner());
    return std::to_string(count) + (count == 1 ? " value decrypted" : " values decrypted");
  }
  try {
    vault_file::decrypt(input, route, streams, keyring, session.warner());
    return "decrypted";
  } catch (const Error& error) {
    if (error.reason != "not-encrypted" || !options.in_place) throw;
    return "is no vault: skipped";
  }
}

int decrypt(const Options& options, Session& session) {
  if (!options.in_place && options.files.size() > 1) {
    throw Error(ErrorCode::usage, "several files cannot be written to one standard output",
                "--in-place decrypts each where it is");
  }
  keys::Keyring keyring = load_keyring(options.keys, session);
  for (const std::string& file : options.files) {
    std::string done = decrypt_file(file, options, keyring, session);
    if (options.in_place || !options.output.empty()) announce_file(file, done, options.output, session);
  }
  return 0;
}

}  // namespace

Action configure_decrypt(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  auto* output = add_files(app, options->files, options->output);
  app.add_flag("--in-place", options->in_place, "Replace each file by its plaintext")->excludes(output);
  add_key_options(app, options->keys);
  app.footer(
      "\nThe plaintext goes to standard output unless --in-place or --output says otherwise. Of a YAML file "
      "with vaults in it, the values become plain ones.\n\n"
      "Examples:\n"
      "  regvault decrypt group_vars/all/vault.yml | grep token\n"
      "  regvault decrypt --in-place group_vars/all/vault.yml\n"
      "  regvault decrypt --output plain.yml group_vars/all/vars.yml");
  return [options, &session] { return decrypt(*options, session); };
}

}  // namespace regvault::tools
