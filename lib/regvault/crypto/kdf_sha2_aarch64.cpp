// Compiled for ARMv8's SHA-256 instructions (back_ends.cmake): not to be called before cpu_features() was asked.
#include <arm_neon.h>

#include <regvault/crypto/sha256_streams.hpp>

namespace regvault::crypto {
namespace {

/// Arm C Language Extensions, "SHA2"; the instructions: Arm Architecture Reference Manual, SHA256H and following.
struct Sha2 {
  using Quad = uint32x4_t;

  struct State {
    Quad abcd, efgh;
  };

  REGVAULT_INLINE Quad load(const std::uint32_t* words) { return vld1q_u32(words); }
  REGVAULT_INLINE void store(std::uint32_t* words, Quad quad) { vst1q_u32(words, quad); }
  REGVAULT_INLINE Quad add(Quad x, Quad y) { return vaddq_u32(x, y); }
  REGVAULT_INLINE Quad exclusive_or(Quad x, Quad y) { return veorq_u32(x, y); }
  REGVAULT_INLINE State sum(State x, State y) { return {add(x.abcd, y.abcd), add(x.efgh, y.efgh)}; }

  REGVAULT_INLINE State state_of(Quad abcd, Quad efgh) { return {abcd, efgh}; }
  REGVAULT_INLINE void words_of(State state, Quad& abcd, Quad& efgh) {
    abcd = state.abcd;
    efgh = state.efgh;
  }

  REGVAULT_INLINE void first_rounds(State& state, Quad constants_and_words) {
    Quad abcd = state.abcd;
    state.abcd = vsha256hq_u32(abcd, state.efgh, constants_and_words);
    state.efgh = vsha256h2q_u32(state.efgh, abcd, constants_and_words);
  }
  REGVAULT_INLINE void last_rounds(State&, Quad) {}

  REGVAULT_INLINE Quad next_words(Quad w0, Quad w4, Quad w8, Quad w12) {
    return vsha256su1q_u32(vsha256su0q_u32(w0, w4), w8, w12);
  }
};

}  // namespace

void advance_sha2(Chain* const* chains, std::size_t count, std::uint32_t iterations) {
  advance_streams<Sha2>(chains, count, iterations);
}

}  // namespace regvault::crypto
