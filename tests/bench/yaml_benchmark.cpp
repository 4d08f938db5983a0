// A large inventory: the parser's events, and a Document, which adds the checks before and the tree after.
#include <benchmark/benchmark.h>

#include <string>

#include <regvault/base/encoding.hpp>
#include <regvault/crypto/random.hpp>
#include <regvault/yaml/document.hpp>
#include <regvault/yaml/events.hpp>
#include <regvault/yaml/source.hpp>

namespace regvault::yaml {
namespace {

constexpr std::size_t kBig = 10'000'000;

/// Hosts with a few variables and a vault each. The payloads are only shaped like some.
std::string inventory(std::size_t size) {
  std::string text = "all:\n  hosts:\n";
  for (int host = 0; text.size() < size; ++host) {
    text += "    host" + std::to_string(host) + ":\n      ansible_port: 22\n      token: !vault |\n";
    text += "        $ANSIBLE_VAULT;1.1;AES256\n";
    for (int line = 0; line < 5; ++line) text += "        " + hex_encode(crypto::random_bytes(40)) + "\n";
  }
  return text;
}

void events(benchmark::State& state) {
  std::string text = inventory(kBig);
  for (auto _ : state) benchmark::DoNotOptimize(read_events(Source(text, "inventory.yml")));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(events)->Name("yaml events/10 MB")->Unit(benchmark::kMillisecond);

void document(benchmark::State& state) {
  std::string text = inventory(kBig);
  for (auto _ : state) benchmark::DoNotOptimize(Document::parse(text, "inventory.yml"));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(document)->Name("yaml document/10 MB")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace regvault::yaml
