/// PBKDF2's chain on processors with SHA-256 instructions, over what they are called on each.
///
/// One such instruction does two or four rounds of one chain, and the next must wait for it: so up to three chains are
/// interleaved. An instruction set says how (kdf_sha_ni.cpp, kdf_sha2_aarch64.cpp):
///
///     struct Instructions {
///       using Quad = …;                      // four words, the first in the lowest lane
///       struct State { Quad …; };            // eight words, in the order the instructions want
///       static Quad load(const std::uint32_t*);
///       static void store(std::uint32_t*, Quad);
///       static State state_of(Quad abcd, Quad efgh);
///       static void words_of(State, Quad& abcd, Quad& efgh);
///       static State sum(State, State);
///       static Quad add(Quad, Quad), exclusive_or(Quad, Quad);
///       static void first_rounds(State&, Quad constants_and_words);  // four rounds, in two steps: the streams take
///       static void last_rounds(State&, Quad constants_and_words);   // turns between them
///       static Quad next_words(Quad w0, Quad w4, Quad w8, Quad w12);  // FIPS 180-4 §6.2.2 step 1: w16
///     };
///
/// In an unnamed namespace for sha256_lanes.hpp's reason. Internal to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include <regvault/crypto/kdf_chain.hpp>
#include <regvault/crypto/sha256_constants.hpp>
#include <regvault/secret/secret_bytes.hpp>

namespace regvault::crypto {
namespace {  // NOLINT(google-build-namespaces)

#define REGVAULT_INLINE [[gnu::always_inline]] static inline
#define REGVAULT_INLINE_LAMBDA __attribute__((always_inline))

/// What rounds 8 to 15 add: their words are fixed.
struct ConstantsAfterDigest {
  std::uint32_t words[8];
};
constexpr ConstantsAfterDigest constants_after_digest() {
  ConstantsAfterDigest sums = {};
  for (int t = 0; t < 8; ++t) sums.words[t] = kSha256Rounds[8 + t] + kAfterDigest[t];
  return sums;
}
constexpr ConstantsAfterDigest kConstantsAfterDigest = constants_after_digest();

template <class Isa, std::size_t kStreams>
class Streams {
 public:
  using Quad = typename Isa::Quad;
  using State = typename Isa::State;

  static void advance(Chain* const* chains, std::uint32_t iterations) {
    Streams streams;
    for (std::size_t n = 0; n < kStreams; ++n) streams.load(n, *chains[n]);
    for (std::uint32_t i = 0; i < iterations; ++i) {
      compress(streams.inner_, streams.last_);
      compress(streams.outer_, streams.last_);
      for (std::size_t n = 0; n < kStreams; ++n) {
        for (int q = 0; q < 2; ++q) streams.sum_[n][q] = Isa::exclusive_or(streams.sum_[n][q], streams.last_[n][q]);
      }
    }
    for (std::size_t n = 0; n < kStreams; ++n) streams.store(n, *chains[n]);
    wipe(&streams, sizeof streams);
  }

 private:
  void load(std::size_t n, const Chain& chain) {
    inner_[n] = Isa::state_of(Isa::load(chain.inner), Isa::load(chain.inner + 4));
    outer_[n] = Isa::state_of(Isa::load(chain.outer), Isa::load(chain.outer + 4));
    for (int q = 0; q < 2; ++q) {
      last_[n][q] = Isa::load(chain.last + 4 * q);
      sum_[n][q] = Isa::load(chain.sum + 4 * q);
    }
  }

  void store(std::size_t n, Chain& chain) const {
    for (int q = 0; q < 2; ++q) {
      Isa::store(chain.last + 4 * q, last_[n][q]);
      Isa::store(chain.sum + 4 * q, sum_[n][q]);
    }
  }

  struct Work {
    State state[kStreams];
    Quad w[kStreams][4];
  };

  /// Replaces each digest in `message` by the state after it and its padding. Not inlined, as in sha256_lanes.hpp.
  [[gnu::noinline]] static void compress(const State (&start)[kStreams], Quad (&message)[kStreams][2]) {
    Work work;
    each_stream([&](std::size_t n) REGVAULT_INLINE_LAMBDA {
      work.state[n] = start[n];
      work.w[n][0] = message[n][0];
      work.w[n][1] = message[n][1];
      work.w[n][2] = Isa::load(kAfterDigest);
      work.w[n][3] = Isa::load(kAfterDigest + 4);
    });
    all_rounds(work, std::make_index_sequence<16>());
    each_stream([&](std::size_t n) REGVAULT_INLINE_LAMBDA {
      Isa::words_of(Isa::sum(work.state[n], start[n]), message[n][0], message[n][1]);
    });
  }

  template <std::size_t... quads>
  REGVAULT_INLINE void all_rounds(Work& work, std::index_sequence<quads...>) {
    (rounds<quads>(work), ...);
  }

  /// Four rounds, interleaved finely: the processor looks ahead only so far.
  template <std::size_t quad>
  REGVAULT_INLINE void rounds(Work& work) {
    Quad wk[kStreams];
    each_stream([&](std::size_t n) REGVAULT_INLINE_LAMBDA {
      if constexpr (quad == 2 || quad == 3) {
        wk[n] = Isa::load(kConstantsAfterDigest.words + 4 * (quad - 2));
      } else {
        wk[n] = Isa::add(work.w[n][quad % 4], Isa::load(kSha256Rounds + 4 * quad));
      }
    });
    each_stream([&](std::size_t n) REGVAULT_INLINE_LAMBDA { Isa::first_rounds(work.state[n], wk[n]); });
    each_stream([&](std::size_t n) REGVAULT_INLINE_LAMBDA { Isa::last_rounds(work.state[n], wk[n]); });
    if constexpr (quad < 12) {
      each_stream([&](std::size_t n) REGVAULT_INLINE_LAMBDA {
        Quad(&w)[4] = work.w[n];
        w[quad % 4] = Isa::next_words(w[quad % 4], w[(quad + 1) % 4], w[(quad + 2) % 4], w[(quad + 3) % 4]);
      });
    }
  }

  /// A loop that is unrolled whatever the compiler thinks of it: with an index, all would be kept in memory.
  template <class Body>
  REGVAULT_INLINE void each_stream(Body body) {
    [&]<std::size_t... n>(std::index_sequence<n...>) REGVAULT_INLINE_LAMBDA {
      (body(n), ...);
    }
    (std::make_index_sequence<kStreams>());
  }

  State inner_[kStreams], outer_[kStreams];
  Quad last_[kStreams][2], sum_[kStreams][2];
};

template <class Isa>
void advance_streams(Chain* const* chains, std::size_t count, std::uint32_t iterations) {
  if (count == 1) Streams<Isa, 1>::advance(chains, iterations);
  if (count == 2) Streams<Isa, 2>::advance(chains, iterations);
  if (count == 3) Streams<Isa, 3>::advance(chains, iterations);
}

}  // namespace
}  // namespace regvault::crypto
