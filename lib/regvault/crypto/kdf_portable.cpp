#include <regvault/crypto/sha256_lanes.hpp>

namespace regvault::crypto {
namespace {

struct Scalar : PlainLane<std::uint32_t> {};

}  // namespace

void advance_portable(Chain* const* chains, std::size_t count, std::uint32_t iterations) {
  advance_lanes<Scalar>(chains, count, iterations);
}

}  // namespace regvault::crypto
