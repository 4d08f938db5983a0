/// A directory for one engine run: ours alone (0700), in memory (tmpfs) where the host has such a place, and removed
/// with the object whatever happens.
///
///     ScratchDirectory scratch(environment);
///     run podman with --authfile scratch.path() + "/auth.json"
///
/// Throws Error(file_access).
#pragma once

#include <string>

#include <regvault/system/environment.hpp>

namespace regvault {

class ScratchDirectory {
 public:
  explicit ScratchDirectory(const Environment& environment);
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

/// From now on SIGHUP, SIGINT and SIGTERM end the programs this process runs, then remove the auth file of the scratch
/// directory in use, then end the process. For a program with one thread and no other children. (Nothing can be done
/// about SIGKILL; the file is then left in a 0700 directory, in memory if possible.)
void clean_up_on_signals();

}  // namespace regvault
