#include <regvault/crypto/random.hpp>

#include <gtest/gtest.h>

#include <set>

namespace regvault::crypto {
namespace {

TEST(Random, GivesTheSizeAskedFor) {
  for (std::size_t size : {0, 1, 32, 257, 100'000}) EXPECT_EQ(random_bytes(size).size(), size);
}

TEST(Random, IsNeverTheSame) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random_bytes(16));
  EXPECT_EQ(seen.size(), 1000u);
}

TEST(Random, FillsAllOfALongRequest) {
  std::string bytes(100'000, '\0');
  fill_random(bytes.data(), bytes.size());
  std::set<char> last_bytes(bytes.end() - 4096, bytes.end());
  EXPECT_GT(last_bytes.size(), 200u);
}

}  // namespace
}  // namespace regvault::crypto
