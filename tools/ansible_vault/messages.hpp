/// What went wrong, as ansible-vault says it: the exit code, and the texts that scripts search for.
///
///     throw failure(error, "view", "group_vars/all.yml");
///     // [ERROR]: Failed to view 'group_vars/all.yml': Decryption failed (no vault secrets were found that could
///     // decrypt).                                                                                    exit code 1
///
/// The reference is ansible-core 2.21; where its older wordings hold another substring, ours holds both if it can.
/// The table is in messages.cpp. Exit codes: 1 failed, 2 usage (arguments.hpp), 5 options and configuration, 99 Ctrl-C
/// at a prompt, 250 what Ansible calls an unexpected exception.
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/base/error.hpp>

namespace regvault::ansible_vault {

struct Failure : std::exception {
  Failure(int code, std::string message) : exit_code(code), text(std::move(message)) {}
  const char* what() const noexcept override { return text.c_str(); }
  int exit_code;
  std::string text;  ///< without the prefix
};

/// A request that cannot be met, whatever the files hold: exit code 5.
Failure option_failure(std::string text);

/// Of no file: vault secrets, configuration.
Failure failure(const Error& error);

/// Of a file, `file` as it was typed ("-": standard input), while doing `verb` to it.
Failure failure(const Error& error, std::string_view verb, std::string_view file);

/// Of a vault id's source, as the warning that goes before the error, if one does.
std::string source_failure(const std::optional<std::string>& label, const Error& error);

/// "a,b", as in "The vault-ids a,b are available to encrypt".
std::string joined(const std::vector<std::string>& labels);

}  // namespace regvault::ansible_vault
