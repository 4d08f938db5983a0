/// Logging container engines in to a registry, and out: changes what is not yet so, and says what it changed.
///
///     LoginRequest request{.registry = parse_registry("ghcr.io"), .engines = installed_engines(environment),
///                          .username = "octo", .password = std::move(token)};
///     for (const EntryChange& change : log_in(request, account, warn)) … change.action == "already logged in"
///
/// An engine is logged in when the login it uses (of all auth files it reads, in its order) says exactly this user and
/// password, and will after a reboot (unless persist is off). If it does not, the registry is asked through the engine
/// (verify_login), every engine first, and only then are the logins stored: a wrong password replaces nothing. What an
/// engine would read before the stored one is removed, with a warning. Auth files keep every other key, their symlinks
/// and owner; they become 0600, with a warning when they were not. Another user's file gets an entry only when the
/// request names it. Where a credential helper is in charge it gets the login, and the file none.
///
/// Throws EngineFailure, and Error: malformed (an auth file that is none; it stays as it is), unsupported (an engine
/// cannot honour what is asked for), file_access, and what stored_login.hpp says.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/registry/auth_locations.hpp>
#include <regvault/registry/engine.hpp>
#include <regvault/registry/reference.hpp>
#include <regvault/secret/secret_bytes.hpp>

namespace regvault {

/// When the registry is asked.
enum class Validate {
  changed,  ///< before an entry is written
  always,   ///< also when the entry is right already
  never,
};

struct LoginRequest {
  RegistryReference registry;
  std::vector<InstalledEngine> engines;
  std::string username = {};
  SecretBytes password = {};
  Keeping keeping = {};
  std::optional<bool> tls_verify = std::nullopt;       ///< not for docker
  std::optional<std::string> cert_dir = std::nullopt;  ///< not for docker
  Validate validate = Validate::changed;
  std::chrono::milliseconds timeout{60'000};  ///< for each engine
  bool check_only = false;                    ///< nothing is asked, nothing written; says what would be
};

/// One engine's login. The user names are for a diff; nullopt: no entry, or one whose user cannot be shown.
struct EntryChange {
  Engine engine = Engine::podman;
  std::string auth_file = {};
  std::string helper = {};  ///< the credential helper that has the login; empty: the file has it
  bool changed = false;
  std::string_view action = {};  ///< "logged in", "already logged in", "would log in", "logged out", "not logged in", …
  bool had_entry = false;
  std::optional<std::string> username_before = std::nullopt;
};

std::vector<EntryChange> log_in(const LoginRequest& request, const Account& account, const WarningSink& warn);

/// Removes the registry's login from all of the engine's own auth files (auth_file: from that one), and from the
/// helpers they name. Warns when another file still grants access. Needs no engine, user name or password.
std::vector<EntryChange> log_out(const LoginRequest& request, const Account& account, const WarningSink& warn);

}  // namespace regvault
