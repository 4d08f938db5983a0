#include "memory.hpp"

namespace regvault::vault {
namespace {

TEST(Memory, Sealing64MiB) {
  seals_in_little_memory(64 * kMebibyte);
}
TEST(Memory, Opening64MiB) {
  opens_in_little_memory(64 * kMebibyte);
}

}  // namespace
}  // namespace regvault::vault
