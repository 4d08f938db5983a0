// Key derivation, for each back end this processor can run, beside OpenSSL's PKCS5_PBKDF2_HMAC in the same process.
//
//     benchmarks --benchmark_filter=derive
//
// "blocks:" is the size of the batch. A secret is three blocks, a block 20,000 compressions of SHA-256. Cycles are
// processor time at the frequency that the core has just then, which is seldom the nominal one.
#include <benchmark/benchmark.h>

#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include <regvault/crypto/cipher.hpp>
#include <regvault/crypto/kdf_engine.hpp>
#include <regvault/crypto/random.hpp>

namespace regvault::crypto {
namespace {

constexpr std::uint32_t kIterations = 10'000;
constexpr double kCompressionsABlock = 2.0 * kIterations;
constexpr double kBlocksASecret = 3;

/// Whole secrets, three blocks each, the last perhaps in part; every secret has a salt of its own.
struct Batch {
  std::vector<std::string> salts;
  std::string keys;
  std::vector<BlockRequest> requests;

  explicit Batch(std::size_t blocks) : keys(blocks * kDerivedBlock, '\0') {
    for (std::size_t i = 0; i < blocks; i += 3) salts.push_back(random_bytes(32));
    for (std::size_t i = 0; i < blocks; ++i) {
      auto index = static_cast<std::uint32_t>(i % 3 + 1);
      requests.push_back({"a password", salts[i / 3], kIterations, index, keys.data() + i * kDerivedBlock});
    }
  }
};

/// By a chain of additions, each of which needs the last one's sum: one a cycle.
double cycles_per_second() {
  constexpr int kRounds = 2'000'000, kAdditions = 10;
  std::uint64_t sum = 0, summand = 3;
  std::clock_t begin = std::clock();
  for (int i = 0; i < kRounds; ++i) {
#if defined(__x86_64__)
    asm volatile(".rept 10\n add %1, %0\n .endr" : "+r"(sum) : "r"(summand));
#elif defined(__aarch64__)
    asm volatile(".rept 10\n add %0, %0, %1\n .endr" : "+r"(sum) : "r"(summand));
#else
    return benchmark::CPUInfo::Get().cycles_per_second;
#endif
  }
  return kRounds * kAdditions / (static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
}

void derive(benchmark::State& state, const std::vector<BackEnd>& back_ends) {
  auto blocks = static_cast<std::size_t>(state.range(0));
  Engine engine(back_ends);
  Batch batch(blocks);
  engine.derive(std::span(batch.requests).first(1));  // its proof is not what is measured
  std::clock_t begin = std::clock();
  for (auto _ : state) engine.derive(batch.requests);
  double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  double derived = static_cast<double>(blocks) * static_cast<double>(state.iterations());
  double cycles = seconds * cycles_per_second();
  state.counters["us/secret"] = 1e6 * seconds / (derived / kBlocksASecret);
  state.counters["cycles/compression"] = cycles / (derived * kCompressionsABlock);
}

void register_derivation(const std::string& name, const std::vector<BackEnd>& back_ends) {
  benchmark::RegisterBenchmark(("derive/" + name).c_str(), derive, back_ends)
      ->ArgName("blocks")
      ->Arg(1)
      ->Arg(2)
      ->Arg(3)
      ->Arg(6)
      ->Arg(16)
      ->Arg(96)
      ->Unit(benchmark::kMillisecond);
}

[[maybe_unused]] const bool registered = [] {
  register_derivation("openssl", {});
  for (const BackEnd& back_end : back_ends()) register_derivation(std::string(back_end.name), {back_end});
  register_derivation("chosen", back_ends());
  return true;
}();

// What is not key derivation in one short secret.
void cipher_and_hmac(benchmark::State& state) {
  std::string key = random_bytes(32), text = random_bytes(48);
  for (auto _ : state) {
    Aes256Ctr(key, std::string_view(key).substr(16)).apply(text, text.data());
    HmacSha256 mac(key);
    mac.update(text);
    benchmark::DoNotOptimize(mac.finish());
  }
}
BENCHMARK(cipher_and_hmac)->Name("cipher and hmac/48 bytes");

}  // namespace
}  // namespace regvault::crypto
