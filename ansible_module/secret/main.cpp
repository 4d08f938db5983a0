// The module regvault.registry.secret, on the controller: encrypts a variable into an inventory or vars file, or
// takes it out.

#include <filesystem>
#include <string>
#include <string_view>

#include <regvault/config/ansible_config.hpp>
#include <regvault/vault_file/vault_file.hpp>

#include "arguments.hpp"
#include "module/program.hpp"

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

/// How the variable stands in the file, never its value.
void put_diff(json::Object& answer, const std::string& key, const secret_module::Arguments& arguments,
              const vault_file::Written& written) {
  std::string before, after;
  if (written.change != vault_file::Change::inserted) {
    before = key + (written.was_encrypted ? ": !vault\n" : ": in the clear\n");
  }
  if (arguments.absent) {
    after = "";
  } else if (arguments.options.form == vault_file::Form::plain) {
    after = key + ": in the clear, new value\n";
  } else {
    after = key + ": !vault, new value (vault id " + (written.label.empty() ? "default" : written.label) + ")\n";
  }
  json::Object& diff = answer["diff"].emplace_object();
  module::put(diff, "before_header", arguments.target.file);
  module::put(diff, "after_header", arguments.target.file);
  module::put(diff, "before", before);
  module::put(diff, "after", written.change == vault_file::Change::unchanged ? before : after);
}

vault_file::Written write(secret_module::Arguments& arguments, const WarningSink& warn) {
  std::optional<keys::Keyring> keyring;
  vault_file::Keys keys = [&]() -> keys::Keyring& {
    if (!keyring) {
      config::CreationRules rules(warn);
      keyring.emplace(load_keyring(arguments, warn)).follow(rules.find(arguments.target.file));
    }
    return *keyring;
  };
  if (arguments.absent) return vault_file::unset(arguments.target, arguments.options.dry_run, keys, warn);
  return vault_file::set(arguments.target, arguments.value.view(), arguments.options, keys, warn);
}

void set_or_remove(const json::Value& given, json::Object& answer, const WarningSink& warn) {
  secret_module::Arguments arguments = secret_module::parse_arguments(given);
  vault_file::Written written = write(arguments, warn);

  std::string key = yaml::to_string(arguments.target.key);
  answer["changed"] = written.change != vault_file::Change::unchanged;
  module::put(answer, "path", arguments.target.file);
  module::put(answer, "key", key);
  module::put(answer, "action", vault_file::name_of(written.change));
  if (!arguments.absent && arguments.options.form != vault_file::Form::plain) {
    module::put(answer, "label", written.label.empty() ? "default" : written.label);
  }
  if (written.line != 0) answer["line"] = written.line;
  if (arguments.diff) put_diff(answer, key, arguments, written);
}

}  // namespace

int main(int argc, char** argv) {
  return module::run(argc, argv, "secret", set_or_remove);
}
