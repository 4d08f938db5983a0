// set_a_token FILE KEY: encrypts the token on standard input into its place in a YAML file; all else there stays.
//
//     gh auth token | set_a_token inventory.yml all.vars.iaas_console.ghcr_pat
#include <unistd.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include <regvault/config/ansible_config.hpp>
#include <regvault/config/creation_rules.hpp>
#include <regvault/github/token.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/system/file.hpp>
#include <regvault/system/hardening.hpp>
#include <regvault/system/noted_signals.hpp>
#include <regvault/vault_file/vault_file.hpp>

int main(int argc, char** argv) try {
  using namespace regvault;
  harden_process();
  if (argc != 3) {
    std::fputs("usage: set_a_token FILE KEY < TOKEN\n", stderr);
    return 2;
  }
  const WarningSink warn = [](std::string_view text) {
    std::fprintf(stderr, "warning: %.*s\n", static_cast<int>(text.size()), text.data());
  };
  const vault_file::Target target{argv[1], yaml::parse_path(argv[2])};

  SecretBytes token = read_all(STDIN_FILENO, "standard input");
  keys::strip(token, keys::kLineEnds);
  if (github::inspect_token(token.view()).verdict == github::TokenVerdict::mistyped) {
    std::fputs("the token's checksum is wrong: a character is missing or mistyped\n", stderr);
    return 1;
  }

  // The vault passwords, from where Ansible takes them: ansible.cfg, ANSIBLE_VAULT_*, else a prompt.
  keys::Surroundings here = keys::process_surroundings(warn);
  config::AnsibleConfig config = config::load_ansible_config(here.environment, here.working_directory, warn);
  keys::Keyring keyring({}, config, std::move(here));
  config::CreationRules rules(warn);  // .regvault.yml: a new secret's vault id
  keyring.follow(rules.find(target.file));

  const vault_file::Keys keys = [&]() -> keys::Keyring& { return keyring; };
  const vault_file::SetOptions options{.layout = {.create = yaml::Layout::Create::last_key}};
  const vault_file::Written written = vault_file::set(target, token.view(), options, keys, warn);
  const std::string change(name_of(written.change));  // inserted, replaced or unchanged
  std::printf("%s:%zu: %s\n", escaped(target.file).c_str(), written.line, change.c_str());
} catch (const regvault::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  if (!error.hint.empty()) std::fprintf(stderr, "%s\n", error.hint.c_str());
  return 1;
} catch (const regvault::Interrupted& interrupted) {  // Ctrl-C at a prompt: everything above is wiped by now
  regvault::die_of(interrupted.signal);
}
