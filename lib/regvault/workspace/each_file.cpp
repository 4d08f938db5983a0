#include <regvault/workspace/each_file.hpp>

#include <mutex>

#include <regvault/base/parallel.hpp>

namespace regvault::workspace {

struct Count::State {
  Progress progress;
  std::string what;
  std::size_t total = 0;
  std::size_t done = 0;
  std::size_t files = 0;  ///< 0: the total is known
  std::size_t files_read = 0;
  std::mutex mutex = {};

  void tell() {
    if (files != 0 && total == 0) return progress("reading files", files_read, files);
    progress(what, done, files_read == files ? total : total * files / files_read);
  }
};

Count::Count(Count&&) noexcept = default;
Count::~Count() = default;

Count::Count(Progress progress, std::string_view what, std::size_t total) : state_(std::make_unique<State>()) {
  state_->progress = std::move(progress);
  state_->what = what;
  state_->total = total;
}

Count Count::of_items_in(std::size_t files, Progress progress, std::string_view what) {
  Count count(std::move(progress), what, 0);
  count.state_->files = files;
  return count;
}

void Count::more(std::size_t done) {
  if (!state_->progress) return;
  std::scoped_lock lock(state_->mutex);
  state_->done += done;
  state_->tell();
}

void Count::file_has(std::size_t items) {
  if (!state_->progress) return;
  std::scoped_lock lock(state_->mutex);
  ++state_->files_read;
  state_->total += items;
  state_->tell();
}

void Outcomes::attempt(std::size_t file, const std::function<void(const SkipSink&)>& work) {
  try {
    work([&](const Skip& skip) { skips_[file].push_back(skip); });
  } catch (const Error& error) {
    failures_[file] = error;
  }
}

std::vector<std::optional<Error>> Outcomes::finish(const SkipSink& skipped) {
  for (const std::vector<Skip>& some : skips_) {
    for (const Skip& skip : some) {
      if (skipped) skipped(skip);
    }
  }
  return std::move(failures_);
}

std::vector<std::optional<Error>> for_each_file(std::size_t files, const SkipSink& skipped, const Progress& progress,
                                                const std::function<void(std::size_t, const SkipSink&)>& work) {
  Outcomes outcomes(files);
  Count count(progress, "reading files", files);
  in_parallel(files, [&](std::size_t i) {
    outcomes.attempt(i, [&](const SkipSink& tell) { work(i, tell); });
    count.one_more();
  });
  return outcomes.finish(skipped);
}

}  // namespace regvault::workspace
