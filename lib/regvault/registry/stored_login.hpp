/// The login that one auth file has for a registry, as an engine takes it: an entry in the file, or what the credential
/// helper has that the file puts in charge.
///
///     LoginScope scope{ghcr, Engine::docker, account};
///     std::optional<StoredLogin> now = find_login(location, scope, {"octo", password.view()});
///     if (!now || !now->right) store_login(path, scope, {"octo", password.view()}, warn);
///
/// Beside a helper no password is kept in the file: what lies there is removed when the login is stored. Docker asks
/// the helper of credHelpers, else of credsStore; podman's family knows credHelpers only, and only for whole
/// registries. (The helpers of registries.conf are not looked at.) Source: containers/image pkg/docker/config,
/// docker/cli cli/config/credentials.
///
/// Throws what auth_file_access.hpp and credential_helper.hpp say, and Error(unsupported): a namespace's login, or a
/// file that no engine is for, where a helper is in charge.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <regvault/base/error.hpp>
#include <regvault/registry/auth_locations.hpp>
#include <regvault/registry/engine.hpp>
#include <regvault/registry/reference.hpp>

namespace regvault {

/// Whose login where: what all questions about it share.
struct LoginScope {
  const RegistryReference& registry;
  Engine engine = Engine::podman;
  const Account& account;
};

struct Credentials {
  std::string_view username, password;
};

struct StoredLogin {
  std::string key;     ///< of the entry; a helper's: the name it has the login under
  std::string helper;  ///< its program; empty: the file itself has the entry
  bool right = false;  ///< exactly the wanted credentials, and nothing in the clear beside a helper
  std::optional<std::string> username = std::nullopt;  ///< nullopt: none that can be shown
};

/// nullopt: there is no such file, or no login in it.
std::optional<StoredLogin> find_login(const AuthLocation& location, const LoginScope& scope, Credentials wanted);

/// The login itself, for the registry alone. nullopt as above, and for an entry that cannot be read.
std::optional<StoredCredentials> credentials_in(const AuthLocation& location, const LoginScope& scope);

/// The program of the helper this file puts in charge of the registry; empty: none.
std::string helper_in(const AuthLocation& location, const LoginScope& scope);

/// Whether there is something for remove_login: the registry's own login, not that of a wider key. `found` is what
/// find_login() said, so that a helper is not asked twice.
bool has_own_login(const AuthLocation& location, const LoginScope& scope, const std::optional<StoredLogin>& found);

/// Makes it so. False: it was already (another process was faster).
bool store_login(const std::string& path, const LoginScope& scope, Credentials wanted, const WarningSink& warn);

/// Removes the registry's own login (not one for namespaces in it). False: there was none.
bool remove_login(const std::string& path, const LoginScope& scope, const WarningSink& warn);

}  // namespace regvault
