#include <regvault/system/process.hpp>

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <thread>

#include "scratch.hpp"

namespace regvault {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

Process shell(std::string script) {
  return {.argv = {"/bin/sh", "-c", std::move(script)}};
}

bool is_alive(pid_t pid) {  // a zombie no one waits for is not
  std::string stat = content("/proc/" + std::to_string(pid) + "/stat");
  return !stat.empty() && stat.find(") Z ") == std::string::npos;
}

/// The number a script wrote to a file, once it has.
pid_t number_in(const std::string& path) {
  for (int i = 0; i < 500 && content(path).empty(); ++i) std::this_thread::sleep_for(10ms);
  return std::atoi(content(path).c_str());
}

bool ends_soon(pid_t pid) {
  for (int i = 0; i < 200 && is_alive(pid); ++i) std::this_thread::sleep_for(10ms);
  return !is_alive(pid);
}

TEST(Run, KeepsTheOutputsApart) {
  ProcessResult result = run(shell("echo out; echo err >&2; echo out again"));
  EXPECT_TRUE(result.succeeded());
  EXPECT_EQ(result.standard_output.view(), "out\nout again\n");
  EXPECT_EQ(result.standard_error.view(), "err\n");
}

TEST(Run, PassesArgumentsUntouched) {
  ProcessResult result = run({.argv = {"/usr/bin/printf", "[%s]", "", "a b", "$HOME", "'\"\\", "größe", "*", "a\nb"}});
  EXPECT_EQ(result.standard_output.view(), "[][a b][$HOME]['\"\\][größe][*][a\nb]");
}

TEST(Run, StandardInputIsBinaryAndEnds) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  EXPECT_EQ(run({.argv = {"/bin/cat"}, .standard_input = bytes}).standard_output.view(), bytes);
  EXPECT_EQ(run({.argv = {"/bin/cat"}}).standard_output.view(), "");
}

TEST(Run, MovesMegabytesInAllDirectionsAtOnce) {
  std::string input(8 << 20, '\0');
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<char>(i * 2654435761u >> 13);
  Process process = shell("tee /dev/stderr");
  process.standard_input = input;
  process.output_at_most = input.size();
  ProcessResult result = run(process);
  EXPECT_TRUE(result.succeeded()) << how_it_ended(result, process);
  EXPECT_TRUE(result.standard_output.view() == input);
  EXPECT_TRUE(result.standard_error.view() == input);
}

TEST(Run, AProgramNeedNotReadItsInput) {
  std::string input(4 << 20, 'x');
  for (const char* script : {"exit 3", "exec 0<&-; sleep 0.1; exit 3", "head -c 10 >/dev/null; exit 3"}) {
    Process process = shell(script);
    process.standard_input = input;
    EXPECT_EQ(run(process).exit_code, 3) << script;
  }
  sigset_t pending;
  sigpending(&pending);
  EXPECT_EQ(sigismember(&pending, SIGPIPE), 0);
}

TEST(Run, TellsExitCodesFromSignals) {
  for (int code : {0, 1, 2, 127, 255}) {
    Process process = shell("exit " + std::to_string(code));
    ProcessResult result = run(process);
    EXPECT_EQ(result.exit_code, code);
    EXPECT_EQ(result.signal, std::nullopt);
    EXPECT_EQ(how_it_ended(result, process), "exit code " + std::to_string(code));
  }
  for (int number : {SIGTERM, SIGKILL, SIGSEGV, SIGPIPE, SIGINT}) {
    Process process = shell("kill -" + std::to_string(number) + " $$");
    ProcessResult result = run(process);
    EXPECT_EQ(result.exit_code, std::nullopt);
    EXPECT_EQ(result.signal, number);
    EXPECT_FALSE(result.succeeded());
    EXPECT_EQ(how_it_ended(result, process), "killed by signal " + std::to_string(number));
  }
}

