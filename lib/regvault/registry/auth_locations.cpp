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

std::string podman_target(const Account& account) {
  if (auto file = variable(account, "REGISTRY_AUTH_FILE")) return *file;
  if (auto directory = variable(account, "DOCKER_CONFIG")) return *directory + "/config.json";
  if (auto directory = variable(account, "XDG_RUNTIME_DIR")) return *directory + "/containers/auth.json";
  if (account.user.uid == 0) return "/run/containers/0/auth.json";
  return rootless_runtime_directory(account) + "/containers/auth.json";
}

AuthLocations podman_locations(const Account& account) {
  std::string config = variable(account, "XDG_CONFIG_HOME").value_or(under_home(account, ".config"));
  return {.reads = {{podman_target(account), Format::auths},
                    {config + "/containers/auth.json", Format::auths},
                    {docker_config(account), Format::auths},
                    {under_home(account, ".dockercfg"), Format::dockercfg}},
          .target = 0,
          .own = {0, 1}};
}

bool same_file(const std::string& a, const std::string& b) {
  if (a == b) return true;
  struct stat first {
  }, second{};
  if (stat(a.c_str(), &first) != 0 || stat(b.c_str(), &second) != 0) return false;
  return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

Directory directory_state(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return errno == ENOENT ? Directory::missing : Directory::unusable;
  bool own = S_ISDIR(status.st_mode) && status.st_uid == geteuid() && (status.st_mode & 0700) == 0700;
  return own ? Directory::own : Directory::unusable;
}

}  // namespace

Account this_account() {
  Account account{.user = {}, .environment = process_environment(), .directory = directory_state};
  std::optional<User> user = find_user(geteuid());
  account.user = user.value_or(User{std::to_string(geteuid()), geteuid(), getegid(), ""});
  if (!user) account.user.home = account.environment("HOME").value_or("");
  if (account.user.home.empty()) {
    throw Error(ErrorCode::not_found, "user " + account.user.name + " has no home directory", "set HOME for it", {},
                "home");
  }
  while (account.user.home.size() > 1 && account.user.home.ends_with('/')) account.user.home.pop_back();
  return account;
}

std::string with_home(const std::string& path, const Account& account) {
  Environment home = [&](const std::string& name) -> std::optional<std::string> {
    return name == "HOME" ? std::optional(account.user.home) : std::nullopt;
  };
  return path.starts_with('~') ? expanded_path(path, home) : path;
}

AuthLocations auth_locations(Engine engine, const Account& account, const std::optional<std::string>& auth_file) {
  AuthLocations files =
      engine == Engine::podman
          ? podman_locations(account)
          : AuthLocations{.reads = {{docker_config(account), Format::auths}}, .target = 0, .own = {0}};
  if (!auth_file) return files;

  std::string path = with_home(*auth_file, account);
  for (std::size_t i = 0; i < files.reads.size(); ++i) {
    bool writable = files.reads[i].format == Format::auths;
    if (writable && same_file(path, files.reads[i].path)) {
      files.reads[i].path = path;
      files.target = i;
      files.own = {i};
      return files;
    }
  }
  return {.reads = {{path, Format::auths}}, .target = 0, .own = {0}};
}

}  // namespace regvault
