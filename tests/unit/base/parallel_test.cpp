#include <regvault/base/parallel.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace regvault {
namespace {

TEST(Parallel, CallsOnceWithEachNumber) {
  for (std::size_t threads : {0, 1, 2, 7}) {
    for (std::size_t count : {0, 1, 2, 1000}) {
      std::vector<std::atomic<int>> calls(count);
      in_parallel(
          count, [&](std::size_t i) { ++calls.at(i); }, threads);
      for (const std::atomic<int>& called : calls) EXPECT_EQ(called, 1) << threads << " threads, " << count;
    }
  }
}

TEST(Parallel, TheFirstExceptionEndsItAndIsThrown) {
  std::atomic<std::size_t> calls = 0;
  auto work = [&](std::size_t i) {
    ++calls;
    if (i == 10) throw std::runtime_error("ten");
  };
  try {
    in_parallel(1'000'000, work, 3);
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "ten");
  }
  EXPECT_LT(calls, 1'000'000U);
}

}  // namespace
}  // namespace regvault
