/// The file that will take another's place: unnamed where the file system can, else hidden, and then removed unless it
/// was renamed. A part of FileUpdate.
///
/// While it has a name of its own, signals that would end the program are noted: a write() after one throws
/// Interrupted, which removes it; one that comes during the renaming takes its course afterwards.
///
/// The caller holds the directory's lock. Throws what file.hpp says, and calls the file `path`.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include <regvault/system/file.hpp>
#include <regvault/system/noted_signals.hpp>

namespace regvault {

class NewFile {
 public:
  /// In `directory`, for `name`. Removes what a killed process left behind for the same name.
  NewFile(int directory, const std::string& name, mode_t mode, std::string path);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void write(std::string_view bytes);

  // Both are verified: some file systems accept and ignore them, and a set-group-id bit may be dropped silently.
  void give_owner(uid_t owner, gid_t group);
  void give_mode(mode_t mode);

  /// Extended attributes: what may be copied is (a security label, user.*); the access control list must be.
  void copy_attributes(int from);

  /// Its directory's default access list, which it inherited.
  void remove_access_list();

  void sync();
  void rename_to(const std::string& name);

 private:
  void give_name();

  int directory_;
  std::string name_, path_;
  FileDescriptor file_;
  std::optional<NotedSignals> signals_;  // while it is named
  bool named_ = false;
};

}  // namespace regvault