TEST(Run, StopsAnEndlessOutput) {
  for (const char* script : {"yes", "yes >&2"}) {
    Process process = shell(script);
    process.output_at_most = 100'000;
    ProcessResult result = run(process);
    EXPECT_TRUE(result.output_overflow);
    EXPECT_FALSE(result.succeeded());
    EXPECT_EQ(how_it_ended(result, process), "more than 100000 bytes of output");
    EXPECT_EQ(result.standard_output.size() + result.standard_error.size(), 100'000u);
  }
}

TEST(Run, AnOutputOfExactlyTheCapIsFine) {
  Process process = shell("head -c 1000 /dev/zero");
  process.output_at_most = 1000;
  EXPECT_TRUE(run(process).succeeded());
  process.output_at_most = 999;
  EXPECT_TRUE(run(process).output_overflow);
  EXPECT_EQ(run(process).standard_output.size(), 999u);
}

TEST(Run, TimeIsBoundedForTheWholeGroup) {
  Scratch scratch;
  Process process = shell("echo before; sleep 1000 & echo $! > " + scratch.path("pid") + "; wait");
  process.timeout = 300ms;
  auto begin = steady_clock::now();
  ProcessResult result = run(process);
  EXPECT_LT(steady_clock::now() - begin, 5s);
  EXPECT_TRUE(result.timed_out);
  EXPECT_FALSE(result.succeeded());
  EXPECT_EQ(result.standard_output.view(), "before\n");
  EXPECT_EQ(how_it_ended(result, process), "no answer within 300 ms");
  process.timeout = 30s;
  EXPECT_EQ(how_it_ended(result, process), "no answer within 30 s");
  EXPECT_TRUE(ends_soon(number_in(scratch.path("pid"))));
}

TEST(Run, TimeIsBoundedForAProgramThatIgnoresSignals) {
  Process process = shell("trap '' TERM INT HUP; while :; do :; done");
  process.timeout = 200ms;
  auto begin = steady_clock::now();
  EXPECT_TRUE(run(process).timed_out);
  EXPECT_LT(steady_clock::now() - begin, 5s);
}

TEST(Run, DoesNotWaitForWhatTheProgramLeftBehind) {
  Scratch scratch;
  std::string script = "echo said; setsid sh -c 'echo $$ > " + scratch.path("pid") + "; exec sleep 1000' &";
  auto begin = steady_clock::now();
  ProcessResult result = run(shell(script));
  EXPECT_LT(steady_clock::now() - begin, 5s);
  EXPECT_TRUE(result.succeeded());
  EXPECT_EQ(result.standard_output.view(), "said\n");
  pid_t daemon = number_in(scratch.path("pid"));
  EXPECT_TRUE(is_alive(daemon));  // it is no part of the program any more
  kill(daemon, SIGKILL);
}

struct MissingRow {
  std::string_view name;
  std::string path, message, reason, hint;
};

TEST(Run, SaysWhyAProgramCannotStart) {
  Scratch scratch;
  auto script = [&](const std::string& name, std::string_view bytes, mode_t mode) {
    std::string path = scratch.write(name, bytes);
    chmod(path.c_str(), mode);
    return path;
  };
  std::string plain = script("plain", "#!/bin/sh\n", 0644), no_line = script("no-line", "echo hi\n", 0755),
              lost = script("lost", "#!/no/such/interpreter\n", 0755);
  const MissingRow rows[] = {
      {"missing", "/no/such/program", "cannot run \"/no/such/program\": No such file or directory", "ENOENT", ""},
      {"not executable", plain, "cannot run \"" + plain + "\": Permission denied", "EACCES", ""},
      {"a directory", "/tmp", "cannot run \"/tmp\": Permission denied", "EACCES", ""},
      {"no program", no_line, "cannot run \"" + no_line + "\": Exec format error", "ENOEXEC", ""},
      {"under a file", "/etc/passwd/x", "cannot run \"/etc/passwd/x\": Not a directory", "exec", ""},
      {"no interpreter", lost, "cannot run \"" + lost + "\": No such file or directory", "ENOENT",
       "the interpreter its first line names is missing"},
  };
  for (const MissingRow& row : rows) {
    SCOPED_TRACE(row.name);
    Error error = error_of([&] { run({.argv = {row.path}}); });
    EXPECT_EQ(error.code, ErrorCode::program_failed);
    EXPECT_EQ(error.message, row.message);
    EXPECT_EQ(error.reason, row.reason);
    EXPECT_EQ(error.hint, row.hint);
  }
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a zombie is left";
  EXPECT_EQ(error_of([&] { run({}); }).message, "no program to run");
}

TEST(Run, AFailedStartRunsNothingOfOursInTheChild) {
  Scratch scratch;
  std::string log = scratch.path("log");
  int status = status_of_child([&] {
    static std::string file;
    file = log;
    std::atexit([] { std::ofstream(file, std::ios::app) << "atexit\n"; });
    FILE* open = std::fopen(log.c_str(), "a");
    std::fputs("buffered\n", open);
    error_of([&] { run({.argv = {"/no/such/program"}}); });
    std::fclose(open);
    return content(log) == "buffered\n";
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(content(log), "buffered\n");
}

TEST(Run, NoDescriptorButThreeReachesTheProgram) {
  std::vector<int> open;
  for (int i = 0; i < 20; ++i) open.push_back(::open("/dev/null", O_RDONLY));  // without O_CLOEXEC
  fcntl(open[0], F_DUPFD, 900);
  ProcessResult result =
      run(shell("echo /proc/self/fd/*; readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2 | sed 's/:.*//'"));
  // The shell itself opens the directory it lists as 3.
  EXPECT_EQ(result.standard_output.view(),
            "/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3\npipe\npipe\npipe\n");
  for (int descriptor : open) close(descriptor);
  close(900);
}

TEST(Run, WorksWhenOurOwnStandardDescriptorsAreClosed) {
  for (int closed = 1; closed < 8; ++closed) {
    int status = status_of_child([&] {
      for (int i = 0; i < 3; ++i) {
        if ((closed >> i & 1) != 0) close(i);
      }
      ProcessResult result = run({.argv = {"/bin/sh", "-c", "cat; echo err >&2"}, .standard_input = "in"});
      return result.succeeded() && result.standard_output.view() == "in" && result.standard_error.view() == "err\n";
    });
    EXPECT_EQ(status, 0) << "closed: " << closed;
  }
}

TEST(Run, LeavesNoDescriptorOpen) {
  auto count = [] {
    auto fds = std::filesystem::directory_iterator("/proc/self/fd");
    return std::distance(begin(fds), end(fds));
  };
  run(shell("exit 0"));
  auto before = count();
  for (int i = 0; i < 5; ++i) {
    run(shell("exit 0"));
    error_of([&] { run({.argv = {"/no/such/program"}}); });
  }
  EXPECT_EQ(count(), before);
}

TEST(Run, TheEnvironmentIsOursOrTheOneGiven) {
  setenv("REGVAULT_TEST", "ours", 1);
  EXPECT_EQ(run(shell("echo $REGVAULT_TEST")).standard_output.view(), "ours\n");
  Process process = {.argv = {"/usr/bin/env"}, .environment = std::vector<std::string>{"A=1", "B=two words"}};
  EXPECT_EQ(run(process).standard_output.view(), "A=1\nB=two words\n");
  process.environment->clear();
  EXPECT_EQ(run(process).standard_output.view(), "");
}

TEST(Run, TheWorkingDirectoryCanBeAnother) {
  Process process{.argv = {"/bin/pwd"}, .working_directory = "/usr"};
  EXPECT_EQ(run(process).standard_output.view(), "/usr\n");
  process.working_directory = "/nowhere";
  EXPECT_THROW(run(process), Error);
}

TEST(Run, StandardErrorCanBePassedThrough) {
  Scratch scratch;
  int status = status_of_child([&] {
    dup2(::open(scratch.path("err").c_str(), O_CREAT | O_WRONLY, 0600), 2);
    Process process = shell("echo out; echo err >&2");
    process.pass_standard_error = true;
    ProcessResult result = run(process);
    return result.standard_output.view() == "out\n" && result.standard_error.empty();
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(content(scratch.path("err")), "err\n");
}

TEST(Run, TheProgramStartsWithDefaultSignals) {
  int status = status_of_child([] {
    for (int number : {SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGCHLD, SIGTSTP}) signal(number, SIG_IGN);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, nullptr);
    ProcessResult result = run({.argv = {"/bin/grep", "-E", "Sig(Blk|Ign)", "/proc/self/status"}});
    sigset_t now;
    sigprocmask(SIG_SETMASK, nullptr, &now);
    bool ours_stayed = sigismember(&now, SIGUSR1) == 1 && signal(SIGPIPE, SIG_DFL) == SIG_IGN;
    return ours_stayed && result.exit_code == 0 &&
           result.standard_output.view() == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n";
  });
  EXPECT_EQ(status, 0);
}

TEST(Run, TheProgramHasAGroupOfItsOwnAndEndsWithUs) {
  Scratch scratch;
  std::string pid_file = scratch.path("pid");
  pid_t us = fork();
  if (us == 0) {
    run(shell("[ $(ps -o pgid= -p $$) -eq $$ ] && echo $$ > " + pid_file + "; exec sleep 1000"));
    _exit(0);
  }
  pid_t program = number_in(pid_file);
  ASSERT_GT(program, 0);
  kill(us, SIGKILL);
  waitpid(us, nullptr, 0);
  EXPECT_TRUE(ends_soon(program));
}

TEST(Run, ManyAtTheSameTime) {
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&good, t] {
      for (int i = 0; i < 20; ++i) {
        std::string input = std::to_string(t) + ":" + std::to_string(i);
        ProcessResult result = run({.argv = {"/bin/cat"}, .standard_input = input});
        if (result.succeeded() && result.standard_output.view() == input) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 160);
}

/// Makes two system calls unknown, as they are to the kernel of RHEL 8.
void be_an_old_kernel() {
  auto deny = [](unsigned call) {
    return std::array<sock_filter, 2>{sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
                                      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)};
  };
  auto pidfd = deny(SYS_pidfd_open), range = deny(SYS_close_range);
  sock_filter filter[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                          pidfd[0],
                          pidfd[1],
                          range[0],
                          range[1],
                          BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  sock_fprog program{static_cast<unsigned short>(std::size(filter)), filter};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) std::abort();
}

TEST(Run, WorksOnKernelsWithoutPidfdAndCloseRange) {
  int status = status_of_child([] {
    be_an_old_kernel();
    if (syscall(SYS_pidfd_open, getpid(), 0) != -1 || errno != ENOSYS) return false;
    for (int i = 0; i < 10; ++i) (void)!::open("/dev/null", O_RDONLY);
    ProcessResult result =
        run({.argv = {"/bin/sh", "-c", "cat; echo /proc/self/fd/*; exit 7"}, .standard_input = "in "});
    if (result.exit_code != 7) return false;
    if (result.standard_output.view() != "in /proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3\n")
      return false;
    Process slow = {.argv = {"/bin/sleep", "1000"}, .timeout = 100ms};
    return run(slow).timed_out && error_of([] { run({.argv = {"/no/such"}}); }).reason == "ENOENT";
  });
  EXPECT_EQ(status, 0);
}

TEST(FindProgram, LooksThroughPath) {
  Scratch scratch;
  std::filesystem::create_directories(scratch.path("a/tool"));  // a directory is no program
  std::filesystem::create_directories(scratch.path("b"));
  std::filesystem::create_directories(scratch.path("c"));
  scratch.write("b/tool", "");  // not executable
  chmod(scratch.write("c/tool", "").c_str(), 0755);
  std::string path = scratch.path("a") + ":" + scratch.path("b") + "::relative:" + scratch.path("c");
  auto environment = [&](const std::string& name) { return name == "PATH" ? std::optional(path) : std::nullopt; };
  EXPECT_EQ(find_program("tool", environment), scratch.path("c/tool"));
  EXPECT_EQ(find_program("other", environment), std::nullopt);
  EXPECT_EQ(find_program("", environment), std::nullopt);
  EXPECT_EQ(find_program(scratch.path("c/tool"), environment), scratch.path("c/tool"));
  EXPECT_EQ(find_program(scratch.path("b/tool"), environment), std::nullopt);
  auto nothing = [](const std::string&) { return std::optional<std::string>(); };
  EXPECT_EQ(find_program("sh", nothing), "/usr/bin/sh");
}

}  // namespace
}  // namespace regvault
