/// Work on many files on all cores: how far it has come, what failed, what was left out.
///
///     std::vector<std::optional<Error>> failures =
///         for_each_file(files.size(), skipped, progress, [&](std::size_t i, const SkipSink& tell) { … });
///
///     failures = in_file_batches<Secret*>(files.size(), "opening secrets", skipped, progress,
///                                         [&](std::size_t i, const SkipSink& tell) { return secrets_of(files[i]); },
///                                         [&](std::span<Secret*> batch) { open(batch); });
///
/// Both return the Error of each file's work, if it threw one, and pass on what was skipped afterwards, in the order of
/// the files.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/base/batches.hpp>
#include <regvault/base/error.hpp>
#include <regvault/vault/batch.hpp>
#include <regvault/workspace/walk.hpp>

namespace regvault::workspace {

/// How far a long piece of work has come; called often, from one thread at a time. May be empty. `total` may change: it
/// is an estimate as long as not all files are read.
using Progress = std::function<void(std::string_view what, std::size_t done, std::size_t total)>;

/// Counts for a Progress, from any thread.
class Count {
 public:
  Count(Progress progress, std::string_view what, std::size_t total);

  /// Of items in files, of which nobody knows yet how many there are.
  static Count of_items_in(std::size_t files, Progress progress, std::string_view what);

  Count(Count&&) noexcept;
  ~Count();

  void more(std::size_t done);
  void one_more() { more(1); }
  void file_has(std::size_t items);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What became of each file.
class Outcomes {
 public:
  explicit Outcomes(std::size_t files) : failures_(files), skips_(files) {}

  /// `work` on one of the files; for different files from several threads.
  void attempt(std::size_t file, const std::function<void(const SkipSink&)>& work);

  std::vector<std::optional<Error>> finish(const SkipSink& skipped);

 private:
  std::vector<std::optional<Error>> failures_;
  std::vector<std::vector<Skip>> skips_;
};

/// Counts "reading files".
std::vector<std::optional<Error>> for_each_file(
    std::size_t files, const SkipSink& skipped, const Progress& progress,
    const std::function<void(std::size_t number, const SkipSink& skipped)>& work);

/// In two steps that overlap (in_batches()): what files hold, and batches of that. Counts `what` in items.
template <typename Item>
std::vector<std::optional<Error>> in_file_batches(
    std::size_t files, std::string_view what, const SkipSink& skipped, const Progress& progress,
    const std::function<std::vector<Item>(std::size_t number, const SkipSink& skipped)>& items_of,
    const std::function<void(std::span<Item>)>& work) {
  Outcomes outcomes(files);
  Count count = Count::of_items_in(files, progress, what);
  in_batches<Item>(
      files, vault::kBatch,
      [&](std::size_t i) {
        std::vector<Item> items;
        outcomes.attempt(i, [&](const SkipSink& tell) { items = items_of(i, tell); });
        count.file_has(items.size());
        return items;
      },
      [&](std::span<Item> batch) {
        work(batch);
        count.more(batch.size());
      });
  return outcomes.finish(skipped);
}

}  // namespace regvault::workspace
