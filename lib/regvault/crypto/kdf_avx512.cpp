// Compiled for AVX-512 F and VL (back_ends.cmake): nothing here may be called before cpu_features() was asked.
//
// AVX-512 has what SHA-256 is made of: rotations, and any function of three bits in one instruction, "ternary logic",
// which is told the function as its truth table (Intel SDM vol. 2, VPTERNLOGD).
#include <immintrin.h>

#include <regvault/crypto/sha256_lanes.hpp>

namespace regvault::crypto {
namespace {

constexpr int kXor3 = 0x96, kChoose = 0xca, kMajority = 0xe8;

struct Avx512 : PlainLane<std::uint32_t __attribute__((vector_size(64)))> {
  template <int table>
  REGVAULT_INLINE Word logic(Word x, Word y, Word z) {
    return reinterpret_cast<Word>(_mm512_ternarylogic_epi32(reinterpret_cast<__m512i>(x), reinterpret_cast<__m512i>(y),
                                                            reinterpret_cast<__m512i>(z), table));
  }
  template <int count>
  REGVAULT_INLINE Word rotate_right(Word x) {
    auto all = reinterpret_cast<__m512i>(x);  // masked, by nothing: GCC 12 warns of its own _mm512_ror_epi32
    return reinterpret_cast<Word>(_mm512_mask_ror_epi32(all, 0xffff, all, count));
  }
  REGVAULT_INLINE Word xor3(Word x, Word y, Word z) { return logic<kXor3>(x, y, z); }
  REGVAULT_INLINE Word choose(Word x, Word y, Word z) { return logic<kChoose>(x, y, z); }
  REGVAULT_INLINE Word majority(Word x, Word y, Word z, Word, Word) { return logic<kMajority>(x, y, z); }
};
static_assert(Avx512::kWidth == kAvx512Width);

struct Avx512vl : PlainLane<std::uint32_t __attribute__((vector_size(32)))> {
  template <int table>
  REGVAULT_INLINE Word logic(Word x, Word y, Word z) {
    return reinterpret_cast<Word>(_mm256_ternarylogic_epi32(reinterpret_cast<__m256i>(x), reinterpret_cast<__m256i>(y),
                                                            reinterpret_cast<__m256i>(z), table));
  }
  template <int count>
  REGVAULT_INLINE Word rotate_right(Word x) {
    return reinterpret_cast<Word>(_mm256_ror_epi32(reinterpret_cast<__m256i>(x), count));
  }
  REGVAULT_INLINE Word xor3(Word x, Word y, Word z) { return logic<kXor3>(x, y, z); }
  REGVAULT_INLINE Word choose(Word x, Word y, Word z) { return logic<kChoose>(x, y, z); }
  REGVAULT_INLINE Word majority(Word x, Word y, Word z, Word, Word) { return logic<kMajority>(x, y, z); }
};
static_assert(Avx512vl::kWidth == kAvx512vlWidth);

}  // namespace

void advance_avx512(Chain* const* chains, std::size_t count, std::uint32_t iterations) {
  advance_lanes<Avx512>(chains, count, iterations);
}

void advance_avx512vl(Chain* const* chains, std::size_t count, std::uint32_t iterations) {
  advance_lanes<Avx512vl>(chains, count, iterations);
}

}  // namespace regvault::crypto
