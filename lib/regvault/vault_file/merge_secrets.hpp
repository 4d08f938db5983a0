/// The secrets of three versions, merged key by key, before their lines are.
///
///     MergeTexts texts{MergeText(base, name), MergeText(ours, name), MergeText(theirs, name)};
///     std::vector<std::string> conflicts = merge_secrets(texts, name, secrets);    // all.vars.pat was changed on …
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <regvault/vault_file/known_secrets.hpp>
#include <regvault/vault_file/merge_sides.hpp>

namespace regvault::vault_file {

inline constexpr std::string_view kBothChanged = " was changed on both sides: ours stays";

/// Merges the secrets that both sides have at the same key, and puts them into all versions: what is left for the
/// merge of lines is what stands around them, so that changes side by side are no conflict. Where a version is no YAML,
/// nothing is done. Returns the conflicts, a line of text each.
std::vector<std::string> merge_secrets(MergeTexts& texts, const std::string& name, KnownSecrets& secrets);

}  // namespace regvault::vault_file
