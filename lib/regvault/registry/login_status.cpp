#include <regvault/registry/login_status.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <regvault/base/error.hpp>
#include <regvault/registry/auth_file_access.hpp>
#include <regvault/registry/credential_helper.hpp>
#include <regvault/registry/stored_login.hpp>
#include <regvault/system/scratch_directory.hpp>

namespace regvault {
namespace {

// ------------------------------------------------------------------------------------------------------------- files

std::string name_of(uid_t uid) {
  std::optional<User> user = find_user(uid);
  return user ? user->name : std::to_string(uid);
}

std::string warning_about(const struct stat& status) {
  if ((status.st_mode & 0077) != 0) return "others may read or write it; repair it with chmod 600";
  if (status.st_uid != geteuid()) return "it belongs to another user, who can read what is stored in it";
  return {};
}

AuthFileStatus look_at(const AuthLocation& location) {
  AuthFileStatus out{.path = location.path, .engines = {}};
  struct stat status {};
  if (stat(location.path.c_str(), &status) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) out.problem = std::strerror(errno);
    return out;
  }
  out.exists = true;
  out.mode = status.st_mode & 07777;
  out.owner = name_of(status.st_uid);
  out.warning = warning_about(status);
  FileDescriptor file(open(location.path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  out.in_memory = file.is_open() && is_in_memory(file.get());
  try {
    (void)read_auth_file(location);
  } catch (const Error& error) {
    out.problem = error.message;
  }
  return out;
}

AuthFileStatus& file_status(LoginStatus& status, const AuthLocation& location) {
  for (AuthFileStatus& file : status.files) {
    if (file.path == location.path) return file;
  }
  return status.files.emplace_back(look_at(location));
}

// ------------------------------------------------------------------------------------------------------------ logins

/// A key that some tool wrote, as a registry; nullopt: it names none.
std::optional<RegistryReference> registry_of(const std::string& key) {
  try {
    return parse_registry(key);
  } catch (const Error&) {
    return std::nullopt;
  }
}

void add(std::vector<RegistryReference>& registries, const std::string& key) {
  std::optional<RegistryReference> registry = registry_of(key);
  if (!registry) return;
  auto same = [&](const RegistryReference& other) { return other.name() == registry->name(); };
  if (std::ranges::none_of(registries, same)) registries.push_back(*registry);
}

/// The registries a file knows: of its entries, and of the helpers it names.
void add_registries(AuthFileStatus& file, const AuthLocation& location, Engine engine, const Account& account,
                    std::vector<RegistryReference>& registries) {
  std::optional<AuthFile> auths = read_auth_file(location);
  if (!auths) return;
  for (const std::string& key : auths->keys()) add(registries, key);
  for (const std::string& key : auths->registries_with_helpers()) add(registries, key);
  if (engine != Engine::docker || auths->store().empty()) return;
  try {
    for (const auto& [server, username] : CredentialHelper(auths->store(), account).list()) add(registries, server);
  } catch (const Error& error) {
    file.warning = error.message;
  }
}

bool fits(const RegistryReference& registry, Engine engine, const std::optional<RegistryReference>& wanted) {
  if (engine == Engine::docker && !registry.path.empty()) return false;  // podman's kind of key
  return !wanted || wanted->name() == registry.name();
}

/// Of one registry: in every file the login the engine would take if it came so far.
void add_logins(LoginStatus& status, const AuthLocations& files, const LoginScope& scope) {
  bool in_force = true;
  for (const AuthLocation& location : files.reads) {
    AuthFileStatus& file = file_status(status, location);
    if (!file.problem.empty()) continue;
    try {
      std::optional<StoredLogin> found = find_login(location, scope, {});
      if (!found) continue;
      status.logins.push_back({.engine = scope.engine,
                               .registry = scope.registry.name(),
                               .auth_file = location.path,
                               .key = found->key,
                               .helper = found->helper,
                               .username = found->username,
                               .in_force = in_force,
                               .lasts = !found->helper.empty() || !file.in_memory});
      in_force = false;
    } catch (const Error& error) {  // a helper
      file.warning = error.message;
    }
  }
}

void add_engine(LoginStatus& status, Engine engine, const StatusRequest& request, const Account& account) {
  AuthLocations files = auth_locations(engine, account, {.auth_file = request.auth_file, .persist = std::nullopt});
  std::vector<RegistryReference> registries;
  for (const AuthLocation& location : files.reads) {
    AuthFileStatus& file = file_status(status, location);
    file.engines.push_back(engine);
    if (file.problem.empty()) add_registries(file, location, engine, account, registries);
  }
  for (const RegistryReference& registry : registries) {
    if (fits(registry, engine, request.registry)) add_logins(status, files, {registry, engine, account});
  }
}

}  // namespace

std::string octal(mode_t mode) {
  char text[8];
  std::snprintf(text, sizeof(text), "%04o", mode & 07777);
  return text;
}

LoginStatus login_status(const StatusRequest& request, const Account& account) {
  LoginStatus status;
  for (Engine engine : request.engines) add_engine(status, engine, request, account);
  return status;
}

}  // namespace regvault
