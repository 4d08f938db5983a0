#include "ansible_vault/context.hpp"

#include <regvault/config/ansible_path.hpp>

#include "ansible_vault/python_repr.hpp"

namespace regvault::ansible_vault {

keys::Surroundings Context::surroundings() const {
  keys::Surroundings out{
      .environment = session.environment,
      .working_directory = session.working_directory,
      .ask_hidden = session.ask_hidden,
      .warn = warner(),
      .source_failed = [warn = warner()](const std::optional<std::string>& label, const Error& error) {
        warn(source_failure(label, error));
      }};
  if (!out.ask_hidden) {  // Python's getpass falls back to standard input, and programs count on it
    out.ask_hidden = [this](std::string_view prompt) {
      session.complain(prompt);
      return session.read_input_line();
    };
  }
  return out;
}

keys::Keyring Context::load_secrets(bool for_a_new_password) const {
  keys::KeyRequest request{.vault_ids = arguments.vault_ids,
                           .password_files = arguments.password_files,
                           .ask = arguments.ask_password,
                           .confirm_prompts = for_a_new_password};
  return {request, config, surroundings()};
}

keys::Keyring Context::load_new_secrets() const {
  keys::KeyRequest request{.ask = arguments.ask_password, .confirm_prompts = true};
  if (arguments.new_vault_id) request.vault_ids = {*arguments.new_vault_id};
  if (arguments.new_password_file) request.password_files = {*arguments.new_password_file};
  config::AnsibleConfig without_list = config;
  if (encrypt_vault_id().empty()) without_list.vault_identity_list.clear();
  return {request, without_list, surroundings()};
}

std::string Context::encrypt_vault_id() const {
  std::string chosen = arguments.encrypt_vault_id.value_or("");
  return chosen.empty() ? config.vault_encrypt_identity.value_or("") : chosen;
}

const keys::Key& Context::key_to_encrypt_with(keys::Keyring& keyring) const {
  try {
    return keyring.key_for_encryption(arguments.encrypt_vault_id);
  } catch (const Error& error) {
    if (error.reason == "ambiguous-vault-id") {
      throw option_failure("The vault-ids " + joined(keyring.labels()) +
                           " are available to encrypt. Specify the vault-id to encrypt with --encrypt-vault-id");
    }
    if (error.reason == "no-such-vault-id") {
      throw Failure(1, "Did not find a match for --encrypt-vault-id=" + encrypt_vault_id() +
                           " in the known vault-ids " + python_repr(keyring.labels()));
    }
    throw;
  }
}

void Context::check_output() const {
  if (arguments.output && arguments.operands.size() > 1) {
    throw option_failure("At most one input file may be used with the --output option");
  }
}

std::string Context::output_path() const {
  if (!arguments.output || *arguments.output == "-") return arguments.output.value_or("");
  return config::ansible_path(*arguments.output, session.working_directory, session.environment);
}

WarningSink Context::warner() const {
  return [this](std::string_view text) { session.complain("[WARNING]: " + std::string(text) + "\n"); };
}

void Context::tell_terminal(bool is_terminal, std::string_view text) const {
  if (is_terminal) session.complain(std::string(text) + "\n");
}

}  // namespace regvault::ansible_vault
