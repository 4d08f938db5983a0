/// Files are touched only here: bounded reads, and replacement that leaves the old bytes or the new ones, whole.
///
///     FileUpdate update = FileUpdate::begin("inventory.yml");   // follows symlinks, locks, reads
///     std::string edited = edit(update.bytes());
///     update.commit(edited, warn);                              // atomic; the lock ends here, or with the object
///
/// How a file is replaced: the directory is locked with flock(2) from the read to the rename, so that two regvaults
/// take turns (one process must finish with a file before it begins another of the same directory); the new bytes go to
/// an unnamed file in the same directory (O_TMPFILE; where the file system has none, a 0600 file), get the old file's
/// mode and owner, are synced, are named and renamed over the old file, and the directory is synced. Whatever ends the
/// process in between, the name holds the old file or the new one; a process killed at the wrong moment leaves
/// `.NAME.regvault` behind, which the next one removes. Extended attributes and the access control list are kept.
/// (Where the file system locks no directories, such as NFS, only the check that the file did not change is left.)
///
/// Refused, with the file untouched: it changed since it was read; its mode, owner or access control list cannot be
/// given to the new file; it is no regular file; its directory may not be written to (refused by begin() already).
/// A hard link is broken (the other name keeps the old bytes), with a warning.
///
/// All functions throw Error(file_access): `cannot read "x.yml": No such file or directory`, with errno's name as
/// `reason` ("ENOENT"; our own refusals: "changed", "locked", "not-a-file"), and, where there is one, a hint.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>

#include <regvault/base/error.hpp>
#include <regvault/secret/secret_bytes.hpp>

namespace regvault {

/// An open file descriptor, closed with the object; every one is opened O_CLOEXEC.
class FileDescriptor {
 public:
  FileDescriptor() noexcept = default;
  explicit FileDescriptor(int descriptor) noexcept : descriptor_(descriptor) {}
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();

  int get() const noexcept { return descriptor_; }
  bool is_open() const noexcept { return descriptor_ >= 0; }
  int release() noexcept { return std::exchange(descriptor_, -1); }  ///< the caller closes it from now on

 private:
  int descriptor_ = -1;
};

/// Larger files are refused by the readers below unless the caller says otherwise: what we edit are text files.
inline constexpr std::size_t kReadAtMost = std::size_t{1} << 30;

std::string read_file(const std::string& path, std::size_t at_most = kReadAtMost);
SecretBytes read_secret_file(const std::string& path, std::size_t at_most = kReadAtMost);

/// Everything up to the end of an open descriptor; `name` stands in messages as it is ("standard input").
SecretBytes read_all(int descriptor, std::string_view name, std::size_t at_most = kReadAtMost);

/// All of `bytes`, whatever is accepted at a time.
void write_all(int descriptor, std::string_view bytes, std::string_view name);

/// How long `FileUpdate` waits for another process's lock.
inline constexpr std::chrono::milliseconds kLockWait{10'000};

class FileUpdate {
 public:
  /// Locks and reads an existing regular file.
  static FileUpdate begin(const std::string& path, std::chrono::milliseconds lock_wait = kLockWait);

  /// Like begin(); a file that is not there is empty, and commit() creates it with `mode` (before the umask).
  static FileUpdate begin_or_create(const std::string& path, mode_t mode,
                                    std::chrono::milliseconds lock_wait = kLockWait);

  std::string_view bytes() const noexcept { return content_.view(); }
  bool exists() const noexcept { return exists_; }
  mode_t mode() const noexcept { return mode_; }                  ///< permission bits the file has or will have
  const std::string& path() const noexcept { return resolved_; }  ///< absolute, symlinks followed

  /// Gives the file these permission bits instead of its old ones on commit().
  void set_mode(mode_t mode) noexcept {
    mode_ = mode;
    exact_mode_ = true;
  }

  /// Replaces the file. At most once.
  void commit(std::string_view bytes, const WarningSink& warn);

 private:
  FileUpdate() = default;
  static FileUpdate begin(const std::string& path, bool may_create, mode_t mode, std::chrono::milliseconds lock_wait);
  void remember(const struct stat& status);
  bool is_still(const struct stat& now) const;

  std::string given_, resolved_, name_;  // name_: the last component of resolved_
  FileDescriptor directory_;             // holds the lock
  SecretBytes content_;                  // a file may hold a secret in the clear
  bool exists_ = false;
  mode_t mode_ = 0;
  bool exact_mode_ = false;  // otherwise the umask is applied
  uid_t owner_ = 0;
  gid_t group_ = 0;
  // what tells that the file is still the one that was read
  dev_t device_ = 0;
  ino_t inode_ = 0;
  off_t size_ = 0;
  timespec modified_{}, changed_{};
};

}  // namespace regvault
