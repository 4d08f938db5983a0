/// Questions to the user, on the terminal itself (/dev/tty), so that standard input stays data.
///
///     if (std::optional<Terminal> terminal = Terminal::open()) {
///       SecretBytes password = terminal->read_hidden("Vault password: ");
///     }
///
/// A signal that ends or stops the program during a question (Ctrl-C, SIGTERM, Ctrl-Z …) never leaves the terminal
/// without echo: what was typed is wiped, the settings are restored, then the signal takes its course. After Ctrl-Z and
/// `fg` the question is asked again. One question at a time: signal handlers are the whole process's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <regvault/secret/secret_bytes.hpp>
#include <regvault/system/file.hpp>
#include <regvault/system/noted_signals.hpp>

namespace regvault {

class Terminal {
 public:
  /// nullopt when the process has no controlling terminal.
  static std::optional<Terminal> open();

  /// Asks `prompt`, reads one line without echo, and returns it without its line end. nullopt at end of file (Ctrl-D on
  /// an empty line). Longer lines than the terminal's 4,096 bytes arrive whole (canonical mode is not used).
  /// Throws Interrupted, Error(file_access).
  std::optional<SecretBytes> read_hidden(std::string_view prompt) const;

  /// Asks `prompt` and reads one line with echo. For what is no secret.
  std::optional<std::string> read_line(std::string_view prompt) const;

  void write(std::string_view text) const;

 private:
  explicit Terminal(FileDescriptor descriptor) : descriptor_(std::move(descriptor)) {}
  FileDescriptor descriptor_;
};

/// From now on this process, and every program it runs, has no controlling terminal: nothing can ask there. For a
/// program that runs beside another one's pager. Does nothing in the leader of a session, which would end it.
void leave_terminal();

/// Whether a descriptor is a terminal.
bool is_terminal(int descriptor);

}  // namespace regvault
