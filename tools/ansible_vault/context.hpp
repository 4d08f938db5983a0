/// What every action of ansible-vault has at hand: the arguments, the session, Ansible's configuration; and what
/// several do with them: load the vault secrets, choose the one to encrypt with, say things.
#pragma once

#include <string>
#include <string_view>

#include <regvault/config/ansible_config.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/vault_file/whole_file.hpp>

#include "ansible_vault/arguments.hpp"
#include "ansible_vault/messages.hpp"
#include "session.hpp"

namespace regvault::ansible_vault {

struct Context {
  const Arguments& arguments;
  tools::Session& session;
  config::AnsibleConfig config = {};

  keys::Surroundings surroundings() const;

  /// --vault-id and so on, what the configuration adds, and a prompt when that is nothing.
  keys::Keyring load_secrets(bool for_a_new_password) const;

  /// For rekey: --new-vault-id, --new-vault-password-file, and what the configuration adds, again.
  keys::Keyring load_new_secrets() const;

  /// Refuses what --encrypt-vault-id does not find, or several when it names none, in ansible-vault's words.
  const keys::Key& key_to_encrypt_with(keys::Keyring& keyring) const;

  /// --encrypt-vault-id, else the configuration's; empty: neither.
  std::string encrypt_vault_id() const;

  /// Refuses --output for several operands.
  void check_output() const;

  /// --output with ~ and variables expanded; "-" stays; empty: not given.
  std::string output_path() const;

  WarningSink warner() const;

  /// A notice on standard error that ansible-vault prints on terminals only.
  void tell_terminal(bool is_terminal, std::string_view text) const;
};

/// Runs `work(file)` for each operand ("-" when there is none and `or_stream`); the first failure ends it, with the
/// file's name and `verb` in its text.
template <typename Work>
void for_each_file(const Context& context, std::string_view verb, bool or_stream, const Work& work) {
  std::vector<std::string> files = context.arguments.operands;
  if (files.empty() && or_stream) files.emplace_back("-");
  for (const std::string& file : files) {
    try {
      work(file);
    } catch (const Error& error) {
      throw failure(error, verb, file);
    }
  }
}

}  // namespace regvault::ansible_vault
