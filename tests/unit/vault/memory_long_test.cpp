#include "memory.hpp"

namespace regvault::vault {
namespace {

TEST(MemoryLong, Sealing1GiB) {
  seals_in_little_memory(1024 * kMebibyte);
}
TEST(MemoryLong, Opening1GiB) {
  opens_in_little_memory(1024 * kMebibyte);
}

}  // namespace
}  // namespace regvault::vault
