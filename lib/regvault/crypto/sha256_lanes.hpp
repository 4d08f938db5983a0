/// SHA-256's compression function (FIPS 180-4 §6.2.2) over a lane type, and PBKDF2's chain on top of it.
///
/// A lane type says what a word is (one std::uint32_t, or a vector of them: one for each of several independent
/// chains) and how five functions of it are computed; everything else is written once, here.
///
///     struct Avx2 : PlainLane<std::uint32_t __attribute__((vector_size(32)))> {};
///     void advance_avx2(Chain* const* chains, std::size_t count, std::uint32_t iterations) {
///       advance_lanes<Avx2>(chains, count, iterations);
///     }
///
/// What makes it fast: compress() is one function called twice an iteration, not inlined (two copies of it do not fit
/// into the processor's cache of decoded instructions); what is constant in a block of digest and padding is added up
/// by the compiler; the first round, but for its message word, is computed once a chain. No branch and no address
/// depends on a word's value.
///
/// Each including file is compiled for other processors, so each must have its own copy of all this: hence the unnamed
/// namespace. (Were an inline function shared, the linker might keep the copy with AVX-512 in it for everyone.)
///
/// Internal to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include <regvault/crypto/kdf_chain.hpp>
#include <regvault/crypto/sha256_constants.hpp>
#include <regvault/secret/secret_bytes.hpp>

namespace regvault::crypto {
namespace {  // NOLINT(google-build-namespaces): see above

#define REGVAULT_INLINE [[gnu::always_inline]] static inline

template <class AnyWord>
struct PlainLane {
  using Word = AnyWord;
  static constexpr std::size_t kWidth = sizeof(Word) / sizeof(std::uint32_t);

  template <int count>
  REGVAULT_INLINE Word rotate_right(Word x) {
    return (x >> count) | (x << (32 - count));
  }
  REGVAULT_INLINE Word xor3(Word x, Word y, Word z) { return x ^ y ^ z; }
  REGVAULT_INLINE Word choose(Word x, Word y, Word z) { return ((y ^ z) & x) ^ z; }
  /// `xy` and `yz` are x ^ y and y ^ z: each round's x ^ y is the next round's y ^ z.
  REGVAULT_INLINE Word majority([[maybe_unused]] Word x, Word y, [[maybe_unused]] Word z, Word xy, Word yz) {
    return (xy & yz) ^ y;
  }
};

/// Is message word t the same in every block? (Words 8 to 15, where the block is a digest and its padding.)
constexpr bool is_fixed(bool after_digest, int t) {
  return after_digest && t >= 8 && t < 16;
}

constexpr std::uint32_t rotated(std::uint32_t x, int count) {
  return x >> count | x << (32 - count);
}

/// What the fixed words add to message word t.
constexpr std::uint32_t fixed_part(bool after_digest, int t) {
  std::uint32_t sum = 0;
  if (is_fixed(after_digest, t - 16)) sum += kAfterDigest[t - 24];
  if (is_fixed(after_digest, t - 15)) {
    std::uint32_t x = kAfterDigest[t - 23];
    sum += rotated(x, 7) ^ rotated(x, 18) ^ x >> 3;
  }
  if (is_fixed(after_digest, t - 7)) sum += kAfterDigest[t - 15];
  if (is_fixed(after_digest, t - 2)) {
    std::uint32_t x = kAfterDigest[t - 10];
    sum += rotated(x, 17) ^ rotated(x, 19) ^ x >> 10;
  }
  return sum;
}

/// What is added in each round, to a message word and by the fixed words.
struct RoundConstants {
  std::uint32_t round[64];  ///< with the message word, where that is fixed
  std::uint32_t word[64];
};
constexpr RoundConstants round_constants(bool after_digest) {
  RoundConstants constants = {};
  for (int t = 0; t < 64; ++t) {
    constants.round[t] = kSha256Rounds[t] + (is_fixed(after_digest, t) ? kAfterDigest[t - 8] : 0);
    constants.word[t] = fixed_part(after_digest, t);
  }
  return constants;
}

/// `after_digest`: only words 0 to 7 of the message are given, kAfterDigest follows.
template <class Lane, bool after_digest>
class Compression {
 public:
  using Word = typename Lane::Word;

  /// The state a compression starts from, with the part of its first round that does not depend on the message.
  struct Start {
    Word state[8];
    Word first_a, first_e;
  };

  REGVAULT_INLINE void prepare(Start& start) {
    const Word(&s)[8] = start.state;
    Word t1 = s[7] + big_sigma1(s[4]) + Lane::choose(s[4], s[5], s[6]) + kSha256Rounds[0];
    Word t2 = big_sigma0(s[0]) + Lane::majority(s[0], s[1], s[2], s[0] ^ s[1], s[1] ^ s[2]);
    start.first_a = t1 + t2;
    start.first_e = s[3] + t1;
  }

  /// Replaces the first 8 words of `message` by the new state.
  [[gnu::noinline]] static void compress(const Start& start, Word* message) {
    Work work;
    work.constants = &kConstants;
    // Known constants are built for each use, or spread out in memory; those of unknown value are read and spread over
    // a vector's lanes by the addition itself.
    if constexpr (Lane::kWidth > 1) __asm__("" : "+r"(work.constants));
    for (int k = 0; k < 8; ++k) work.state[k] = start.state[k];
    for (int t = 0; t < (after_digest ? 8 : 16); ++t) work.w[t] = message[t];
    first_round(work, start);
    rounds_from_1(work, std::make_integer_sequence<int, 63>());
    for (int k = 0; k < 8; ++k) message[k] = work.state[k] + start.state[k];
  }

