/// Auth files on the disk: read where there is one, written so that nobody else can read them.
///
///     std::optional<AuthFile> now = read_auth_file(location);            // nullopt: no such file
///     AuthFileUpdate update("/root/.config/containers/auth.json", warn);  // locked; directories made, 0700
///     update.file().set(ghcr, Engine::podman, "octo", password.view());
///     update.commit();                                                    // 0600, symlinks and owner kept
///
/// Throws Error: malformed (no auth file; it stays as it is), file_access.
#pragma once

#include <optional>
#include <string>

#include <regvault/base/error.hpp>
#include <regvault/registry/auth_file.hpp>
#include <regvault/registry/auth_locations.hpp>
#include <regvault/system/file_update.hpp>

namespace regvault {

std::optional<AuthFile> read_auth_file(const AuthLocation& location);

/// Told before a registry is asked and another engine's entry is written: the file cannot be written, or made.
/// A home directory that is not there is not made.
void refuse_unwritable(const std::string& path, const Account& account);

/// Its owner could read the password (XDG_RUNTIME_DIR may be left over from another user's session, through su).
void refuse_foreign_file(const std::string& path);

/// For a file that is left as it is.
void warn_of_access(const std::string& path, const WarningSink& warn);

/// What becomes of a file that is to have an entry, or not to have it.
class AuthFileUpdate {
 public:
  AuthFileUpdate(const std::string& path, const WarningSink& warn);

  AuthFile& file() noexcept { return file_; }
  void commit();

 private:
  const WarningSink& warn_;
  FileUpdate update_;
  AuthFile file_;
};

}  // namespace regvault
