/// Which back end derives how many chains, and the work of a batch.
///
///     Engine engine(chosen_back_ends(""));   // the best for this processor
///     engine.derive(batch);
///
/// A back end advances up to its width of chains for the price of a pass, so what is best depends on how many are at
/// hand: the engine plans that once, from what a pass of each costs. At its first use each back end proves itself with
/// a known answer; where it fails, the portable one takes its place, and warning() says so.
///
/// Thread-safe, but for the constructor. Internal to the room; tests make engines of their own.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/crypto/kdf_chain.hpp>
#include <regvault/crypto/key_derivation.hpp>

namespace regvault::crypto {

/// Of a pass with one chain, with two, with three or more. Only the proportions matter.
using Cost = std::array<unsigned, 3>;

struct BackEnd {
  std::string_view name;  ///< as REGVAULT_KDF spells it
  std::size_t width;
  Cost cost;
  Advance* advance;

  unsigned cost_of(std::size_t chains) const { return cost[std::min<std::size_t>(chains, 3) - 1]; }
};

/// Those this processor can run; the last is the portable one.
std::vector<BackEnd> back_ends();

/// For a value of REGVAULT_KDF; "" is all of back_ends(), or OpenSSL where FIPS mode asks for it. None means OpenSSL.
/// Throws Error(usage) for a name that is unknown or that this processor cannot run.
std::vector<BackEnd> chosen_back_ends(std::string_view name);

class Engine {
 public:
  /// None means OpenSSL.
  explicit Engine(std::vector<BackEnd> back_ends);

  void derive(std::span<const BlockRequest> batch) const;

  /// Those that some number of chains is given to, comma-separated, each having proved itself.
  std::string names() const;

  /// Empty: none.
  std::string warning() const;

 private:
  static constexpr std::size_t kChainsAtMost = 16;  ///< as many as the widest back end takes
  struct Pass {
    std::size_t back_end = 0, chains = 0;
  };
  enum class Verdict : char { unknown, right, wrong };
  struct Live;

  void make_plan();
  bool proved(std::size_t back_end) const;
  const BackEnd& proven(std::size_t back_end) const;
  void advance(std::array<Live*, kChainsAtMost>& live, std::size_t& count) const;

  std::vector<BackEnd> back_ends_;
  mutable std::vector<std::atomic<Verdict>> verdicts_;  // threads that find one unknown come to the same
  std::array<Pass, kChainsAtMost + 1> plan_ = {};       // for so many chains
};

}  // namespace regvault::crypto
