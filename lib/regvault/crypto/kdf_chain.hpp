/// One block of PBKDF2-HMAC-SHA-256 on its way, and what a back end does with it.
///
/// PBKDF2 (RFC 8018 §5.2) xors a chain of HMACs, U_1 = HMAC(P, S || INT(i)), U_n = HMAC(P, U_(n-1)). An HMAC
/// (RFC 2104) hashes twice, and each hash begins with a block made of the password alone. So the two states after
/// those blocks are kept, and from U_2 on an HMAC is two compressions of a block that is all digest and padding.
///
///     Chain chain;
///     start_chain(chain, password, salt, 1);
///     Chain* chains[] = {&chain};
///     advance_portable(chains, 1, 9'999);  // the other iterations
///     store_big_endian(chain.sum, out);
///
/// All of a chain is secret; it wipes itself. Internal to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace regvault::crypto {

struct Chain {
  std::uint32_t inner[8];  ///< SHA-256's state after the block `password xor ipad`
  std::uint32_t outer[8];  ///< after `password xor opad`
  std::uint32_t last[8];   ///< U_n
  std::uint32_t sum[8];    ///< U_1 xor … xor U_n

  Chain() = default;
  Chain(const Chain&) = default;
  Chain& operator=(const Chain&) = default;
  ~Chain();
};

/// Leaves U_1 of block `index`.
void start_chain(Chain& chain, std::string_view password, std::string_view salt, std::uint32_t index);

void store_big_endian(const std::uint32_t (&words)[8], char* out);

/// A back end: `iterations` more for each of `count` chains; `count` at least 1 and at most its width.
using Advance = void(Chain* const* chains, std::size_t count, std::uint32_t iterations);

Advance advance_portable;
inline constexpr std::size_t kPortableWidth = 1;
#if defined(__x86_64__)
Advance advance_avx2, advance_avx512, advance_avx512vl, advance_sha_ni;
inline constexpr std::size_t kAvx2Width = 8, kAvx512Width = 16, kAvx512vlWidth = 8, kShaNiWidth = 3;
#elif defined(__aarch64__)
Advance advance_sha2;
inline constexpr std::size_t kSha2Width = 3;
#endif

}  // namespace regvault::crypto
