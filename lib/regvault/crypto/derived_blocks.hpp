/// Blocks that were derived a moment ago: whoever opens many payloads comes across the same password and salt again,
/// because values are copied from file to file, and because a salt can be configured.
///
///     DerivedBlocks blocks;
///     blocks.derive(batch, {});          // asked for twice, here or in an earlier batch: derived once
///
/// Keeps some two thousand blocks, in memory that is locked and wiped, and the passwords. Thread-safe: two threads that
/// ask for the same block at the same time may both derive it.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include <regvault/crypto/key_derivation.hpp>
#include <regvault/secret/secret_bytes.hpp>

namespace regvault::crypto {

class DerivedBlocks {
 public:
  /// All of `batch`, and `fresh`, whose salts nobody had before, in one go.
  void derive(std::span<const BlockRequest> batch, std::span<const BlockRequest> fresh);

 private:
  /// Password (its place in passwords_), salt, iterations, index.
  using Name = std::tuple<std::size_t, std::string, std::uint32_t, std::uint32_t>;

  Name name_of(const BlockRequest& request);
  void keep(const Name& name, const char* block);

  std::mutex mutex_;
  std::vector<SecretBytes> passwords_;
  std::map<Name, std::size_t> places_;  // in blocks_
  SecretBytes blocks_;
};

}  // namespace regvault::crypto
