/// PBKDF2-HMAC-SHA-256 (RFC 8018 §5.2), as the independent blocks it is made of, derived in batches.
///
/// Key derivation is nearly all of what opening or sealing a vault costs: 10,000 iterations a block, three blocks a
/// secret. The blocks T_1, T_2, T_3 do not depend on each other, so a caller asks for exactly those it needs (one
/// block shows whether a password is right) and hands over all it has at the same time, in any mix of passwords and
/// salts. That leaves the order, and how many are computed side by side, to the engine behind this function.
///
///     SecretBytes keys(3 * kDerivedBlock);
///     BlockRequest batch[] = {{password, salt, 10000, 1, keys.data()},
///                             {password, salt, 10000, 2, keys.data() + 32},
///                             {password, salt, 10000, 3, keys.data() + 64}};
///     derive_blocks(batch);                                    // the 96-byte key PBKDF2 would derive
///
/// No branch and no address depends on a password's bytes (its length does show). Intermediate states are wiped.
/// Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace regvault::crypto {

inline constexpr std::size_t kDerivedBlock = 32;

/// One block T_index. The views and `out` belong to the caller and must stay until the batch is done.
struct BlockRequest {
  std::string_view password;
  std::string_view salt;
  std::uint32_t iterations;  ///< at least 1
  std::uint32_t index;       ///< from 1
  char* out;                 ///< kDerivedBlock bytes
};

void derive_blocks(std::span<const BlockRequest> batch);

/// How many blocks this process has derived so far: what tests and timings count, being the unit of cost.
std::uint64_t blocks_derived() noexcept;

}  // namespace regvault::crypto
