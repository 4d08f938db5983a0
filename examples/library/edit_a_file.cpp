// edit_a_file FILE [--save]: what an editor's plug-in calls to show a YAML file with its vaults in plain, and to save
// what became of it.
//
//     edit_a_file group_vars/all.yml > buffer             ghcr_pat: !vault-plain "…"
//     edit_a_file group_vars/all.yml --save < buffer      every !vault-plain is a vault again, all else is as typed
//
// What was not changed keeps its ciphertext, so that a version control system shows what was changed and no more.
#include <unistd.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include <regvault/config/ansible_config.hpp>
#include <regvault/config/creation_rules.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/system/file_update.hpp>
#include <regvault/system/hardening.hpp>
#include <regvault/system/noted_signals.hpp>
#include <regvault/vault_file/plain_view.hpp>

int main(int argc, char** argv) try {
  using namespace regvault;
  harden_process();
  const bool saves = argc == 3 && std::string_view(argv[2]) == "--save";
  if (argc != 2 && !saves) {
    std::fputs("usage: edit_a_file FILE [--save]\n", stderr);
    return 2;
  }
  const WarningSink warn = [](std::string_view text) {
    std::fprintf(stderr, "warning: %.*s\n", static_cast<int>(text.size()), text.data());
  };
  keys::Surroundings here = keys::process_surroundings(warn);
  const config::AnsibleConfig config = config::load_ansible_config(here.environment, here.working_directory, warn);
  keys::Keyring keyring({}, config, std::move(here));
  config::CreationRules rules(warn);  // .regvault.yml: a new secret's vault id
  keyring.follow(rules.find(argv[1]));

  const std::string name = argv[1];
  if (!saves) {
    write_all(STDOUT_FILENO, vault_file::plain_view(read_file(name), name, keyring).text.view(), "standard output");
    return 0;
  }
  const SecretBytes edited = read_all(STDIN_FILENO, "standard input");
  FileUpdate update = FileUpdate::begin(name);  // locked until it is replaced, whole, with its mode and its owner
  const vault_file::PlainView before = vault_file::plain_view(update.bytes(), name, keyring);
  for (const yaml::Path& key : vault_file::left_in_the_clear(edited.view(), name, before)) {
    throw Error(ErrorCode::declined, in_quotes(yaml::to_string(key)) + " has lost its tag: it would be in the clear");
  }
  const std::string sealed = vault_file::sealed_view(edited.view(), name, before, keyring, {});
  if (sealed != update.bytes()) update.commit(sealed, warn);
} catch (const regvault::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
} catch (const regvault::Interrupted& interrupted) {  // Ctrl-C at a prompt: everything above is wiped by now
  regvault::die_of(interrupted.signal);
}
