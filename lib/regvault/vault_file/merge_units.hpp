/// The lines of three versions, merged; a vault counts as one line, and as its text, whatever its ciphertext.
///
///     MergedText merged = merge_units(texts, secrets, Conflicts::marked, environment);
///
/// Of vaults with the same text, the ciphertext of the side that changed it is taken. Lines are merged as git does it
/// (line_merge.hpp, which also says what is thrown).
#pragma once

#include <regvault/secret/secret_bytes.hpp>
#include <regvault/system/environment.hpp>
#include <regvault/vault_file/known_secrets.hpp>
#include <regvault/vault_file/merge_sides.hpp>

namespace regvault::vault_file {

/// What becomes of lines in conflict: both sides between markers, as git writes them; or ours.
enum class Conflicts { marked, ours };

struct MergedText {
  SecretBytes text;
  bool lines_conflict = false;
};

MergedText merge_units(const MergeTexts& texts, KnownSecrets& secrets, Conflicts form, const Environment& environment);

}  // namespace regvault::vault_file
