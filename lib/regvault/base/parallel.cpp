#include <regvault/base/parallel.hpp>

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace regvault {
namespace {

/// As many more threads as the system gives: fewer than wanted is slower, and nothing else.
std::vector<std::jthread> started(std::size_t count, const std::function<void()>& run) {
  std::vector<std::jthread> threads;
  try {
    for (std::size_t i = 0; i < count; ++i) threads.emplace_back(run);
  } catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch): see above
  }
  return threads;
}

}  // namespace

std::size_t cores() noexcept {
  cpu_set_t ours;
  if (sched_getaffinity(0, sizeof ours, &ours) != 0) return std::max(1U, std::thread::hardware_concurrency());
  return static_cast<std::size_t>(CPU_COUNT(&ours));
}

void in_parallel(std::size_t count, const std::function<void(std::size_t)>& work, std::size_t threads) {
  std::atomic<std::size_t> next = 0;
  std::exception_ptr failure;
  std::mutex failing;
  std::function<void()> run = [&] {
    for (std::size_t i; (i = next.fetch_add(1)) < count;) {
      try {
        work(i);
      } catch (...) {
        next = count;
        std::scoped_lock lock(failing);
        if (!failure) failure = std::current_exception();
      }
    }
  };
  if (threads == 0) threads = cores();
  {
    std::vector<std::jthread> others = started(std::min(threads, std::max<std::size_t>(count, 1)) - 1, run);
    run();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace regvault
