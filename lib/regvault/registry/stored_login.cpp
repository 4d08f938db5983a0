#include <regvault/registry/stored_login.hpp>

#include <regvault/registry/auth_file_access.hpp>
#include <regvault/registry/credential_helper.hpp>

namespace regvault {
namespace {

std::optional<CredentialHelper> helper_in_charge(const AuthFile& file, const std::string& path,
                                                 const LoginScope& scope) {
  std::optional<std::string> name = file.helper_for(scope.registry, scope.engine);
  if (!name) return std::nullopt;
  if (scope.engine != Engine::none) return CredentialHelper(*name, scope.account);
  throw Error(ErrorCode::unsupported,
              in_quotes(path) + " names the credential helper " + in_quotes(*name) + " for " + scope.registry.host +
                  ", and no engine that would use it is chosen",
              "remove it from credHelpers there, or name the engine", {}, "credential-helper");
}

/// The name a helper has a login under: of the whole registry, as the engine writes it.
std::string server_name(const LoginScope& scope) {
  return auth_key({scope.registry.host, ""}, scope.engine);
}

void refuse_namespace(const LoginScope& scope, const std::string& path) {
  if (scope.registry.path.empty()) return;
  throw Error(ErrorCode::unsupported,
              std::string(engine_name(scope.engine)) +
                  " keeps no login for a part of a registry in a credential "
                  "helper, and " +
                  in_quotes(path) + " names one for " + scope.registry.host,
              "remove it from credHelpers there, or log in to " + scope.registry.host, {}, "credential-helper");
}

bool store_in_helper(const CredentialHelper& helper, const LoginScope& scope, Credentials wanted) {
  std::optional<HelperLogin> now = helper.get(server_name(scope));
  if (now && now->is(wanted.username, wanted.password)) return false;
  helper.store(server_name(scope), wanted.username, wanted.password);
  return true;
}

bool erase_from_helper(const CredentialHelper& helper, const LoginScope& scope) {
  if (!helper.get(server_name(scope))) return false;
  helper.erase(server_name(scope));
  return true;
}

/// What the file shall have where a helper has the login. False: it was so already.
bool clear_for_helper(AuthFile& file, const LoginScope& scope) {
  if (scope.engine == Engine::docker) return file.leave_to_helper(scope.registry, scope.engine);
  return file.remove(scope.registry, scope.engine) != 0;
}

bool set_entry(AuthFile& file, const LoginScope& scope, Credentials wanted) {
  std::string key = auth_key(scope.registry, scope.engine);
  bool right = file.entry_for(scope.registry, scope.engine) == key && file.holds(key, wanted.username, wanted.password);
  if (!right) file.set(scope.registry, scope.engine, wanted.username, wanted.password);
  return !right;
}

}  // namespace

std::optional<StoredLogin> find_login(const AuthLocation& location, const LoginScope& scope, Credentials wanted) {
  std::optional<AuthFile> file = read_auth_file(location);
  if (!file) return std::nullopt;
  std::optional<std::string> key = file->entry_for(scope.registry, scope.engine);
  if (std::optional<CredentialHelper> helper = helper_in_charge(*file, location.path, scope)) {
    std::optional<HelperLogin> kept = helper->get(server_name(scope));
    if (!kept) return std::nullopt;
    return StoredLogin{.key = server_name(scope),
                       .helper = helper->program(),
                       .right = kept->is(wanted.username, wanted.password) && !key,
                       .username = showable_username(kept->username)};
  }
  if (!key) return std::nullopt;
  return StoredLogin{.key = *key,
                     .helper = {},
                     .right = file->holds(*key, wanted.username, wanted.password),
                     .username = file->username_of(*key)};
}

std::optional<StoredCredentials> credentials_in(const AuthLocation& location, const LoginScope& scope) {
  std::optional<AuthFile> file = read_auth_file(location);
  if (!file) return std::nullopt;
  if (std::optional<CredentialHelper> helper = helper_in_charge(*file, location.path, scope)) {
    std::optional<HelperLogin> kept = helper->get(server_name(scope));
    if (!kept) return std::nullopt;
    return StoredCredentials{std::move(kept->username), std::move(kept->secret)};
  }
  std::optional<std::string> key = file->entry_for(scope.registry, scope.engine);
  return key ? file->credentials_of(*key) : std::nullopt;
}

std::string helper_in(const AuthLocation& location, const LoginScope& scope) {
  std::optional<AuthFile> file = read_auth_file(location);
  if (!file) return {};
  std::optional<CredentialHelper> helper = helper_in_charge(*file, location.path, scope);
  return helper ? helper->program() : std::string();
}

bool has_own_login(const AuthLocation& location, const LoginScope& scope, const std::optional<StoredLogin>& found) {
  if (found && !found->helper.empty() && scope.registry.path.empty()) return true;
  std::optional<AuthFile> file = read_auth_file(location);
  return file && file->remove(scope.registry, scope.engine) != 0;
}

bool store_login(const std::string& path, const LoginScope& scope, Credentials wanted, const WarningSink& warn) {
  AuthFileUpdate update(path, warn);
  bool stored = false, changed = false;
  if (std::optional<CredentialHelper> helper = helper_in_charge(update.file(), path, scope)) {
    refuse_namespace(scope, path);
    stored = store_in_helper(*helper, scope, wanted);
    changed = clear_for_helper(update.file(), scope);
  } else {
    changed = set_entry(update.file(), scope, wanted);
  }
  if (changed) update.commit();
  return stored || changed;
}

bool remove_login(const std::string& path, const LoginScope& scope, const WarningSink& warn) {
  AuthFileUpdate update(path, warn);
  std::optional<CredentialHelper> helper = helper_in_charge(update.file(), path, scope);
  bool erased = helper && scope.registry.path.empty() && erase_from_helper(*helper, scope);
  bool removed = update.file().remove(scope.registry, scope.engine) != 0;
  if (removed) update.commit();
  return erased || removed;
}

}  // namespace regvault
