/// Where one vault secret comes from: a prompt, a file, or a program; and getting it from there.
///
///     KeySource source = find_key_source({.label = "dev", .source = "~/keys/dev.txt"}, "default", surroundings);
///     SecretBytes bytes = read_password_file(source.path);
///
/// What a source is, and what is taken off the password, follows Ansible:
///
///   prompt            `prompt` exactly (`prompt_ask_vault_pass` asks without the label); all white space taken off
///   file              any other path, plain; all white space taken off, inner line ends stay
///   script            a path with an x bit; its standard output, without the line ends around it; blanks stay
///   client script     a script named `…-client` or `…-client.EXT`; is given `--vault-id LABEL`, if it has one; without
///   a
///                     slash, and when the working directory has none of that name, the one on PATH (Ansible looks
///                     into the working directory only)
///
/// Scripts have nothing on standard input (which may be our data), but the terminal while they run.
///
/// The functions throw Error with these codes: file_access (not there, a directory, unreadable), malformed (an empty
/// file), program_failed (a script), usage (a prompt). Passwords are never in the messages.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <regvault/base/error.hpp>
#include <regvault/keys/vault_id.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/system/environment.hpp>

namespace regvault::keys {

/// A script may wait for a person at a smart card or a pinentry; one that hangs ends some time.
inline constexpr std::chrono::milliseconds kScriptTimeout{120'000};

/// More is no password but a program that prints without end.
inline constexpr std::size_t kScriptOutputAtMost = 64 * 1024;
inline constexpr std::size_t kPasswordFileAtMost = 1024 * 1024;

/// The outside world, so that a test can give its own.
struct Surroundings {
  Environment environment;
  std::string working_directory;  ///< absolute; where relative paths start

  /// Asks on the terminal without echo; nullopt at end of file. An empty function: there is no terminal.
  std::function<std::optional<SecretBytes>(std::string_view prompt)> ask_hidden;

  WarningSink warn;

  /// Told of each source that failed, by the label it was given (nullopt: none). Empty: `warn` is told of those that
  /// are not thrown in the end.
  std::function<void(const std::optional<std::string>& label, const Error& error)> source_failed = {};
  std::chrono::milliseconds script_timeout = kScriptTimeout;
  bool scripts_may_ask = true;  ///< otherwise a script has no terminal at all, and one that wants to ask fails
};

/// The process's own environment, working directory and terminal.
Surroundings process_surroundings(WarningSink warn);

struct KeySource {
  enum class Kind { prompt, unlabelled_prompt, file, script, client_script };

  Kind kind = Kind::file;
  std::string label = {};                                 ///< the given one, or the default one
  std::optional<std::string> given_label = std::nullopt;  ///< what a client script is asked for; nullopt: nothing
  std::string path = {};                                  ///< absolute; empty for a prompt
  std::string named_by = {};  ///< "--vault-id", "ANSIBLE_VAULT_PASSWORD_FILE", "vault_password_file in /a/ansible.cfg"
};

/// Looks what `id` names. `default_label` is the label of an id that has none (Ansible's vault_identity).
KeySource find_key_source(const VaultId& id, const std::string& default_label, const Surroundings& surroundings);

/// The file without the white space around it; what it holds may be a vault payload. Pipes are fine.
SecretBytes read_password_file(const std::string& path);

/// Runs a script or client script in the foreground of the terminal; its standard error (a client's: only when it
/// fails, in the message) goes to ours. Throws Interrupted when it died of Ctrl-C.
SecretBytes run_password_script(const KeySource& source, std::chrono::milliseconds timeout, bool may_ask = true);

/// Asks; with `confirm` twice, as for a password that is new.
SecretBytes ask_password(const KeySource& source, bool confirm, const Surroundings& surroundings);

/// Takes what does not belong to a password off both ends, in place.
void strip(SecretBytes& password, std::string_view unwanted);

inline constexpr std::string_view kLineEnds = "\r\n";

}  // namespace regvault::keys
