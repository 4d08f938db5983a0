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
/// The engine is this project's own, checked against OpenSSL: it keeps the HMAC's states and derives up to 16 blocks
/// side by side, with what the processor has for it. Where the machine is in FIPS mode it is OpenSSL's, and where
/// REGVAULT_KDF is set, what that names: "avx512", "avx512vl", "avx2", "sha-ni", "sha2" (AArch64), "portable" or
/// "openssl". Each proves itself at its first use, with a known answer.
///
/// No branch and no address depends on a password's bytes (its length does show). Intermediate states are wiped.
/// Thread-safe. Throws Error(usage) when REGVAULT_KDF names something this processor cannot run, and Error(failed) when
/// OpenSSL is used and refuses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
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

/// What is in use, as REGVAULT_KDF spells it; several, comma-separated, where it depends on the number of blocks.
std::string key_derivation_engine();

/// What a caller should pass on, once it has derived keys: an engine that gave a wrong result when it proved itself,
/// and is not used (the portable one is, so the keys are right). Empty: nothing.
std::string key_derivation_warning();

}  // namespace regvault::crypto
