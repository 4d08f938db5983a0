/// Work in two steps on all cores: sources give items, items are worked on in batches, whatever source they are from.
///
///     in_batches<Secret*>(files.size(), 16,
///                         [&](std::size_t i) { return secrets_of(files[i]); },       // reads and parses a file
///                         [&](std::span<Secret*> batch) { derive_keys_of(batch); });
///
/// Both steps overlap: a thread takes a batch when there are enough items for one, else the next source. So items do
/// not pile up while their batches wait, however many sources there are. What is left when the last source is done is
/// divided among the threads.
///
/// Both functions are called from several threads at once. The first exception ends it, as in_parallel() says.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <iterator>
#include <mutex>
#include <span>
#include <vector>

#include <regvault/base/parallel.hpp>

namespace regvault {

template <typename Item>
class BatchQueue {
 public:
  using Give = std::function<std::vector<Item>(std::size_t source)>;
  using Work = std::function<void(std::span<Item>)>;

  BatchQueue(std::size_t sources, std::size_t batch, const Give& give, const Work& work, std::size_t threads)
      : sources_(sources), batch_(batch), give_(give), work_(work), threads_(threads) {}

  void run() {
    if (sources_ == 1) {  // only what it gives can be divided
      std::unique_lock lock(mutex_);
      take_source(lock);
      threads_ = std::clamp<std::size_t>(items_.size(), 1, threads_);
    }
    in_parallel(
        threads_, [this](std::size_t) { run_thread(); }, threads_);
  }

 private:
  void run_thread() {
    std::unique_lock lock(mutex_);
    try {
      while (!stopped_ && step(lock)) {
      }
    } catch (...) {
      if (!lock.owns_lock()) lock.lock();
      stopped_ = true;
      changed_.notify_all();
      throw;
    }
  }

  /// False: there is nothing left to do.
  bool step(std::unique_lock<std::mutex>& lock) {
    const bool is_last = next_ == sources_ && giving_ == 0;
    if (items_.size() >= batch_ || (is_last && !items_.empty())) {
      work_on(is_last ? std::min(batch_, (items_.size() + threads_ - 1) / threads_) : batch_, lock);
    } else if (next_ < sources_) {
      take_source(lock);
    } else if (giving_ != 0) {
      changed_.wait(lock);
    } else {
      return false;
    }
    return true;
  }

  void work_on(std::size_t count, std::unique_lock<std::mutex>& lock) {
    auto first = items_.end() - static_cast<std::ptrdiff_t>(count);
    std::vector<Item> batch(std::make_move_iterator(first), std::make_move_iterator(items_.end()));
    items_.erase(first, items_.end());
    lock.unlock();
    work_(batch);
    lock.lock();
  }

  void take_source(std::unique_lock<std::mutex>& lock) {
    std::size_t source = next_++;
    ++giving_;
    lock.unlock();
    std::vector<Item> given = give_(source);
    lock.lock();
    --giving_;
    std::ranges::move(given, std::back_inserter(items_));
    changed_.notify_all();
  }

  const std::size_t sources_, batch_;
  const Give& give_;
  const Work& work_;
  std::size_t threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Item> items_;  // that wait for a batch
  std::size_t next_ = 0;     // source
  std::size_t giving_ = 0;   // threads that are at a source
  bool stopped_ = false;
};

/// `threads`: 0: as the machine has cores.
template <typename Item>
void in_batches(std::size_t sources, std::size_t batch, const typename BatchQueue<Item>::Give& give,
                const typename BatchQueue<Item>::Work& work, std::size_t threads = 0) {
  BatchQueue<Item>(sources, batch, give, work, threads == 0 ? cores() : threads).run();
}

}  // namespace regvault
