#include <regvault/crypto/kdf_engine.hpp>

#include <algorithm>
#include <cstring>
#include <limits>

#include <regvault/base/error.hpp>
#include <regvault/crypto/cpu.hpp>
#include <regvault/crypto/kdf_openssl.hpp>
#include <regvault/secret/secret_bytes.hpp>

namespace regvault::crypto {
namespace {

/// A back end and whether this processor can run it.
struct Row {
  BackEnd back_end;
  bool supported;
};

Cost always(unsigned cost) {
  return {cost, cost, cost};
}

/// Costs: cycles a pass and iteration, that is two compressions a chain, measured on Sapphire Rapids and, where that
/// says something else, on Zen 4: AMD's SHA instructions overlap much better. (docs/performance.md)
std::vector<Row> table() {
#if defined(__x86_64__)
  const CpuFeatures& cpu = cpu_features();
  auto either = [&](Cost intel, Cost amd) { return cpu.amd ? amd : intel; };
  return {
      {{"avx512", kAvx512Width, either(always(1676), always(1360)), advance_avx512}, cpu.avx512},
      {{"avx512vl", kAvx512vlWidth, either(always(1184), always(762)), advance_avx512vl}, cpu.avx512},
      {{"sha-ni", kShaNiWidth, either({288, 500, 678}, {203, 221, 287}), advance_sha_ni}, cpu.sha_ni},
      {{"avx2", kAvx2Width, either(always(2368), always(1360)), advance_avx2}, cpu.avx2},
      {{"portable", kPortableWidth, always(850), advance_portable}, true},
  };
#elif defined(__aarch64__)
  return {
      {{"sha2", kSha2Width, {200, 250, 300}, advance_sha2}, cpu_features().sha2},
      {{"portable", kPortableWidth, always(850), advance_portable}, true},
  };
#else
  return {{{"portable", kPortableWidth, always(850), advance_portable}, true}};
#endif
}

std::string listed(std::span<const BackEnd> back_ends) {
  std::string names;
  for (const BackEnd& back_end : back_ends) names += std::string(back_end.name) + ", ";
  return names;
}

/// PBKDF2-HMAC-SHA-256("password", "salt", 2 iterations): RFC 6070's input, with the answer that is published for
/// SHA-256, e.g. in Python's test_hashlib.
constexpr unsigned char kKnownAnswer[kDerivedBlock] = {0xae, 0x4d, 0x0c, 0x95, 0xaf, 0x6b, 0x46, 0xd3, 0x2d, 0x0a, 0xdf,
                                                       0xf9, 0x28, 0xf0, 0x6d, 0xd0, 0x2a, 0x30, 0x3f, 0x8e, 0xf3, 0xc2,
                                                       0x51, 0xdf, 0xd6, 0xe2, 0xd8, 0x5a, 0x95, 0x47, 0x4c, 0x43};

/// In every lane, and with as few chains as may take another way through the code.
bool gives_known_answer(const BackEnd& back_end) {
  Chain start;
  start_chain(start, "password", "salt", 1);
  for (std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{3}, back_end.width}) {
    if (count > back_end.width) continue;
    std::vector<Chain> chains(count, start);
    std::vector<Chain*> pointers;
    for (Chain& chain : chains) pointers.push_back(&chain);
    back_end.advance(pointers.data(), count, 1);
    for (const Chain& chain : chains) {
      char answer[kDerivedBlock];
      store_big_endian(chain.sum, answer);
      if (std::memcmp(answer, kKnownAnswer, sizeof answer) != 0) return false;
    }
  }
  return true;
}

/// What compilers put on the stack between computations was below the caller's frame.
[[gnu::noinline]] void wipe_stack_below() {
  char area[8192];
  wipe(area, sizeof area);
}

}  // namespace

std::vector<BackEnd> back_ends() {
  std::vector<BackEnd> usable;
  for (const Row& row : table()) {
    if (row.supported) usable.push_back(row.back_end);
  }
  return usable;
}

std::vector<BackEnd> chosen_back_ends(std::string_view name) {
  if (name == "openssl" || (name.empty() && fips_mode())) return {};
  std::vector<BackEnd> usable = back_ends();
  if (name.empty()) return usable;
  for (const BackEnd& back_end : usable) {
    if (back_end.name == name) return {back_end};
  }
  std::vector<Row> rows = table();
  bool known = std::any_of(rows.begin(), rows.end(), [&](const Row& row) { return row.back_end.name == name; });
  throw Error(ErrorCode::usage,
              "REGVAULT_KDF is " + in_quotes(name) +
                  (known ? ", which this processor cannot run" : ", which is no way to derive keys"),
              "here it can be " + listed(usable) + "openssl, or not set at all");
}

