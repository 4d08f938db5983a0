/// The three versions of a text that are merged, and where the vaults stand in each.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include <regvault/secret/secret_bytes.hpp>
#include <regvault/vault_file/vault_spans.hpp>

namespace regvault::vault_file {

/// Which version: an index.
struct Side {
  enum : std::size_t { base, ours, theirs, count };
};

inline constexpr std::array<std::size_t, Side::count> kSides{Side::base, Side::ours, Side::theirs};

/// One version. SecretBytes: it may be what a vault holds.
struct MergeText {
  SecretBytes bytes;
  VaultSpans vaults;

  MergeText(std::string_view text, const std::string& name);

  /// The vault at the same key of the same document; nullptr: there is none.
  const VaultSpan* at_key_of(const VaultSpan& wanted) const;

 private:
  std::map<std::pair<std::size_t, std::string>, std::size_t> places_;  // by document and key: the first span
};

using MergeTexts = std::array<MergeText, Side::count>;

}  // namespace regvault::vault_file
