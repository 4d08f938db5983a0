// Compiled for AVX2 (back_ends.cmake): nothing here may be called before cpu_features() was asked.
#include <regvault/crypto/sha256_lanes.hpp>

namespace regvault::crypto {
namespace {

struct Avx2 : PlainLane<std::uint32_t __attribute__((vector_size(32)))> {};
static_assert(Avx2::kWidth == kAvx2Width);

}  // namespace

void advance_avx2(Chain* const* chains, std::size_t count, std::uint32_t iterations) {
  advance_lanes<Avx2>(chains, count, iterations);
}

}  // namespace regvault::crypto
