/// What a command touches of the world: its streams, its environment, the user. Tests give their own.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <regvault/base/error.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/system/environment.hpp>
#include <regvault/system/input.hpp>
#include <regvault/vault_file/whole_file.hpp>

namespace regvault::tools {

struct Session {
  Environment environment;
  std::string working_directory;

  std::function<SecretBytes()> read_input;         ///< all of standard input
  std::function<Input()> open_input;               ///< the same, of any size
  std::function<void(std::string_view)> write;     ///< standard output
  std::function<void(std::string_view)> complain;  ///< standard error, as it is
  bool input_is_terminal = false;
  bool output_is_terminal = false;
  bool complaints_are_on_terminal = false;  ///< standard error is one

  /// One hidden line from the terminal; nullopt at its end of file. No function: there is no terminal.
  std::function<std::optional<SecretBytes>(std::string_view prompt)> ask_hidden;

  /// The same, shown while it is typed. For what is no secret.
  std::function<std::optional<std::string>(std::string_view prompt)> ask_shown;

  /// One line of standard input, without its line end, and not a byte more; nullopt at its end.
  std::function<std::optional<SecretBytes>()> read_input_line;

  /// Reads a variable that holds a secret and removes it from the environment, so that no child inherits it.
  std::function<std::optional<SecretBytes>(const std::string& name)> take_variable;

  /// What "-" stands for where whole files are read and written.
  vault_file::Streams streams() const { return {open_input, write}; }

  /// "regvault: warning: TEXT" on standard error, as the library's WarningSink.
  WarningSink warner() const;

  /// "QUESTION [y/N] " on the terminal; no where there is none.
  bool confirm(std::string_view question) const;

  /// Says on standard output what was done to a file; that it cannot be said is a warning, for the file is done.
  void announce(std::string_view text) const;

  /// "regvault: TEXT" on standard error.
  void say(std::string_view text) const;
};

/// The session of this process.
Session process_session();

}  // namespace regvault::tools
