// Sealing and opening: one token (key derivation, nearly all of it) and 10 MB (the rest), and the hexadecimal between.
#include <benchmark/benchmark.h>

#include <string>

#include <regvault/base/encoding.hpp>
#include <regvault/crypto/random.hpp>
#include <regvault/vault/double_hex.hpp>
#include <regvault/vault/payload.hpp>

namespace regvault::vault {
namespace {

constexpr std::int64_t kToken = 40, kBig = 10'000'000;
constexpr std::string_view kPassword = "a password";

std::string plaintext_for(const benchmark::State& state) {
  return crypto::random_bytes(static_cast<std::size_t>(state.range(0)));
}

void count_bytes(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void seal_payload(benchmark::State& state) {
  std::string plaintext = plaintext_for(state);
  for (auto _ : state) benchmark::DoNotOptimize(seal(plaintext, kPassword));
  count_bytes(state);
}
BENCHMARK(seal_payload)->Name("seal")->ArgName("bytes")->Arg(kToken)->Arg(kBig)->Unit(benchmark::kMillisecond);

void open_payload(benchmark::State& state) {
  std::string payload = seal(plaintext_for(state), kPassword);
  std::string_view passwords[] = {kPassword};
  for (auto _ : state) {
    if (!open(payload, passwords, "payload")) state.SkipWithError("the password does not open it");
  }
  count_bytes(state);
}
BENCHMARK(open_payload)->Name("open")->ArgName("bytes")->Arg(kToken)->Arg(kBig)->Unit(benchmark::kMillisecond);

void encode(benchmark::State& state) {
  std::string bytes = plaintext_for(state), text(2 * bytes.size(), '\0');
  for (auto _ : state) hex_encode(bytes, text.data());
  count_bytes(state);
}
BENCHMARK(encode)->Name("hex encode")->ArgName("bytes")->Arg(kBig)->Unit(benchmark::kMillisecond);

void decode(benchmark::State& state) {
  std::string bytes = plaintext_for(state), text = hex_encode(bytes);
  for (auto _ : state) benchmark::DoNotOptimize(hex_decode(text, bytes.data()));
  count_bytes(state);
}
BENCHMARK(decode)->Name("hex decode")->ArgName("bytes")->Arg(kBig)->Unit(benchmark::kMillisecond);

void encode_twice(benchmark::State& state) {
  std::string bytes = plaintext_for(state), text(4 * bytes.size(), '\0');
  for (auto _ : state) double_hex_encode(bytes, text.data());
  count_bytes(state);
}
BENCHMARK(encode_twice)->Name("double hex encode")->ArgName("bytes")->Arg(kBig)->Unit(benchmark::kMillisecond);

void decode_twice(benchmark::State& state) {
  std::string bytes = plaintext_for(state), text(4 * bytes.size(), '\0');
  double_hex_encode(bytes, text.data());
  for (auto _ : state) benchmark::DoNotOptimize(double_hex_decode(text, bytes.data()));
  count_bytes(state);
}
BENCHMARK(decode_twice)->Name("double hex decode")->ArgName("bytes")->Arg(kBig)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace regvault::vault
