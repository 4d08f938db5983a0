/// A whole-file vault in the user's editor.
///
///     Keyring keyring = …;
///     EditorRequest editor{.command = "vim", .environment = environment};
///     if (!edit_file("vars.yml", editor, keyring, warn)) …    // nothing was changed, and nothing written
///
/// The text is in the editor's memory and ours only (editor.hpp); the file is not locked meanwhile. What was typed is
/// never lost: where it cannot be written to the file (someone else changed it, the disk is full), it is kept beside
/// it (where that fails, in /tmp or /dev/shm), encrypted, and the error says where.
#pragma once

#include <string>

#include <regvault/base/error.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/system/editor.hpp>

namespace regvault::vault_file {

/// Opens the vault, and seals what the editor left with the same secret, under the same label; mode and owner stay.
/// False: the text is as it was, and the file was not touched. Warns of an editor that was back at once.
///
/// `request.file_name` is set here. Throws what open_file(), edit_text() and save() throw.
bool edit_file(const std::string& path, EditorRequest request, keys::Keyring& keyring, const WarningSink& warn);

/// Begins with nothing and makes the file, 0600. Throws Error(file_access, "EEXIST") when there is one, before the
/// editor is run; Error(declined, "no-text") when the text is left empty and `may_be_empty` does not allow it.
void create_file(const std::string& path, EditorRequest request, bool may_be_empty, const keys::Key& key,
                 const vault::Sealing& sealing, const WarningSink& warn);

}  // namespace regvault::vault_file
