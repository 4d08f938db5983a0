// Compiled for SHA and SSE4.1 (back_ends.cmake): nothing here may be called before cpu_features() was asked.
#include <immintrin.h>

#include <regvault/crypto/cpu.hpp>
#include <regvault/crypto/sha256_streams.hpp>

namespace regvault::crypto {
namespace {

struct ShaNi {
  using Quad = __m128i;

  /// From the highest lane to the lowest (Intel SDM vol. 2, SHA256RNDS2).
  struct State {
    Quad abef, cdgh;
  };

  REGVAULT_INLINE Quad load(const std::uint32_t* words) {
    return _mm_loadu_si128(reinterpret_cast<const Quad*>(words));
  }
  REGVAULT_INLINE void store(std::uint32_t* words, Quad quad) {
    _mm_storeu_si128(reinterpret_cast<Quad*>(words), quad);
  }
  REGVAULT_INLINE Quad add(Quad x, Quad y) { return _mm_add_epi32(x, y); }
  REGVAULT_INLINE Quad exclusive_or(Quad x, Quad y) { return _mm_xor_si128(x, y); }
  REGVAULT_INLINE State sum(State x, State y) { return {add(x.abef, y.abef), add(x.cdgh, y.cdgh)}; }

  REGVAULT_INLINE Quad swap_pairs(Quad x) { return _mm_shuffle_epi32(x, 0xb1); }
  REGVAULT_INLINE State state_of(Quad abcd, Quad efgh) {
    Quad badc = swap_pairs(abcd), fehg = swap_pairs(efgh);
    return {_mm_unpacklo_epi64(fehg, badc), _mm_unpackhi_epi64(fehg, badc)};
  }
  REGVAULT_INLINE void words_of(State state, Quad& abcd, Quad& efgh) {
    abcd = swap_pairs(_mm_unpackhi_epi64(state.abef, state.cdgh));
    efgh = swap_pairs(_mm_unpacklo_epi64(state.abef, state.cdgh));
  }

  /// After two rounds, what was ABEF is CDGH.
  REGVAULT_INLINE void first_rounds(State& state, Quad constants_and_words) {
    state.cdgh = _mm_sha256rnds2_epu32(state.cdgh, state.abef, constants_and_words);
  }
  REGVAULT_INLINE void last_rounds(State& state, Quad constants_and_words) {
    state.abef = _mm_sha256rnds2_epu32(state.abef, state.cdgh, _mm_shuffle_epi32(constants_and_words, 0x0e));
  }

  REGVAULT_INLINE Quad next_words(Quad w0, Quad w4, Quad w8, Quad w12) {
    Quad w9 = _mm_alignr_epi8(w12, w8, 4);
    return _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(w0, w4), w9), w12);
  }
};

}  // namespace

void advance_sha_ni(Chain* const* chains, std::size_t count, std::uint32_t iterations) {
  // The SHA instructions know nothing of 256-bit registers; with anything left in their upper halves, mixing them with
  // instructions that do costs hundreds of nanoseconds each time (Intel optimisation manual, "AVX transition").
  if (cpu_features().avx) __asm__ volatile("vzeroupper");
  advance_streams<ShaNi>(chains, count, iterations);
}

}  // namespace regvault::crypto
