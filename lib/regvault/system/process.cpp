#include <regvault/system/process.hpp>

#define BOOST_PROCESS_USE_STD_FS 1  // no Boost library to link
#define BOOST_ASIO_NO_IOSTREAM 1    // nothing that runs std::ios_base::Init before main

#include <dirent.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/optional/optional.hpp>  // used by Process v2 (1.81), which does not include it;
#include <boost/type_traits/decay.hpp>  // so are these two
#include <boost/type_traits/is_convertible.hpp>
//
#include <boost/process/v2/posix/default_launcher.hpp>
#include <boost/process/v2/process.hpp>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/system/file.hpp>
#include <regvault/system/foreground_terminal.hpp>
#include <regvault/system/noted_signals.hpp>

namespace regvault {
namespace {

namespace asio = boost::asio;
namespace process_v2 = boost::process::v2;
using boost::system::error_code;
using std::chrono::milliseconds;

// The concrete executor instead of any_io_executor: half the code, which the static module binary notices.
using Executor = asio::io_context::executor_type;
using Pipe = asio::posix::basic_stream_descriptor<Executor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr std::size_t kReadSize = 16 * 1024;
constexpr milliseconds kGraceAfterExit{200};   // for output still in the pipes when the program has ended
constexpr milliseconds kGraceAfterKill{2000};  // a process in an uninterruptible wait ends later, or never
constexpr milliseconds kGraceAfterSignal{1000};
constexpr milliseconds kPollEvery{10};  // kernels before 5.3 have no pidfd
constexpr milliseconds kLookForStopEvery{100};

error_code last_error() {
  return {errno, boost::system::system_category()};
}

[[noreturn]] void fail_to_run(const std::string& path, int error) {
  std::string_view reason = error == ENOENT    ? "ENOENT"
                            : error == EACCES  ? "EACCES"
                            : error == ENOEXEC ? "ENOEXEC"
                                               : "exec";
  std::string hint;
  if (error == ENOENT && access(path.c_str(), F_OK) == 0) hint = "the interpreter its first line names is missing";
  throw Error(ErrorCode::program_failed, "cannot run " + in_quotes(path) + ": " + std::strerror(error), hint, {},
              reason);
}

// ---------------------------------------------------------------------------------------------- signals, descriptors

/// The signal mask while a program runs. A write to a pipe its reader closed must not kill us (SIGPIPE), nor taking the
/// terminal back stop us (SIGTTOU). Blocked, not ignored: that is this thread's affair alone.
class SignalMask {
 public:
  SignalMask() {
    sigset_t pending;
    sigemptyset(&pending);
    sigpending(&pending);
    pipe_was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGPIPE);
    sigaddset(&blocked, SIGTTOU);
    pthread_sigmask(SIG_BLOCK, &blocked, &before_);
  }
  ~SignalMask() {
    if (!pipe_was_pending_) {
      sigset_t pipe;
      sigemptyset(&pipe);
      sigaddset(&pipe, SIGPIPE);
      timespec now{};
      while (sigtimedwait(&pipe, nullptr, &now) == -1 && errno == EINTR) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  SignalMask(const SignalMask&) = delete;
  SignalMask& operator=(const SignalMask&) = delete;

 private:
  sigset_t before_{};
  bool pipe_was_pending_ = false;
};

/// No signal between fork and exec: our handlers, which the child has until then, would take it for one of ours.
class NoSignals {
 public:
  NoSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~NoSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  NoSignals(const NoSignals&) = delete;
  NoSignals& operator=(const NoSignals&) = delete;

 private:
  sigset_t before_{};
};

/// An ignored SIGCHLD (inherited from some parents) would make the kernel throw exit statuses away.
void want_exit_statuses() {
  struct sigaction action {};
  sigaction(SIGCHLD, nullptr, &action);
  bool thrown_away = action.sa_handler == SIG_IGN || (action.sa_flags & SA_NOCLDWAIT) != 0;
  if (thrown_away) signal(SIGCHLD, SIG_DFL);
}

struct PipeEnds {
  FileDescriptor read, write;
};

/// Both ends above 2, so that dup2 onto 0, 1 or 2 never overwrites one: our own 0, 1 or 2 may be closed.
PipeEnds new_pipe(const std::string& program) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail_to_run(program, errno);
  PipeEnds low{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
  if (ends[0] > 2 && ends[1] > 2) return low;
  PipeEnds high{FileDescriptor(fcntl(ends[0], F_DUPFD_CLOEXEC, 3)), FileDescriptor(fcntl(ends[1], F_DUPFD_CLOEXEC, 3))};
  if (!high.read.is_open() || !high.write.is_open()) fail_to_run(program, errno);
  return high;
}

/// Marks every descriptor above 2. Boost 1.81's own closing skips those below its highest one.
error_code close_all_on_exec() {
  if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return {};
  DIR* directory = opendir("/proc/self/fd");  // kernels before 5.11
  if (directory == nullptr) return last_error();
  while (dirent* entry = readdir(directory)) {
    int descriptor = std::atoi(entry->d_name);
    if (descriptor > 2) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  }
  closedir(directory);
  return {};
}

// --------------------------------------------------------------------------------------------------------- the child

/// What happens in the child between fork and exec; async-signal-safe calls only (but for old kernels' /proc/self/fd).
struct ChildSetup {
  int descriptors[3];  // to become 0, 1 and 2; -1: ours
  const ForegroundTerminal& terminal;
  bool own_session;
  const std::string& working_directory;

  template <typename Launcher>
  error_code on_exec_setup(Launcher&, const process_v2::filesystem::path&, const char* const*&) const {
    if ((own_session ? setsid() : setpgid(0, 0)) == -1) return last_error();
    if (!working_directory.empty() && chdir(working_directory.c_str()) == -1) return last_error();
    if (terminal.is_ours()) terminal.give_to(getpid());
    prctl(PR_SET_PDEATHSIG, SIGTERM);  // our Ctrl-C does not reach its group: it must not outlive us
    for (int target = 0; target < 3; ++target) {
      if (descriptors[target] >= 0 && dup2(descriptors[target], target) == -1) return last_error();
    }
    if (error_code error = close_all_on_exec()) return error;
    // An ignored signal stays ignored over exec. SIGHUP is left as nohup(1) may have set it.
    for (int number : {SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGXFSZ, SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU})
      signal(number, SIG_DFL);
    if (signal(SIGHUP, SIG_DFL) == SIG_IGN) signal(SIGHUP, SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    return {};
  }

  /// Boost's launcher goes on to exit(), which would run our atexit handlers and flush our stdio a second time. (The
  /// first overload is the one it looks for, the second the one it calls.)
  template <typename Launcher, typename Path, typename Line>
  void on_exec_error(Launcher&, const error_code&, const Path&, const Line&, const error_code&) const {
    _exit(127);
  }
  template <typename Launcher, typename Path, typename Line>
  void on_exec_error(Launcher&, const Path&, const Line&, const error_code&) const {
    _exit(127);
  }
};

std::vector<const char*> pointers(const std::vector<std::string>& texts) {
  std::vector<const char*> out;
  for (const std::string& text : texts) out.push_back(text.c_str());
  out.push_back(nullptr);
  return out;
}

// ----------------------------------------------------------------------------------------------------------- the run

/// One of the program's two outputs.
struct Output {
  Output(asio::io_context& context, SecretBytes& into) : pipe(context), collected(into) {}

  Pipe pipe;
  SecretBytes buffer;
  SecretBytes& collected;
};

class Run {
 public:
  explicit Run(const Process& process) : process_(process), terminal_(process.foreground) {}
  ~Run() {
    if (reaped_ || pid_ <= 0) return;
    kill_group();
    waitpid(pid_, nullptr, WNOHANG);
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  ProcessResult to_its_end() {
    start();
    if (input_.is_open()) write_input();
    for (Output* output : {&output_, &error_}) {
      if (output->pipe.is_open()) read(*output);
    }
    if (process_.timeout != kNoTimeout) when_passed(deadline_, process_.timeout, [this] { time_is_up(); });
    if (terminal_.is_ours()) watch_for_stop();
    if (process_.noted_signals != nullptr) watch_for_signals();
    wait_for_exit();
    context_.run();
    if (!result_.exit_code || interrupted_by_ != 0) terminal_.restore_settings();
    if (interrupted_by_ != 0) throw Interrupted(interrupted_by_);
    return std::move(result_);
  }

 private:
  void start() {
    const std::string& path = process_.argv.front();
    PipeEnds in, out, err;
    ChildSetup setup{{-1, -1, -1}, terminal_, process_.own_session, process_.working_directory};
    if (!process_.pass_standard_input) {
      in = new_pipe(path);
      setup.descriptors[0] = in.read.get();
    }
    if (!process_.pass_standard_output) {
      out = new_pipe(path);
      setup.descriptors[1] = out.write.get();
    }
    if (!process_.pass_standard_error) {
      err = new_pipe(path);
      setup.descriptors[2] = err.write.get();
    }
    launch(path, setup);
    if (in.write.is_open()) input_.assign(in.write.release());
    if (out.read.is_open()) output_.pipe.assign(out.read.release());
    if (err.read.is_open()) error_.pipe.assign(err.read.release());
  }

  void launch(const std::string& path, const ChildSetup& setup) {
    process_v2::posix::default_launcher launcher;
    std::vector<const char*> environment;
    if (process_.environment) {
      environment = pointers(*process_.environment);
      launcher.env = environment.data();
    }
    std::vector<std::string> arguments(process_.argv.begin() + 1, process_.argv.end());
    error_code error;
    NoSignals until_exec;
    try {
      launcher(context_.get_executor(), error, path, arguments, setup).detach();
    } catch (const boost::system::system_error& no_pidfd) {
      // The program runs; only the descriptor to wait with could not be had (kernels before 5.3).
      if (launcher.pid <= 0) error = no_pidfd.code();
    }
    if (error) {
      if (launcher.pid > 0) waitpid(launcher.pid, nullptr, 0);  // the launcher leaves it a zombie
      fail_to_run(path, error.value());
    }
    pid_ = launcher.pid;
  }

  void kill_group() const { killpg(pid_, SIGKILL); }

  template <typename Action>
  static void when_passed(Timer& timer, milliseconds time, Action action) {
    timer.expires_after(time);
    timer.async_wait([action](const error_code& cancelled) {
      if (!cancelled) action();
    });
  }

  void write_input() {
    std::string_view rest = process_.standard_input.substr(written_);
    if (rest.empty()) return input_.close();
    input_.async_write_some(asio::buffer(rest.data(), rest.size()), [this](const error_code& error, std::size_t count) {
      if (error == asio::error::operation_aborted) return;
      if (error) return input_.close();  // EPIPE: the program does not care for the rest
      written_ += count;
      write_input();
    });
  }

  void read(Output& output) {
    output.buffer.resize(kReadSize);
    output.pipe.async_read_some(asio::buffer(output.buffer.data(), kReadSize),
                                [this, &output](const error_code& error, std::size_t count) {
                                  if (error == asio::error::operation_aborted) return;
                                  if (!collect(output, count)) return end_it(result_.output_overflow);
                                  if (!error) return read(output);
                                  output.pipe.close();
                                  stop_if_all_is_said();
                                });
  }

  bool collect(Output& output, std::size_t count) const {
    std::size_t room = process_.output_at_most - output.collected.size();
    output.collected.append(output.buffer.view().substr(0, std::min(count, room)));
    return count <= room;
  }

  void time_is_up() { end_it(result_.timed_out); }

  void end_it(bool& why) {
    why = true;
    end_it();
  }

  void end_it() {
    if (reaped_) return context_.stop();
    kill_group();
    for (Pipe* pipe : {&input_, &output_.pipe, &error_.pipe}) {
      if (pipe->is_open()) pipe->close();
    }
    when_passed(deadline_, kGraceAfterKill, [this] { context_.stop(); });
  }

  void wait_for_exit() {
    int descriptor = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
    if (descriptor < 0) return poll_for_exit();
    exit_.assign(descriptor);
    exit_.async_wait(Pipe::wait_read, [this](const error_code&) { reap(0); });
  }

  void poll_for_exit() {
    if (!reap(WNOHANG)) when_passed(poll_, kPollEvery, [this] { poll_for_exit(); });
  }

  bool has_ended() const {
    siginfo_t info{};
    return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid_;
  }

  bool reap(int options) {
    // What else is of its group; once it is reaped, the number may be another's.
    if (interrupted_by_ != 0 && has_ended()) kill_group();
    int status = 0;
    pid_t reaped;
    while ((reaped = waitpid(pid_, &status, options)) == -1 && errno == EINTR) {
    }
    if (reaped == 0) return false;
    reaped_ = true;
    if (reaped > 0 && WIFEXITED(status)) result_.exit_code = WEXITSTATUS(status);
    if (reaped > 0 && WIFSIGNALED(status)) result_.signal = WTERMSIG(status);
    // Whatever the program left behind may hold the pipes open for ever.
    when_passed(deadline_, kGraceAfterExit, [this] { context_.stop(); });
    stop_if_all_is_said();
    return true;
  }

  void stop_if_all_is_said() {
    if (reaped_ && !output_.pipe.is_open() && !error_.pipe.is_open()) context_.stop();
  }

  void watch_for_stop() {
    siginfo_t info{};
    bool stopped = waitid(P_PID, static_cast<id_t>(pid_), &info, WSTOPPED | WNOHANG) == 0 && info.si_pid == pid_;
    if (stopped) terminal_.stop_with(pid_);
    when_passed(look_for_stop_, kLookForStopEvery, [this] { watch_for_stop(); });
  }

  void watch_for_signals() {
    // A descriptor of its own, because the pipe closes it.
    signals_.assign(fcntl(process_.noted_signals->descriptor(), F_DUPFD_CLOEXEC, 3));
    signals_.async_wait(Pipe::wait_read, [this](const error_code& error) {
      if (!error) interrupt();
    });
  }

  void interrupt() {
    interrupted_by_ = process_.noted_signals->caught();
    if (reaped_) return context_.stop();
    killpg(pid_, interrupted_by_ == SIGHUP ? SIGHUP : SIGTERM);
    killpg(pid_, SIGCONT);  // a stopped one cannot end
    when_passed(deadline_, kGraceAfterSignal, [this] { end_it(); });
  }

  const Process& process_;
  SignalMask mask_;
  ForegroundTerminal terminal_;
  ProcessResult result_;
  asio::io_context context_{1};
  Pipe input_{context_}, exit_{context_}, signals_{context_};
  Output output_{context_, result_.standard_output}, error_{context_, result_.standard_error};
  Timer deadline_{context_}, poll_{context_}, look_for_stop_{context_};
  pid_t pid_ = -1;
  bool reaped_ = false;
  int interrupted_by_ = 0;
  std::size_t written_ = 0;
};

bool may_execute(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && access(path.c_str(), X_OK) == 0;
}

}  // namespace

ProcessResult run(const Process& process) {
  if (process.argv.empty()) throw Error(ErrorCode::program_failed, "no program to run");
  if (process.noted_signals != nullptr) process.noted_signals->throw_if_caught();
  want_exit_statuses();
  std::fflush(nullptr);  // what is in stdio's buffers comes before what the program prints
  try {
    return Run(process).to_its_end();
  } catch (const boost::system::system_error& error) {
    fail_to_run(process.argv[0], error.code().value());
  }
}

std::vector<std::string> find_programs(std::string_view name, const Environment& environment) {
  std::vector<std::string> found;
  std::string path = environment("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
  for (std::string_view directory : split(path, ':')) {
    if (!directory.starts_with('/')) continue;  // a program of the current directory is never meant
    std::string candidate = std::string(directory) + "/" + std::string(name);
    if (may_execute(candidate)) found.push_back(std::move(candidate));
  }
  return found;
}

std::optional<std::string> find_program(std::string_view name, const Environment& environment) {
  if (name.empty()) return std::nullopt;
  if (name.find('/') != std::string_view::npos) {
    std::string path(name);
    return may_execute(path) ? std::optional(path) : std::nullopt;
  }
  std::vector<std::string> found = find_programs(name, environment);
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::string how_it_ended(const ProcessResult& result, const Process& process) {
  if (result.timed_out) {
    auto count = process.timeout.count();
    bool whole = count % 1000 == 0;
    return "no answer within " + std::to_string(whole ? count / 1000 : count) + (whole ? " s" : " ms");
  }
  if (result.output_overflow) return "more than " + std::to_string(process.output_at_most) + " bytes of output";
  if (result.signal) return "killed by signal " + std::to_string(*result.signal);
  if (result.exit_code) return "exit code " + std::to_string(*result.exit_code);
  return "ended in an unknown way";
}

}  // namespace regvault
