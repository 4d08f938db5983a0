/// Replacing a file: afterwards there are the old bytes or the new ones, whole, whatever happens in between.
///
///     FileUpdate update = FileUpdate::begin("inventory.yml");   // follows symlinks, locks
///     update.commit(edited(update.bytes()), warn);              // atomic; the lock ends here, or with the object
///
///     FileUpdate update = FileUpdate::begin("backup.tar");      // of any size: what is written goes to the disk
///     while (…) update.write(piece);
///     update.commit(warn);
///
/// How: the directory is locked with flock(2) from begin() to the rename, so that two regvaults take turns (one process
/// must finish with a file before it begins another of the same directory); the new bytes go to an unnamed file in the
/// same directory (O_TMPFILE; where the file system has none, a 0600 file), get the old file's mode and owner, are
/// synced, are named and renamed over the old file, and the directory is synced. A process killed at the wrong moment
/// leaves `.NAME.regvault` behind, which the next one removes. Extended attributes and the access control list are
/// kept. (Where the file system locks no directories, such as NFS, only the check that the file did not change is
/// left.)
///
/// Refused, with the file untouched: it changed since begin(); its mode, owner or access control list cannot be given
/// to the new file; it is no regular file; its directory may not be written to (refused by begin() already). A hard
/// link is broken (the other name keeps the old bytes), with a warning.
///
/// Throws what file.hpp says.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <regvault/system/file.hpp>

namespace regvault {

class Input;
class NewFile;

/// How long `FileUpdate` waits for another process's lock.
inline constexpr std::chrono::milliseconds kLockWait{10'000};

class FileUpdate {
 public:
  /// Locks an existing regular file.
  static FileUpdate begin(const std::string& path, std::chrono::milliseconds lock_wait = kLockWait);

  /// Like begin(); a file that is not there is empty, and commit() creates it with `mode` (before the umask).
  static FileUpdate begin_or_create(const std::string& path, mode_t mode,
                                    std::chrono::milliseconds lock_wait = kLockWait);

  FileUpdate(FileUpdate&&) noexcept;
  FileUpdate& operator=(FileUpdate&&) noexcept;
  ~FileUpdate();

  bool exists() const noexcept { return old_.is_open(); }
  mode_t mode() const noexcept { return mode_; }                  ///< permission bits the file has or will have
  const std::string& path() const noexcept { return resolved_; }  ///< absolute, symlinks followed

  /// All the old bytes, read on the first call.
  std::string_view bytes();

  /// Refuses ("changed") when the file is not the one that `input` has read, byte for byte as it was then.
  void must_still_be(const Input& input) const;

  /// Gives the file these permission bits instead of its old ones on commit().
  void set_mode(mode_t mode) noexcept {
    mode_ = mode;
    exact_mode_ = true;
  }

  /// As if the old file had not been there: the new one is ours, has this mode, and takes nothing over.
  void start_afresh(mode_t mode) noexcept {
    set_mode(mode);
    afresh_ = true;
  }

  /// Overwrites the old bytes on the disk once they are no file any more: for plaintext that is encrypted. Left out
  /// when they have another name (a hard link), or another process has them open.
  void wipe_old_bytes() noexcept { wipes_old_ = true; }

  /// Appends to the new file. What is never committed is gone.
  void write(std::string_view bytes);

  /// Puts the new file into the place of the old one. At most once.
  void commit(const WarningSink& warn);
  void commit(std::string_view bytes, const WarningSink& warn) {
    write(bytes);
    commit(warn);
  }

 private:
  FileUpdate();
  static FileUpdate begin(const std::string& path, bool may_create, mode_t mode, std::chrono::milliseconds lock_wait);
  void check_that_nobody_changed_it() const;
  void wipe_old();

  std::string given_, resolved_, name_;  // name_: the last component of resolved_
  FileDescriptor directory_;             // holds the lock
  FileDescriptor old_;
  struct stat status_ {};               // of old_
  std::optional<SecretBytes> content_;  // a file may hold a secret in the clear
  std::unique_ptr<NewFile> new_;
  mode_t mode_ = 0;
  bool exact_mode_ = false;  // otherwise the umask is applied
  bool afresh_ = false;
  bool wipes_old_ = false;
};

}  // namespace regvault
