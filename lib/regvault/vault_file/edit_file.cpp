#include <regvault/vault_file/edit_file.hpp>

#include <unistd.h>

#include <cerrno>

#include <regvault/vault_file/kept_text.hpp>
#include <regvault/vault_file/whole_file.hpp>

namespace regvault::vault_file {

bool edit_file(const std::string& path, EditorRequest request, keys::Keyring& keyring, const WarningSink& warn) {
  OpenFile file = open_file(path, {}, keyring);
  request.file_name = path;
  Edited edited = edit_text(file.plaintext.view(), request);
  if (!edited.changed) {
    warn_if_back_at_once(edited, warn);
    return false;
  }
  vault::Sealing sealing = keyring.sealing(file.header_label);
  write_or_keep(path, edited.text.view(), *file.key, sealing,
                [&] { save(file, edited.text.view(), *file.key, sealing, warn); });
  return true;
}

void create_file(const std::string& path, EditorRequest request, bool may_be_empty, const keys::Key& key,
                 const vault::Sealing& sealing, const WarningSink& warn) {
  if (access(path.c_str(), F_OK) == 0) fail_with_errno("create", in_quotes(path), EEXIST);
  request.file_name = path;
  Edited edited = edit_text({}, request);
  if (edited.text.empty() && !may_be_empty) {
    throw Error(ErrorCode::declined, "nothing was written, so " + in_quotes(path) + " was not made", {}, {}, "no-text");
  }
  write_or_keep(path, edited.text.view(), key, sealing, [&] { create(path, edited.text.view(), key, sealing, warn); });
}

}  // namespace regvault::vault_file
