// The module regvault.registry.secret, on the controller: encrypts variables into an inventory or vars file, or takes
// them out.

#include <algorithm>
#include <filesystem>

#include <regvault/config/ansible_config.hpp>
#include <regvault/github/token.hpp>

#include "arguments.hpp"
#include "module/program.hpp"
#include "result.hpp"

namespace {

using namespace regvault;

keys::Keyring load_keyring(secret_module::Arguments& arguments, const WarningSink& warn) {
  keys::Surroundings surroundings{.environment = process_environment(),
                                  .working_directory = std::filesystem::current_path().string(),
                                  .ask_hidden = {},  // a task never asks
                                  .warn = warn};
  config::AnsibleConfig config =
      config::load_ansible_config(surroundings.environment, surroundings.working_directory, warn);
  if (!arguments.play) return keys::Keyring(arguments.keys, config, std::move(surroundings));
  if (arguments.play->empty()) {
    throw Error(ErrorCode::usage, "the play has no vault secrets",
                "start it with --vault-id or --ask-vault-password, or give the task vault_id", {}, "no-vault-secret");
  }
  keys::Keyring keyring(config);
  for (keys::Key& key : *arguments.play) keyring.add(std::move(key));
  return keyring;
}

std::vector<vault_file::Step> steps_of(const secret_module::Arguments& arguments) {
  std::vector<vault_file::Step> steps;
  for (const secret_module::Change& change : arguments.changes) {
    steps.push_back({change.target, change.value.view(), change.options, change.absent});
  }
  return steps;
}

/// Where nothing would last, nothing is written; that nothing needs to be written is fine there, too.
void refuse_ephemeral(const secret_module::Arguments& arguments, const std::vector<vault_file::Written>& written) {
  bool is_right = std::ranges::all_of(
      written, [](const vault_file::Written& w) { return w.change == vault_file::Change::unchanged; });
  if (is_right) return;
  throw Error(ErrorCode::unsupported,
              in_quotes(arguments.file) + " would not last: what is written on the controller is thrown away with " +
                  arguments.ephemeral,
              "run the task where the file's repository is; on a volume that stays: allow_ephemeral: true", {},
              "ephemeral");
}

/// A play goes on: that the token was not copied whole is for somebody to look at.
void warn_of_damaged_tokens(const secret_module::Arguments& arguments, const WarningSink& warn) {
  for (const secret_module::Change& change : arguments.changes) {
    std::string damage = github::damage_of(change.value.view());
    if (!damage.empty()) warn("the value of " + yaml::to_string(change.target.key) + " " + damage);
  }
}

void set_or_remove(const json::Value& given, json::Object& answer, const WarningSink& warn) {
  secret_module::Arguments arguments = secret_module::parse_arguments(given);
  bool is_ephemeral = !arguments.ephemeral.empty();
  if (is_ephemeral) arguments.check_mode = true;
  std::optional<keys::Keyring> keyring;
  vault_file::Keys keys = [&]() -> keys::Keyring& {
    if (!keyring) {
      config::CreationRules rules(warn);
      keyring.emplace(load_keyring(arguments, warn)).follow(rules.find(arguments.file));
    }
    return *keyring;
  };
  warn_of_damaged_tokens(arguments, warn);
  std::vector<vault_file::Written> written = vault_file::change(steps_of(arguments), arguments.check_mode, keys, warn);
  if (is_ephemeral) refuse_ephemeral(arguments, written);
  put_result(answer, arguments, written);
}

}  // namespace

int main(int argc, char** argv) {
  return module::run(argc, argv, "secret", set_or_remove);
}
