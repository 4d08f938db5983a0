/// A directory for files that hold secrets in the clear: ours alone (0700), in memory where the system has such a
/// place, its files overwritten with zeros and removed with the object.
///
///     SecretScratch scratch(SecretScratch::Place::in_memory, environment);
///     scratch.write("vars.yml", plaintext);
///     run an editor on scratch.path() + "/vars.yml"
///     SecretBytes edited = scratch.read("vars.yml");
///
/// Looked for, best first: $XDG_RUNTIME_DIR, /run/user/UID, /dev/shm, $TMPDIR and /tmp; each must be ours or root's,
/// and no one else may be able to rename what is in it. In memory means tmpfs or ramfs. (The kernel may still swap a
/// tmpfs out: swap should be encrypted.) SIGKILL is beyond us: a directory stays then, 0700.
///
/// Throws Error(file_access); the reason is errno's name, "not-a-file", or "no-tmpfs": there is no such place in
/// memory, and it was demanded.
#pragma once

#include <string>
#include <string_view>

#include <regvault/secret/secret_bytes.hpp>
#include <regvault/system/environment.hpp>
#include <regvault/system/file.hpp>

namespace regvault {

/// Whether an open file or directory lies in memory (tmpfs, ramfs): a reboot forgets it.
bool is_in_memory(int descriptor);

class SecretScratch {
 public:
  enum class Place {
    in_memory,          ///< or nowhere
    in_memory_or_disk,  ///< the latter when there is no former
  };

  SecretScratch(Place place, const Environment& environment);
  ~SecretScratch();
  SecretScratch(const SecretScratch&) = delete;
  SecretScratch& operator=(const SecretScratch&) = delete;

  const std::string& path() const noexcept { return path_; }
  bool in_memory() const noexcept { return in_memory_; }

  /// A new file, 0600. `name` is one path component.
  void write(const std::string& name, std::string_view bytes) const;

  /// What the file holds now. Another program may have replaced it meanwhile: a symlink, or anything else that is no
  /// regular file, is refused, and so is one of more than `at_most` bytes.
  SecretBytes read(const std::string& name, std::size_t at_most = kReadAtMost) const;

 private:
  std::string path_;
  FileDescriptor directory_;
  bool in_memory_ = false;
};

}  // namespace regvault
