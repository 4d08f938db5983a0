#include <regvault/system/noted_signals.hpp>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include <regvault/base/error.hpp>

namespace regvault {
namespace {

constexpr std::array kStopSignals{SIGTSTP, SIGSTOP, SIGTTIN, SIGTTOU};

// What the handler may touch; of all objects together.
std::atomic<int> noted_signal{0};
std::atomic<int> wake_descriptor{-1};

int acted_on = 0;  // what caught() last said

void wake(int descriptor) {
  std::uint64_t one = 1;
  (void)!write(descriptor, &one, sizeof(one));
}

void note_signal(int number) {
  int before = errno;
  int noted = 0;
  if (!noted_signal.compare_exchange_strong(noted, number) && noted == SIGTSTP) noted_signal = number;
  wake(wake_descriptor);
  errno = before;
}

}  // namespace

void die_of(int number) {
  signal(number, SIG_DFL);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  raise(number);
  // Only a container's process 1 gets here: the kernel spares it the default action.
  if (std::ranges::find(kStopSignals, number) == kStopSignals.end()) _exit(128 + number);
}

NotedSignals::NotedSignals(Stop stop)
    : wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      count_(stop == Stop::is_noted ? kSignals.size() : kSignals.size() - 1) {
  if (!wake_.is_open()) throw Error(ErrorCode::failed, std::string("cannot wait for signals: ") + std::strerror(errno));
  outer_wake_ = wake_descriptor.exchange(wake_.get());
  if (noted_signal != 0) wake(wake_.get());
  struct sigaction note {};
  note.sa_handler = note_signal;
  for (std::size_t i = 0; i < count_; ++i) {
    sigaction(kSignals[i], nullptr, &before_[i]);
    if (before_[i].sa_handler != SIG_IGN) sigaction(kSignals[i], &note, nullptr);
  }
}

NotedSignals::~NotedSignals() {
  for (std::size_t i = 0; i < count_; ++i) sigaction(kSignals[i], &before_[i], nullptr);
  wake_descriptor = outer_wake_;
  bool is_outermost = outer_wake_ == -1;
  int number = is_outermost ? noted_signal.load() : SIGTSTP;  // Ctrl-Z ends with the question, the others stay noted
  bool ends_here = number != 0 && noted_signal.compare_exchange_strong(number, 0);
  if (ends_here && std::exchange(acted_on, 0) != number) raise(number);
  if (!is_outermost && noted_signal != 0) wake(outer_wake_);
}

int NotedSignals::caught() const noexcept {
  int number = noted_signal;
  if (number != 0) acted_on = number;
  return number;
}

void NotedSignals::throw_if_caught() const {
  if (int number = caught()) throw Interrupted(number);
}

int NotedSignals::wait_for_input(int descriptor) const {
  pollfd ready[] = {{descriptor, POLLIN, 0}, {wake_.get(), POLLIN, 0}};
  while (noted_signal == 0) {
    if (poll(ready, 2, -1) > 0) break;
    if (errno != EINTR)
      throw Error(ErrorCode::file_access, std::string("cannot wait for input: ") + std::strerror(errno));
  }
  return caught();
}

}  // namespace regvault
