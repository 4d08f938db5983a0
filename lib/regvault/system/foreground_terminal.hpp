/// The controlling terminal while a program we run has it, as a shell lends it to a foreground job.
///
///     ForegroundTerminal terminal(true);
///     if (terminal.is_ours()) terminal.give_to(child_group);     // in the child, before exec
///     …                                                          // taken back when the object ends
///
/// SIGTTOU must be blocked meanwhile: taking the terminal back from another group would stop us.
#pragma once

#include <sys/types.h>
#include <termios.h>

#include <regvault/system/file.hpp>

namespace regvault {

class ForegroundTerminal {
 public:
  /// Not ours, and every call without effect: not wanted, no controlling terminal, or we are in its background.
  explicit ForegroundTerminal(bool wanted);
  ~ForegroundTerminal() { take_back(); }
  ForegroundTerminal(const ForegroundTerminal&) = delete;
  ForegroundTerminal& operator=(const ForegroundTerminal&) = delete;

  bool is_ours() const { return terminal_.is_open(); }
  void give_to(pid_t group) const;  ///< async-signal-safe
  void take_back() const;

  /// For a program that was killed, and may have turned the echo off before.
  void restore_settings() const;

  /// The program was stopped (Ctrl-Z went to its group only): we stop as well, so that the shell gets the terminal.
  /// Afterwards it may have continued us in the background (`bg`), without the terminal.
  void stop_with(pid_t group);

 private:
  FileDescriptor terminal_;
  termios settings_{};
  bool in_background_ = false;
};

}  // namespace regvault
