/// Signals that would end the program, noted instead while something must be put back first: the terminal's echo, a
/// file with plaintext.
///
///     NotedSignals signals;
///     SecretScratch scratch(…);                    // destroyed first
///     run({.argv = …, .noted_signals = &signals});  // throws Interrupted
///     signals.throw_if_caught();
///
/// SIGINT, SIGTERM, SIGHUP and SIGQUIT are noted (for a question SIGTSTP as well), in whatever thread they arrive, and
/// wake a wait for `descriptor()`. One that is ignored (nohup) stays ignored. Objects nest, as scopes do: what the
/// inner one noted the outer one knows too, and the other way round, and the handlers are given back one by one. No
/// signal is lost: one that nobody asked about takes its course when the outermost object ends. Signal handlers are the
/// whole process's: one thread at a time has such objects.
#pragma once

#include <array>
#include <csignal>
#include <cstddef>
#include <exception>

#include <regvault/system/file.hpp>

namespace regvault {

/// Thrown by a signal that ends the program. main() gives the signal its course with die_of(signal) after everything in
/// between was destroyed, and so wiped. Not an Error: no one handles it.
struct Interrupted : std::exception {
  explicit Interrupted(int signal_number) : signal(signal_number) {}
  const char* what() const noexcept override { return "interrupted"; }
  int signal;
};

/// Restores the signal's default action and raises it; does not return for a signal that ends a process. (A container's
/// process 1, which the kernel spares, exits with 128 + signal.)
void die_of(int signal);

class NotedSignals {
 public:
  enum class Stop { takes_its_course, is_noted };  ///< SIGTSTP: Ctrl-Z

  /// Throws Error(failed) when the system has no descriptor left.
  explicit NotedSignals(Stop stop = Stop::takes_its_course);
  ~NotedSignals();
  NotedSignals(const NotedSignals&) = delete;
  NotedSignals& operator=(const NotedSignals&) = delete;

  /// The signal that was noted, 0: none. Whoever asks acts on it. The first one counts; an ending one before a SIGTSTP.
  int caught() const noexcept;

  void throw_if_caught() const;

  /// Readable when a signal was noted. Not to be read.
  int descriptor() const noexcept { return wake_.get(); }

  /// Waits until `descriptor` has input, or a signal was noted; then returns it, else 0.
  int wait_for_input(int descriptor) const;

 private:
  static constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

  FileDescriptor wake_;
  std::size_t count_;  // of kSignals
  std::array<struct sigaction, kSignals.size()> before_{};
  int outer_wake_;  // -1: this is the outermost
};

}  // namespace regvault
