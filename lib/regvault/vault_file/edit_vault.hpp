/// A file that is one vault as a whole in the user's editor, as `regvault edit` wants it: changes that someone else
/// makes meanwhile are merged by lines (edit_loop.hpp). edit_file.hpp is the same without merging, and what is done
/// with a vault of more than 8 MiB: a merge has all versions in memory.
///
///     if (!edit_vault("group_vars/all/vault.yml", editor, keyring, warn)) …   // nothing was to be written
#pragma once

#include <string>

#include <regvault/base/error.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/system/editor.hpp>

namespace regvault::vault_file {

/// Sealed with the secret that opens the file, under its label. Throws what contents_of() throws, before the editor is
/// run; and what edit_until_written() throws, which see.
bool edit_vault(const std::string& path, EditorRequest request, keys::Keyring& keyring, const WarningSink& warn);

}  // namespace regvault::vault_file