 private:
  struct Work {
    Word state[8];  ///< in round t, a is state[-t mod 8], b the next one, and so on: nothing is moved
    Word w[16];     ///< message word t is w[t mod 16]
    Word bc;        ///< b ^ c
    const RoundConstants* constants;
  };
  static constexpr RoundConstants kConstants = round_constants(after_digest);

  REGVAULT_INLINE Word big_sigma0(Word x) {
    return Lane::xor3(Lane::template rotate_right<2>(x), Lane::template rotate_right<13>(x),
                      Lane::template rotate_right<22>(x));
  }
  REGVAULT_INLINE Word big_sigma1(Word x) {
    return Lane::xor3(Lane::template rotate_right<6>(x), Lane::template rotate_right<11>(x),
                      Lane::template rotate_right<25>(x));
  }
  REGVAULT_INLINE Word small_sigma0(Word x) {
    return Lane::xor3(Lane::template rotate_right<7>(x), Lane::template rotate_right<18>(x), x >> 3);
  }
  REGVAULT_INLINE Word small_sigma1(Word x) {
    return Lane::xor3(Lane::template rotate_right<17>(x), Lane::template rotate_right<19>(x), x >> 10);
  }

  template <int... before>
  REGVAULT_INLINE void rounds_from_1(Work& work, std::integer_sequence<int, before...>) {
    (round<before + 1>(work), ...);
  }

  REGVAULT_INLINE void first_round(Work& work, const Start& start) {
    work.bc = start.state[0] ^ start.state[1];
    work.state[7] = start.first_a + work.w[0];
    work.state[3] = start.first_e + work.w[0];
  }

  template <int t>
  REGVAULT_INLINE void round(Work& work) {
    Word* s = work.state;
    const Word a = s[(64 - t) % 8], b = s[(65 - t) % 8], c = s[(66 - t) % 8];
    const Word e = s[(68 - t) % 8], f = s[(69 - t) % 8], g = s[(70 - t) % 8];
    Word& d = s[(67 - t) % 8];
    Word& h = s[(71 - t) % 8];
    if constexpr (t >= 16) extend<t>(work);
    Word t1 = h + work.constants->round[t];
    if constexpr (!is_fixed(after_digest, t)) t1 = t1 + work.w[t % 16];
    t1 = t1 + Lane::choose(e, f, g) + big_sigma1(e);
    Word ab = a ^ b;
    d = d + t1;
    h = t1 + Lane::majority(a, b, c, ab, work.bc) + big_sigma0(a);
    work.bc = ab;
  }

  /// Message word t, in the place of word t - 16.
  template <int t>
  REGVAULT_INLINE void extend(Work& work) {
    Word* w = work.w;
    Word sum = w[t % 16];
    if constexpr (is_fixed(after_digest, t - 16)) {
      sum = small_sigma1(w[(t - 2) % 16]);  // t is at least 24 here: not fixed
    } else if constexpr (!is_fixed(after_digest, t - 2)) {
      sum = sum + small_sigma1(w[(t - 2) % 16]);
    }
    if constexpr (!is_fixed(after_digest, t - 7)) sum = sum + w[(t - 7) % 16];
    if constexpr (!is_fixed(after_digest, t - 15)) sum = sum + small_sigma0(w[(t - 15) % 16]);
    if constexpr (fixed_part(after_digest, t) != 0) sum = sum + work.constants->word[t];
    w[t % 16] = sum;
  }
};

/// A vector's elements, one chain each. (A scalar has one.)
template <class Word>
REGVAULT_INLINE void set_lane(Word& word, std::size_t lane, std::uint32_t value) {
  __builtin_memcpy(reinterpret_cast<char*>(&word) + lane * sizeof value, &value, sizeof value);
}
template <class Word>
REGVAULT_INLINE std::uint32_t get_lane(const Word& word, std::size_t lane) {
  std::uint32_t value;
  __builtin_memcpy(&value, reinterpret_cast<const char*>(&word) + lane * sizeof value, sizeof value);
  return value;
}

template <class Lane>
[[gnu::always_inline]] inline void advance_lanes(Chain* const* chains, std::size_t count, std::uint32_t iterations) {
  using Body = Compression<Lane, true>;
  struct Lanes {
    typename Body::Start inner, outer;
    typename Lane::Word last[8], sum[8];
  } lanes = {};  // lanes without a chain compute something, too
  for (std::size_t lane = 0; lane < count; ++lane) {
    for (int k = 0; k < 8; ++k) {
      set_lane(lanes.inner.state[k], lane, chains[lane]->inner[k]);
      set_lane(lanes.outer.state[k], lane, chains[lane]->outer[k]);
      set_lane(lanes.last[k], lane, chains[lane]->last[k]);
      set_lane(lanes.sum[k], lane, chains[lane]->sum[k]);
    }
  }
  Body::prepare(lanes.inner);
  Body::prepare(lanes.outer);
  for (std::uint32_t i = 0; i < iterations; ++i) {
    Body::compress(lanes.inner, lanes.last);
    Body::compress(lanes.outer, lanes.last);
    for (int k = 0; k < 8; ++k) lanes.sum[k] ^= lanes.last[k];
  }
  for (std::size_t lane = 0; lane < count; ++lane) {
    for (int k = 0; k < 8; ++k) {
      chains[lane]->last[k] = get_lane(lanes.last[k], lane);
      chains[lane]->sum[k] = get_lane(lanes.sum[k], lane);
    }
  }
  wipe(&lanes, sizeof lanes);
}

}  // namespace
}  // namespace regvault::crypto
