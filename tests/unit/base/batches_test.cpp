#include <regvault/base/batches.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>

namespace regvault {
namespace {

TEST(Batches, EveryItemIsWorkedOnOnce) {
  struct Row {
    std::size_t sources, each, batch, threads;
  };
  for (const Row& row : {Row{0, 0, 16, 2}, Row{1, 0, 16, 2}, Row{1, 1, 16, 3}, Row{1, 1000, 16, 4}, Row{1000, 1, 16, 4},
                         Row{50, 7, 3, 1}, Row{50, 7, 1000, 2}, Row{20, 40, 16, 0}}) {
    std::vector<std::atomic<int>> worked(row.sources * row.each);
    std::atomic<std::size_t> largest = 0;
    in_batches<std::size_t>(
        row.sources, row.batch,
        [&](std::size_t source) {
          std::vector<std::size_t> items(row.each);
          for (std::size_t i = 0; i < row.each; ++i) items[i] = source * row.each + i;
          return items;
        },
        [&](std::span<std::size_t> batch) {
          EXPECT_FALSE(batch.empty());
          if (batch.size() > largest) largest = batch.size();
          for (std::size_t item : batch) ++worked.at(item);
        },
        row.threads);
    for (const std::atomic<int>& times : worked) EXPECT_EQ(times, 1) << row.sources << " sources of " << row.each;
    EXPECT_LE(largest, row.batch);
  }
}

/// How many each time, with one thread.
std::vector<std::size_t> batch_sizes(std::size_t sources, std::size_t each, std::size_t batch) {
  std::vector<std::size_t> sizes;
  in_batches<int>(
      sources, batch, [&](std::size_t) { return std::vector<int>(each); },
      [&](std::span<int> items) { sizes.push_back(items.size()); }, 1);
  return sizes;
}

TEST(Batches, AreFullButForTheLast) {
  EXPECT_EQ(batch_sizes(10, 3, 7), (std::vector<std::size_t>{7, 7, 7, 7, 2}));
  EXPECT_EQ(batch_sizes(1, 20, 16), (std::vector<std::size_t>{16, 4}));
}

TEST(Batches, ItemsDoNotPileUp) {
  std::size_t waiting = 0, most = 0;
  in_batches<int>(
      100, 4,
      [&](std::size_t) {
        most = std::max(most, waiting += 3);
        return std::vector<int>(3);
      },
      [&](std::span<int> items) { waiting -= items.size(); }, 1);
  EXPECT_EQ(waiting, 0U);
  EXPECT_LE(most, 6U);
}

TEST(Batches, OneItemNeedsNoOtherThread) {
  const std::thread::id here = std::this_thread::get_id();
  for (std::size_t items : {0, 1}) {
    in_batches<int>(
        1, 16,
        [&](std::size_t) {
          EXPECT_EQ(std::this_thread::get_id(), here);
          return std::vector<int>(items);
        },
        [&](std::span<int>) { EXPECT_EQ(std::this_thread::get_id(), here); }, 8);
  }
}

TEST(Batches, ItemsMayBeMoveOnly) {
  int sum = 0;
  in_batches<std::unique_ptr<int>>(
      5, 2,
      [](std::size_t i) {
        std::vector<std::unique_ptr<int>> items;
        items.push_back(std::make_unique<int>(static_cast<int>(i)));
        return items;
      },
      [&](std::span<std::unique_ptr<int>> items) {
        for (const auto& item : items) sum += *item;
      },
      1);
  EXPECT_EQ(sum, 10);
}

TEST(Batches, TheFirstExceptionEndsIt) {
  for (std::size_t threads : {1, 3}) {
    std::atomic<std::size_t> given = 0;
    auto give = [&](std::size_t source) {
      ++given;
      if (source == 10) throw std::runtime_error("source");
      return std::vector<int>(1);
    };
    EXPECT_THROW(in_batches<int>(
                     1'000'000, 4, give, [](std::span<int>) {}, threads),
                 std::runtime_error);
    EXPECT_LT(given, 1'000'000U);
    auto work = [](std::span<int>) { throw std::runtime_error("work"); };
    auto one = [](std::size_t) { return std::vector<int>(1); };
    EXPECT_THROW(in_batches<int>(1'000'000, 4, one, work, threads), std::runtime_error);
  }
}

}  // namespace
}  // namespace regvault
