/// How far a long piece of work has come, in the last line of a terminal:
///
///     regvault: opening secrets  [########........]  2510/5000  402/s  6 s left
///
///     ProgressBar bar(session);
///     list(files, keys, skipped, bar.progress());
///     bar.above([&] { session.say("…"); });       // a line of text, without a piece of the bar in it
///
/// Nothing at all when standard error is no terminal. Drawn at most ten times a second, and not before a tenth of one
/// has passed; gone when the object is. All functions may be called from several threads.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include <regvault/workspace/secret_files.hpp>

#include "session.hpp"

namespace regvault::tools {

class ProgressBar {
 public:
  explicit ProgressBar(const Session& session);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// To be called no longer than the object is there.
  workspace::Progress progress();

  void above(const std::function<void()>& print);

 private:
  using Clock = std::chrono::steady_clock;

  void show(std::string_view what, std::size_t done, std::size_t total);
  void remove();

  const Session& session_;
  std::mutex mutex_;
  std::string what_;
  Clock::time_point begun_, drawn_;
  bool is_shown_ = false;
};

/// One line, without a line end; `taken`: since this piece of work began.
std::string progress_line(std::string_view what, std::size_t done, std::size_t total,
                          std::chrono::duration<double> taken);

}  // namespace regvault::tools
