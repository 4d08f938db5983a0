// A large inventory: the search for vaults in it, the parser's events, a Document, which adds the checks before and the
// tree after, and a SecretFile, which adds the secrets.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include <regvault/vault_file/secrets.hpp>
#include <regvault/yaml/document.hpp>
#include <regvault/yaml/events.hpp>
#include <regvault/yaml/source.hpp>

#include "large_inventory.hpp"

namespace regvault {
namespace {

void count_bytes(benchmark::State& state, const std::string& text) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

/// The search to the end of the file: there is none.
void may_hold_secrets(benchmark::State& state) {
  std::string text = large_inventory(false);
  if (vault_file::may_hold_secrets(text)) state.SkipWithError("a vault where none should be");
  for (auto _ : state) benchmark::DoNotOptimize(vault_file::may_hold_secrets(text));
  count_bytes(state, text);
}
BENCHMARK(may_hold_secrets)->Name("may hold secrets/10 MB, none there")->Unit(benchmark::kMillisecond);

/// The search that SecretFile counts payloads with.
void payload_offsets(benchmark::State& state) {
  constexpr std::string_view kMark = "$ANSIBLE_VAULT;";
  const std::string text = large_inventory();
  for (auto _ : state) {
    std::vector<std::size_t> offsets;
    for (std::size_t at = text.find(kMark); at != text.npos; at = text.find(kMark, at + 1)) offsets.push_back(at);
    benchmark::DoNotOptimize(offsets);
  }
  count_bytes(state, text);
}
BENCHMARK(payload_offsets)->Name("payload offsets/10 MB")->Unit(benchmark::kMillisecond);

void events(benchmark::State& state) {
  std::string text = large_inventory();
  for (auto _ : state) benchmark::DoNotOptimize(yaml::read_events(yaml::Source(text, "inventory.yml")));
  count_bytes(state, text);
}
BENCHMARK(events)->Name("yaml events/10 MB")->Unit(benchmark::kMillisecond);

void document(benchmark::State& state) {
  std::string text = large_inventory();
  for (auto _ : state) benchmark::DoNotOptimize(yaml::Document::parse(text, "inventory.yml"));
  count_bytes(state, text);
}
BENCHMARK(document)->Name("yaml document/10 MB")->Unit(benchmark::kMillisecond);

void secret_file(benchmark::State& state) {
  std::string text = large_inventory();
  for (auto _ : state) benchmark::DoNotOptimize(vault_file::SecretFile::parse(text, "inventory.yml"));
  count_bytes(state, text);
}
BENCHMARK(secret_file)->Name("secret file/10 MB")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace regvault
