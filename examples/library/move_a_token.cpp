// move_a_token FROM_FILE FROM_KEY TO_FILE TO_KEY: moves a value to another place, where it is encrypted, whatever it
// was before.
//
//     move_a_token group_vars/all.yml ghcr_pat inventory.yml all.vars.iaas_console.ghcr_pat
#include <cstdio>
#include <optional>
#include <string_view>

#include <regvault/config/ansible_config.hpp>
#include <regvault/config/creation_rules.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/system/hardening.hpp>
#include <regvault/system/noted_signals.hpp>
#include <regvault/vault_file/vault_file.hpp>

int main(int argc, char** argv) try {
  using namespace regvault;
  harden_process();
  if (argc != 5) {
    std::fputs("usage: move_a_token FROM_FILE FROM_KEY TO_FILE TO_KEY\n", stderr);
    return 2;
  }
  const WarningSink warn = [](std::string_view text) {
    std::fprintf(stderr, "warning: %.*s\n", static_cast<int>(text.size()), text.data());
  };
  const vault_file::Target from{argv[1], yaml::parse_path(argv[2])};
  const vault_file::Target to{argv[3], yaml::parse_path(argv[4])};

  // Asked for when the first vault is opened or sealed, and not before: nobody types a password for a mistyped key.
  std::optional<keys::Keyring> keyring;
  config::CreationRules rules(warn);  // .regvault.yml: a new secret's vault id
  const vault_file::Keys keys = [&]() -> keys::Keyring& {
    if (!keyring) {
      const keys::Surroundings here = keys::process_surroundings(warn);
      const config::AnsibleConfig config = config::load_ansible_config(here.environment, here.working_directory, warn);
      keyring.emplace(keys::KeyRequest{}, config, here);
      keyring->follow(rules.find(to.file));
    }
    return *keyring;
  };

  const vault_file::Value value = vault_file::get(from, keys);
  const vault_file::SetOptions options{.layout = {.create = yaml::Layout::Create::parents}};
  const vault_file::Written written = vault_file::set(to, value.text.view(), options, keys, warn);
  vault_file::unset(from, false, keys, warn);  // last: whatever happens before, the value is somewhere
  std::printf("%s:%zu: encrypted; it was %s in %s:%zu\n", escaped(to.file).c_str(), written.line,
              value.encrypted ? "a vault" : "in the clear", escaped(from.file).c_str(), value.line);
} catch (const regvault::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  if (!error.hint.empty()) std::fprintf(stderr, "%s\n", error.hint.c_str());
  return 1;
} catch (const regvault::Interrupted& interrupted) {  // Ctrl-C at a prompt: everything above is wiped by now
  regvault::die_of(interrupted.signal);
}
