/// Running a program: argv without a shell, its own standard input, output capped, time bounded.
///
///     ProcessResult result = run({.argv = {"/usr/bin/podman", "login", "--password-stdin", "ghcr.io"},
///                                 .standard_input = token.view(), .timeout = 30s});
///     if (result.exit_code != 0) …
///
/// The program gets a process group of its own; when time or an output cap runs out the whole group is killed, and the
/// call returns. It inherits no descriptor but 0, 1 and 2. The only user of Boost.Process (v2).
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/secret/secret_bytes.hpp>
#include <regvault/system/environment.hpp>

namespace regvault {

class NotedSignals;

inline constexpr std::chrono::milliseconds kNoTimeout = std::chrono::milliseconds::max();

struct Process {
  std::vector<std::string> argv = {};    ///< argv[0]: the program's path, with a slash (see find_program)
  std::string_view standard_input = {};  ///< all it will read; then end of file
  std::string working_directory = {};    ///< empty: ours
  std::chrono::milliseconds timeout{60'000};
  std::size_t output_at_most = 1 << 20;  ///< bytes, of each of the two outputs

  /// Every variable of the child, "NAME=value"; nullopt: ours.
  std::optional<std::vector<std::string>> environment = std::nullopt;

  /// Let a stream through from or to ours, instead of giving or collecting it.
  bool pass_standard_input = false;
  bool pass_standard_output = false;
  bool pass_standard_error = false;

  /// The program may talk to the user: give it the terminal (if we have it) while it runs, as a shell does.
  /// Ctrl-C then reaches the program only: when it dies of it, `signal` is SIGINT. Ctrl-Z stops us with it.
  bool foreground = false;

  /// No terminal at all, not even by /dev/tty: a program that wants to ask a person fails instead of waiting.
  bool own_session = false;

  /// Something must be put back when a signal ends us: once one is noted, the program's group is asked to end (SIGTERM;
  /// SIGHUP after a SIGHUP), killed when it does not within a second, and run() throws Interrupted.
  const NotedSignals* noted_signals = nullptr;
};

/// How the program ended, and what it said. Exactly one of exit_code and signal says how, unless timed_out or
/// output_overflow says that we ended it.
struct ProcessResult {
  std::optional<int> exit_code;
  std::optional<int> signal;
  bool timed_out = false;
  bool output_overflow = false;
  SecretBytes standard_output;  ///< may be a password
  SecretBytes standard_error;

  bool succeeded() const noexcept { return !timed_out && !output_overflow && exit_code == 0; }
};

/// Runs the program to its end. Throws Error(program_failed) when it cannot be started, with errno's text as `reason`
/// "ENOENT", "EACCES", "ENOEXEC" or "exec" and the message "cannot run \"PATH\": TEXT".
/// Throws Interrupted only with `noted_signals`.
ProcessResult run(const Process& process);

/// The program's path by PATH of `environment` (a name with a slash is taken as it is); nullopt when there is none that
/// we may execute.
std::optional<std::string> find_program(std::string_view name, const Environment& environment);

/// Every program of that name (without a slash) in PATH; a shell starts the first.
std::vector<std::string> find_programs(std::string_view name, const Environment& environment);

/// "exit code 3", "killed by signal 9", "no answer within 30 s": how a run ended, for a message.
std::string how_it_ended(const ProcessResult& result, const Process& process);

}  // namespace regvault
