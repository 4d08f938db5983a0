/// Three versions of a text with vaults in it, merged: the secrets key by key (merge_secrets.hpp), the lines around
/// them (merge_units.hpp), and a look at the result.
///
///     TextMerge merge = merge_text({base, ours, theirs}, name, keyring, Conflicts::marked, environment);
#pragma once

#include <string>
#include <vector>

#include <regvault/vault_file/merge.hpp>
#include <regvault/vault_file/merge_units.hpp>

namespace regvault::vault_file {

struct TextMerge {
  SecretBytes text;
  bool lines_conflict = false;
  std::vector<std::string> conflicts = {};  ///< other ones, a line of text each
};

/// With Conflicts::ours a text that became broken by the merge is ours; else a conflict is all that comes of it.
TextMerge merge_text(const Versions& versions, const std::string& name, keys::Keyring& keyring, Conflicts form,
                     const Environment& environment);

}  // namespace regvault::vault_file
