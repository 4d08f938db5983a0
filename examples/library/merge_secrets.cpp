// merge_secrets BASE OURS THEIRS: what a bot that merges branches does: three versions of a file with vaults in it are
// merged into OURS, and the result is shown as a review may show it: which secret, under which vault id, with a
// fingerprint that changes when the secret does. Exit code 1: conflicts.
//
//     merge_secrets base.yml ours.yml theirs.yml
#include <unistd.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include <regvault/config/ansible_config.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/system/file_update.hpp>
#include <regvault/system/hardening.hpp>
#include <regvault/system/noted_signals.hpp>
#include <regvault/vault_file/diff_text.hpp>
#include <regvault/vault_file/merge.hpp>

int main(int argc, char** argv) try {
  using namespace regvault;
  harden_process();
  if (argc != 4) {
    std::fputs("usage: merge_secrets BASE OURS THEIRS\n", stderr);
    return 2;
  }
  const WarningSink warn = [](std::string_view text) {
    std::fprintf(stderr, "warning: %.*s\n", static_cast<int>(text.size()), text.data());
  };
  keys::Surroundings here = keys::process_surroundings(warn);
  here.ask_hidden = {};  // nobody sits in front of a bot
  const Environment environment = here.environment;
  const config::AnsibleConfig config = config::load_ansible_config(environment, here.working_directory, warn);
  keys::Keyring keyring({}, config, std::move(here));

  const std::string name = argv[2];
  const SecretBytes base = read_secret_file(argv[1]), theirs = read_secret_file(argv[3]);  // may hold secrets in plain
  FileUpdate ours = FileUpdate::begin(name);
  const vault_file::Merge merge =
      vault_file::merge_versions({base.view(), ours.bytes(), theirs.view()}, name, keyring, environment);
  if (merge.bytes != ours.bytes()) ours.commit(merge.bytes, warn);

  const SecretBytes shown = vault_file::diff_text(merge.bytes, name, keyring, false);
  write_all(STDOUT_FILENO, shown.view(), "standard output");
  for (const std::string& conflict : merge.conflicts) std::fprintf(stderr, "conflict: %s\n", conflict.c_str());
  return merge.conflicts.empty() ? 0 : 1;
} catch (const regvault::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
} catch (const regvault::Interrupted& interrupted) {  // Ctrl-C while a password script runs: everything above is wiped
  regvault::die_of(interrupted.signal);
}
