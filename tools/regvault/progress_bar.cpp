#include "regvault/progress_bar.hpp"

#include <cmath>

namespace regvault::tools {
namespace {

constexpr std::chrono::milliseconds kDrawEvery{100};
constexpr std::size_t kColumns = 16;

std::string time_left(double seconds) {
  auto whole = static_cast<long>(std::ceil(seconds));
  if (whole < 120) return std::to_string(whole) + " s left";
  return std::to_string((whole + 59) / 60) + " min left";
}

}  // namespace

std::string progress_line(std::string_view what, std::size_t done, std::size_t total,
                          std::chrono::duration<double> taken) {
  std::size_t filled = total == 0 ? kColumns : done * kColumns / total;
  std::string line = "regvault: " + std::string(what) + "  [" + std::string(filled, '#') +
                     std::string(kColumns - filled, '.') + "]  " + std::to_string(done) + "/" + std::to_string(total);
  if (done == 0 || taken.count() <= 0) return line;
  double rate = static_cast<double>(done) / taken.count();
  return line + "  " + std::to_string(std::lround(rate)) + "/s  " + time_left(static_cast<double>(total - done) / rate);
}

ProgressBar::ProgressBar(const Session& session) : session_(session), begun_(Clock::now()), drawn_(begun_) {}

ProgressBar::~ProgressBar() {
  remove();
}

workspace::Progress ProgressBar::progress() {
  if (!session_.complaints_are_on_terminal) return {};
  return [this](std::string_view what, std::size_t done, std::size_t total) { show(what, done, total); };
}

void ProgressBar::above(const std::function<void()>& print) {
  std::scoped_lock lock(mutex_);
  remove();
  print();
}

void ProgressBar::show(std::string_view what, std::size_t done, std::size_t total) {
  std::scoped_lock lock(mutex_);
  Clock::time_point now = Clock::now();
  if (what != what_) begun_ = now;
  what_ = what;
  if (now - drawn_ < kDrawEvery) return;
  drawn_ = now;
  is_shown_ = true;
  session_.complain("\r" + progress_line(what, done, total, now - begun_) + "\x1b[K");
}

void ProgressBar::remove() {
  if (is_shown_) session_.complain("\r\x1b[K");
  is_shown_ = false;
}

}  // namespace regvault::tools
