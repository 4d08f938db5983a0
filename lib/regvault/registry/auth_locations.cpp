#include <regvault/registry/auth_locations.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <regvault/base/error.hpp>

namespace regvault {
namespace {

using Format = AuthFile::Format;

/// A variable that is set to nothing counts as not set, as it does for both engines.
std::optional<std::string> variable(const Account& account, const std::string& name) {
  std::optional<std::string> value = account.environment(name);
  return value && !value->empty() ? value : std::nullopt;
}

std::string under_home(const Account& account, const std::string& path) {
  return account.user.home + "/" + path;
}

std::string docker_config(const Account& account) {
  return variable(account, "DOCKER_CONFIG").value_or(under_home(account, ".docker")) + "/config.json";
}

/// Where rootless podman keeps what lasts for a session, when XDG_RUNTIME_DIR does not say. It makes the second one
/// when it is not there, and takes the third when someone else made that.
std::string rootless_runtime_directory(const Account& account) {
  std::string uid = std::to_string(account.user.uid);
  std::string session = "/run/user/" + uid;
  if (account.directory(session) == Directory::own) return session;
  std::string temporary = variable(account, "TMPDIR").value_or("/tmp") + "/podman-run-" + uid;
  if (account.directory(temporary) != Directory::unusable) return temporary;
  return under_home(account, "rundir");
}

/// The variable that names another file, if one does.
std::optional<std::string> naming_variable(const Account& account) {
  for (std::string name : {"REGISTRY_AUTH_FILE", "DOCKER_CONFIG"}) {
    if (variable(account, name)) return name;
  }
  return std::nullopt;
}

std::string runtime_file(Engine engine, const Account& account) {
  if (auto file = variable(account, "REGISTRY_AUTH_FILE")) return *file;
  if (auto directory = variable(account, "DOCKER_CONFIG")) return *directory + "/config.json";
  if (auto directory = variable(account, "XDG_RUNTIME_DIR")) return *directory + "/containers/auth.json";
  bool by_number = account.user.uid == 0 || engine == Engine::skopeo;
  if (by_number) return "/run/containers/" + std::to_string(account.user.uid) + "/auth.json";
  return rootless_runtime_directory(account) + "/containers/auth.json";
}

std::string lasting_file(const Account& account) {
  return variable(account, "XDG_CONFIG_HOME").value_or(under_home(account, ".config")) + "/containers/auth.json";
}

AuthLocations family_locations(Engine engine, const Account& account) {
  return {.reads = {{runtime_file(engine, account), Format::auths},
                    {lasting_file(account), Format::auths},
                    {docker_config(account), Format::auths},
                    {under_home(account, ".dockercfg"), Format::dockercfg}},
          .target = 0,
          .own = {0, 1}};
}

AuthLocations docker_locations(const Account& account) {
  return {.reads = {{docker_config(account), Format::auths}}, .target = 0, .own = {0}};
}

[[noreturn]] void refuse_persist(const std::string& why) {
  throw Error(ErrorCode::usage, "persist: true chooses the file itself, and " + why, "leave out one of the two", {},
              "arguments");
}

bool same_file(const std::string& a, const std::string& b) {
  if (a == b) return true;
  struct stat first {
  }, second{};
  if (stat(a.c_str(), &first) != 0 || stat(b.c_str(), &second) != 0) return false;
  return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/// With `path` as the target: as one of those the engine reads, or alone.
AuthLocations locations_with(Engine engine, const Account& account, const std::string& path) {
  AuthLocations files;
  if (engine == Engine::docker) files = docker_locations(account);
  if (engine != Engine::docker && engine != Engine::none) files = family_locations(engine, account);
  for (std::size_t i = 0; i < files.reads.size(); ++i) {
    if (files.reads[i].format != Format::auths || !same_file(path, files.reads[i].path)) continue;
    files.reads[i].path = path;
    files.target = i;
    files.own = {i};
    return files;
  }
  return {.reads = {{path, Format::auths}}, .target = 0, .own = {0}};
}

Directory directory_state(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return errno == ENOENT ? Directory::missing : Directory::unusable;
  bool own = S_ISDIR(status.st_mode) && status.st_uid == geteuid() && (status.st_mode & 0700) == 0700;
  return own ? Directory::own : Directory::unusable;
}

/// `home`, if it is not empty, instead of the user database's.
Account account_with(const std::string& home, const Environment& environment) {
  Account account{.user = {}, .environment = environment, .directory = directory_state};
  std::optional<User> user = find_user(geteuid());
  account.user = user.value_or(User{std::to_string(geteuid()), geteuid(), getegid(), environment("HOME").value_or("")});
  if (!home.empty()) account.user.home = home;
  if (account.user.home.empty()) {
    throw Error(ErrorCode::not_found, "user " + account.user.name + " has no home directory", "set HOME for it", {},
                "home");
  }
  while (account.user.home.size() > 1 && account.user.home.ends_with('/')) account.user.home.pop_back();
  return account;
}

}  // namespace

Account this_account() {
  return account_with({}, process_environment());
}

Account account_in(const Environment& environment) {
  return account_with(environment("HOME").value_or(""), environment);
}

std::string with_home(const std::string& path, const Account& account) {
  Environment home = [&](const std::string& name) -> std::optional<std::string> {
    return name == "HOME" ? std::optional(account.user.home) : std::nullopt;
  };
  return path.starts_with('~') ? expanded_path(path, home) : path;
}

AuthLocations auth_locations(Engine engine, const Account& account, const Keeping& keeping) {
  if (keeping.auth_file) {
    if (keeping.persist == true && engine != Engine::docker) refuse_persist("auth_file is given");
    return locations_with(engine, account, with_home(*keeping.auth_file, account));
  }
  if (engine == Engine::none) {
    throw Error(ErrorCode::usage, "engine none needs auth_file: which file to write",
                "the kubelet's is /var/lib/kubelet/config.json, CRI-O's is global_auth_file of crio.conf", {},
                "arguments");
  }
  if (engine == Engine::docker) return docker_locations(account);
  std::optional<std::string> named_by = naming_variable(account);
  if (named_by && keeping.persist == true) refuse_persist("the environment's " + *named_by + " names the file");
  if (!keeping.persist.value_or(!named_by)) return family_locations(engine, account);
  AuthLocations files = locations_with(engine, account, lasting_file(account));
  files.own = {0, 1};
  return files;
}

}  // namespace regvault
