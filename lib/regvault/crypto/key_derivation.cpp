#include <regvault/crypto/key_derivation.hpp>

#include <atomic>
#include <cstdlib>

#include <regvault/crypto/kdf_engine.hpp>

namespace regvault::crypto {
namespace {

std::atomic<std::uint64_t> derived_so_far{0};

std::atomic<const Engine*> in_use{nullptr};

/// Made at the first use; where that throws, the next use tries again.
const Engine& engine() {
  static const Engine engine = [] {
    const char* name = std::getenv("REGVAULT_KDF");
    return Engine(chosen_back_ends(name == nullptr ? "" : name));
  }();
  in_use.store(&engine, std::memory_order_release);
  return engine;
}

}  // namespace

void derive_blocks(std::span<const BlockRequest> batch) {
  if (batch.empty()) return;
  engine().derive(batch);
  derived_so_far.fetch_add(batch.size(), std::memory_order_relaxed);
}

std::uint64_t blocks_derived() noexcept {
  return derived_so_far.load(std::memory_order_relaxed);
}

std::string key_derivation_engine() {
  return engine().names();
}

std::string key_derivation_warning() {
  const Engine* used = in_use.load(std::memory_order_acquire);
  return used == nullptr ? std::string() : used->warning();
}

}  // namespace regvault::crypto
