/// Three versions of a file with vaults in it, merged.
///
///     Merge merge = merge_versions({base, ours, theirs}, "group_vars/all.yml", keyring, environment);
///     if (merge.conflicts.empty()) …                    // else: one line of text each, no values
///
/// A vault counts as its text, not as its ciphertext: sealed anew it has not changed, and when only one side changed
/// its password, that side's ciphertext is taken. What no key opens counts as its ciphertext. A secret that both sides
/// changed stays ours, and is a conflict. Other lines are merged as git does, with its markers where they conflict;
/// a vault is never torn: markers stand around it.
///
/// A file that is one vault as a whole is merged by its text and sealed again; where its lines conflict, ours stay, for
/// nobody could see markers in there.
///
/// `git merge-file` does the work, on files that hold a number for each line: no line of the text is written anywhere.
///
/// Throws Error(program_failed) where git is missing or fails, Error(file_access) without a place for those files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <regvault/keys/keyring.hpp>
#include <regvault/system/environment.hpp>

namespace regvault::vault_file {

struct Versions {
  std::string_view base, ours, theirs;
};

struct Merge {
  std::string bytes;                   ///< of the merged file
  std::vector<std::string> conflicts;  ///< "all.vars.pat was changed on both sides: ours stays"
};

Merge merge_versions(const Versions& versions, const std::string& name, keys::Keyring& keyring,
                     const Environment& environment);

}  // namespace regvault::vault_file
