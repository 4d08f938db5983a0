/// Which files an engine reads a registry's credentials from, in its order, and which one it writes.
///
///     AuthLocations files = auth_locations(Engine::podman, account, {.persist = false});
///     files.reads[files.target].path   // "/run/containers/0/auth.json": gone after a reboot
///     auth_locations(Engine::podman, account, {})   // target: "/root/.config/containers/auth.json"
///
/// The account is whose logins they are: with privilege escalation the environment may still be another user's, so the
/// home directory is the user database's, not $HOME. Source: containers/image getAuthFilePaths, containers/common
/// GetDefaultAuthFile, podman's rootless runtime directory (4.3.1), buildah 1.28, skopeo 1.9, docker/cli cli/config
/// (28.2.2); compared by running.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <regvault/registry/auth_file.hpp>
#include <regvault/registry/engine.hpp>
#include <regvault/system/environment.hpp>

namespace regvault {

enum class Directory { missing, own, unusable };  ///< own: ours, and all of it allowed to us

/// Who logs in. What the answers depend on comes in here, so that a test can give its own.
struct Account {
  User user;
  Environment environment;
  std::function<Directory(const std::string& path)> directory;
};

/// The effective user of this process. Throws Error(not_found) when it is in no user database and $HOME is not set.
Account this_account();

/// The same for a program that a user runs, as engines see it then: the home is $HOME, if it is set.
Account account_in(const Environment& environment);

struct AuthLocation {
  std::string path;
  AuthFile::Format format = AuthFile::Format::auths;
};

struct AuthLocations {
  std::vector<AuthLocation> reads;  ///< in the engine's order
  std::size_t target = 0;           ///< the one to write
  std::vector<std::size_t> own;     ///< the engine's own ones, which a logout empties; always the target
};

/// A leading "~" is the account's home; everything else stays.
std::string with_home(const std::string& path, const Account& account);

/// Where the user wants a login to be kept.
struct Keeping {
  std::optional<std::string> auth_file = std::nullopt;  ///< this file ("~" is understood)

  /// Whether it shall survive a reboot. podman's family writes to a directory of the session, which does not; docker's
  /// file always does. nullopt: yes, unless REGISTRY_AUTH_FILE or DOCKER_CONFIG name another file.
  std::optional<bool> persist = std::nullopt;
};

/// If the auth file is one the engine reads anyway, all it reads are returned: what comes before it has precedence.
/// Throws Error(usage): persist with a file somebody named; Engine::none without one.
AuthLocations auth_locations(Engine engine, const Account& account, const Keeping& keeping);

}  // namespace regvault
