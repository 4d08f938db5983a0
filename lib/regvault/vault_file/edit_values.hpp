/// The vaults inside of a YAML file in the user's editor: the file as plain_view.hpp shows it, with a line of help.
///
///     EditorRequest editor{.command = "vim", .environment = environment};
///     if (!edit_values("group_vars/all.yml", editor, keyring, {.confirm = ask}, warn)) …   // nothing was changed
///
/// A text that is no YAML any more comes back to the editor with the error on top; so does one where a vault has lost
/// its tag, unless `confirm` says that it is to stand in the clear. As with edit_file.hpp nothing that was typed is
/// lost: a text that is given up broken, or that cannot be written, is kept beside the file, encrypted.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <regvault/base/error.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/system/editor.hpp>

namespace regvault::vault_file {

struct ValueEditing {
  std::optional<std::string> encrypt_vault_id = {};  ///< for new values; none: Keyring's choice

  /// Asked before a value that was encrypted is written in the clear; no function: no.
  std::function<bool(const std::string& question)> confirm = {};
};

/// False: the file was not touched. `request.file_name` is set here. Mode and owner stay.
///
/// Throws what plain_view() throws, before the editor is run; what edit_text() throws; Error(file_access, "changed")
/// when someone else changed the file meanwhile; and the last error of a text that was given up.
bool edit_values(const std::string& path, EditorRequest request, keys::Keyring& keyring, const ValueEditing& options,
                 const WarningSink& warn);

}  // namespace regvault::vault_file
