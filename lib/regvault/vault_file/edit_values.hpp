/// The vaults inside of a YAML file in the user's editor: the file as plain_view.hpp shows it, with a line of help.
///
///     EditorRequest editor{.command = "vim", .environment = environment};
///     if (!edit_values("group_vars/all.yml", editor, keyring, {.confirm = ask}, warn)) …   // nothing was changed
///
/// A text that is no YAML any more comes back to the editor with the error on top; so does one where a vault has lost
/// its tag, unless `confirm` says that it is to stand in the clear. What happens when someone else changes the file
/// meanwhile, and to a text that is given up: edit_loop.hpp. There a secret is merged as a whole; one that both changed
/// to different texts is a conflict, and what did not change keeps the ciphertext that the file has now.
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

/// Throws what plain_view() throws, before the editor is run; and what edit_until_written() throws, which see.
bool edit_values(const std::string& path, EditorRequest request, keys::Keyring& keyring, const ValueEditing& options,
                 const WarningSink& warn);

}  // namespace regvault::vault_file
