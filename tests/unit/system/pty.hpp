/// A terminal of our own, and a process that has it as its controlling terminal.
#pragma once

#include <poll.h>
#include <pty.h>
#include <sys/resource.h>
#include <termios.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <string>

#include "scratch.hpp"

namespace regvault {

class Pty {
 public:
  /// Starts `code` (returning an exit code) in the foreground of a new terminal.
  template <typename Code>
  explicit Pty(Code code) {
    pid_ = forkpty(&master_, nullptr, nullptr, nullptr);
    if (pid_ != 0) return;
    rlimit none{};
    setrlimit(RLIMIT_CORE, &none);
    int result = 99;
    try {
      result = code();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "in the child: %s\n", error.what());
    }
    _exit(result);
  }
  ~Pty() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    if (master_ >= 0) close(master_);
  }
  Pty(const Pty&) = delete;
  Pty& operator=(const Pty&) = delete;

  void type(std::string_view keys) {
    while (!keys.empty()) {
      ssize_t count = write(master_, keys.data(), std::min<std::size_t>(keys.size(), 256));
      if (count < 0) std::abort();
      keys.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  /// Waits until `text` was printed after what was last waited for.
  bool shows(const std::string& text) {
    auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (true) {
      std::size_t at = output_.find(text, seen_);
      if (at != std::string::npos) {
        seen_ = at + text.size();
        return true;
      }
      if (std::chrono::steady_clock::now() > deadline || !read_more(200)) break;
    }
    ADD_FAILURE() << "not shown: " << text << "\nshown: " << output_.substr(seen_);
    return false;
  }

  bool echoes() const {
    termios settings{};
    tcgetattr(master_, &settings);
    return (settings.c_lflag & ECHO) != 0 && (settings.c_lflag & ICANON) != 0;
  }

  /// Waits for the process's end.
  int status() {
    while (read_more(10'000)) {
    }
    int status = -1;
    waitpid(pid_, &status, 0);
    return status;
  }

  void hang_up() {
    close(master_);
    master_ = -1;
  }

  pid_t pid() const { return pid_; }
  const std::string& output() const { return output_; }

 private:
  bool read_more(int milliseconds) {
    pollfd ready{master_, POLLIN, 0};
    if (poll(&ready, 1, milliseconds) == 0) return milliseconds < 1000;
    char bytes[4096];
    ssize_t count = read(master_, bytes, sizeof(bytes));
    if (count <= 0) return false;  // EIO: no one has the terminal open any more
    output_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  int master_ = -1;
  pid_t pid_ = -1;
  std::string output_;
  std::size_t seen_ = 0;
};

/// A shell's part: runs `code` as a job of its own in the foreground; every time it stops, takes the terminal, prints
/// "[stopped]", and lets it go on in the foreground. Returns its status.
template <typename Code>
int as_a_job(Code code) {
  signal(SIGTTOU, SIG_IGN);
  pid_t job = fork();
  if (job == 0) {
    setpgid(0, 0);
    tcsetpgrp(0, getpid());
    signal(SIGTTOU, SIG_DFL);
    _exit(code());
  }
  setpgid(job, job);
  tcsetpgrp(0, job);
  int status = 0;
  while (waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status)) {
    tcsetpgrp(0, getpgrp());
    termios settings{};
    tcgetattr(0, &settings);
    std::printf("[stopped%s]\n", (settings.c_lflag & ECHO) != 0 ? "" : " without echo");
    std::fflush(stdout);
    usleep(100'000);
    tcsetpgrp(0, job);
    kill(-job, SIGCONT);
  }
  return status;
}

}  // namespace regvault