Engine::Engine(std::vector<BackEnd> back_ends) : back_ends_(std::move(back_ends)), verdicts_(back_ends_.size()) {
  if (!back_ends_.empty()) make_plan();
}

/// The cheapest way through n chains: a pass of some back end, then the cheapest way through what is left.
void Engine::make_plan() {
  std::array<unsigned, kChainsAtMost + 1> cheapest = {};
  for (std::size_t n = 1; n <= kChainsAtMost; ++n) {
    cheapest[n] = std::numeric_limits<unsigned>::max();
    for (std::size_t i = 0; i < back_ends_.size(); ++i) {
      for (std::size_t taken = std::min(n, back_ends_[i].width); taken > 0; --taken) {
        unsigned cost = back_ends_[i].cost_of(taken) + cheapest[n - taken];
        if (cost >= cheapest[n]) continue;
        cheapest[n] = cost;
        plan_[n] = {i, taken};
      }
    }
  }
}

bool Engine::proved(std::size_t back_end) const {
  Verdict verdict = verdicts_[back_end].load(std::memory_order_relaxed);
  if (verdict == Verdict::unknown) {
    verdict = gives_known_answer(back_ends_[back_end]) ? Verdict::right : Verdict::wrong;
    verdicts_[back_end].store(verdict, std::memory_order_relaxed);
  }
  return verdict == Verdict::right;
}

const BackEnd& Engine::proven(std::size_t back_end) const {
  if (proved(back_end)) return back_ends_[back_end];
  static const BackEnd portable = {"portable", kPortableWidth, always(1), advance_portable};
  static const bool portable_is_right = gives_known_answer(portable);
  if (!portable_is_right) throw Error(ErrorCode::failed, "key derivation gives wrong results on this machine");
  return portable;
}

/// A chain on its way.
struct Engine::Live {
  Chain chain;
  const BlockRequest* request;
  std::uint32_t left;  ///< iterations

  void start(const BlockRequest& of) {
    start_chain(chain, of.password, of.salt, of.index);
    request = &of;
    left = of.iterations > 0 ? of.iterations - 1 : 0;
  }
};

/// Takes as many as planned as far as the first of them that is done goes. Those that are done leave `live`.
void Engine::advance(std::array<Live*, kChainsAtMost>& live, std::size_t& count) const {
  const BackEnd& back_end = proven(plan_[count].back_end);
  std::size_t taken = std::min(plan_[count].chains, back_end.width);
  Chain* chains[kChainsAtMost];
  std::uint32_t iterations = live[0]->left;
  for (std::size_t i = 0; i < taken; ++i) {
    chains[i] = &live[i]->chain;
    iterations = std::min(iterations, live[i]->left);
  }
  if (iterations > 0) back_end.advance(chains, taken, iterations);
  for (std::size_t i = taken; i-- > 0;) {
    live[i]->left -= iterations;
    if (live[i]->left > 0) continue;
    store_big_endian(live[i]->chain.sum, live[i]->request->out);
    std::swap(live[i], live[--count]);
  }
}

/// Lanes that become free are filled from the batch, so iteration counts may differ.
void Engine::derive(std::span<const BlockRequest> batch) const {
  if (back_ends_.empty()) return derive_with_openssl(batch);
  std::array<Live, kChainsAtMost> chains;
  std::array<Live*, kChainsAtMost> live;
  for (std::size_t i = 0; i < kChainsAtMost; ++i) live[i] = &chains[i];
  std::size_t count = 0;
  for (auto next = batch.begin(); count > 0 || next != batch.end();) {
    while (count < kChainsAtMost && next != batch.end()) live[count++]->start(*next++);
    advance(live, count);
  }
  wipe_stack_below();
}

std::string Engine::names() const {
  if (back_ends_.empty()) return "openssl";
  std::string names;
  for (std::size_t i = 0; i < back_ends_.size(); ++i) {
    bool used = std::any_of(plan_.begin() + 1, plan_.end(), [&](const Pass& pass) { return pass.back_end == i; });
    std::string_view name = used ? proven(i).name : "";
    if (names.find(name) == std::string::npos) names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return names;
}

std::string Engine::warning() const {
  for (std::size_t i = 0; i < back_ends_.size(); ++i) {
    if (verdicts_[i].load(std::memory_order_relaxed) != Verdict::wrong) continue;
    return "key derivation with " + std::string(back_ends_[i].name) +
           " gives wrong results on this machine and is not used: its processor or memory may be broken";
  }
  return {};
}

}  // namespace regvault::crypto
