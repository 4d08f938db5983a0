/// A file in the user's editor, again and again, until what the user wants is written, or given up.
///
///     class Vars : public Editable { … };                     // how its bytes become a text, and back
///     Vars vars(read_secret_file(path), …);
///     if (!edit_until_written(path, std::move(bytes), request, keyring, vars, warn)) …    // nothing was to be written
///
/// A text that cannot be written comes back to the editor with the error on top, as lines that are taken away again.
///
/// The file is not locked meanwhile. When someone else has changed it, the user's changes are merged into the file as
/// it is now (editor_merge.hpp), and this is warned of; where both changed the same, the editor has the text with
/// markers, and nothing is written before they are gone.
///
/// Nothing that was typed is lost: when it is given up, or cannot be written, it is kept beside the file (where that
/// fails, in /tmp or /dev/shm), encrypted, and the error says where.
#pragma once

#include <string>
#include <string_view>

#include <regvault/base/error.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/system/editor.hpp>
#include <regvault/vault_file/editor_merge.hpp>

namespace regvault::vault_file {

class Editable {
 public:
  virtual ~Editable() = default;

  virtual std::string_view text() const = 0;

  /// One line that stands above the text in the editor; empty: none.
  virtual std::string_view help() const { return {}; }

  /// The bytes of the file for this text; for text(), those it has. An Error comes back to the editor.
  virtual std::string seal(std::string_view text) = 0;

  /// The file has other `bytes` now: from here on it is they that are edited. What `text` (seal() made `sealed` of it)
  /// changed of the old ones is merged into theirs. An Error ends everything: they cannot be edited.
  virtual EditorMerge rebase(std::string_view text, std::string_view sealed, std::string_view bytes) = 0;

  /// The key to keep a text with.
  virtual const keys::Key& key() = 0;
};

/// `bytes`: of the file, as `file` has them. False: the file was not touched. `request.file_name` is set here; the
/// file's mode and owner stay.
///
/// Throws what edit_text() and FileUpdate throw; the last error of a text that was given up; Error(file_access,
/// "changed") for a conflict that was given up, and for a file that became something else meanwhile.
bool edit_until_written(const std::string& path, SecretBytes bytes, EditorRequest request, keys::Keyring& keyring,
                        Editable& file, const WarningSink& warn);

}  // namespace regvault::vault_file
