#include <regvault/registry/login.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <regvault/base/text.hpp>
#include <regvault/registry/auth_file.hpp>
#include <regvault/registry/engine_login.hpp>
#include <regvault/system/file_update.hpp>

namespace regvault {
namespace {

constexpr std::size_t kAuthFileAtMost = 16 << 20;
constexpr mode_t kForOthers = 0077;

// ----------------------------------------------------------------------------------------------------- reading files

bool exists(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0) return true;
  return errno != ENOENT && errno != ENOTDIR;  // anything else is for the reader to say
}

/// To open a named pipe would be to wait for its writer.
void refuse_pipe(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || !S_ISFIFO(status.st_mode)) return;
  throw Error(ErrorCode::file_access, "cannot read " + in_quotes(path) + ": it is a named pipe", {}, {}, "not-a-file");
}

/// nullopt: there is no such file.
std::optional<AuthFile> load(const AuthLocation& location) {
  if (!exists(location.path)) return std::nullopt;
  refuse_pipe(location.path);
  return AuthFile::parse(read_secret_file(location.path, kAuthFileAtMost).view(), location.path, location.format);
}

void refuse_helper(const AuthFile& file, const std::string& path, const RegistryReference& registry, Engine engine) {
  std::optional<std::string> helper = file.helper_for(registry, engine);
  if (!helper) return;
  throw Error(ErrorCode::unsupported,
              std::string(engine_name(engine)) + ": credential helpers are not supported yet, and " + in_quotes(path) +
                  " names the helper " + in_quotes(*helper) + " for " + registry.host,
              "remove it from credsStore or credHelpers there, or name another file: auth_file", {},
              "credential-helper");
}

struct FoundEntry {
  std::size_t location = 0;
  bool right = false;
  std::optional<std::string> username;
};

/// The first entry the engine comes to, in the files from `begin` to before `end`.
std::optional<FoundEntry> find_entry(const LoginRequest& request, Engine engine, const AuthLocations& files,
                                     std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    std::optional<AuthFile> file = load(files.reads[i]);
    if (!file) continue;
    refuse_helper(*file, files.reads[i].path, request.registry, engine);
    std::optional<std::string> key = file->entry_for(request.registry, engine);
    if (!key) continue;
    return FoundEntry{i, file->holds(*key, request.username, request.password.view()), file->username_of(*key)};
  }
  return std::nullopt;
}

// ----------------------------------------------------------------------------------------------------- writing files

/// The directories a file needs, for us alone.
void make_parents(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    std::string directory = path.substr(0, slash);
    if (mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST || exists(directory)) continue;
    throw Error(ErrorCode::file_access,
                "cannot make the directory " + in_quotes(directory) + ": " + std::strerror(errno), {}, {}, "directory");
  }
}

/// Told before the registry is asked and another engine's entry is written.
void refuse_unwritable(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) == 0) {
    (void)FileUpdate::begin_or_create(path, 0600);
    return;
  }
  std::string directory = path.starts_with('/') ? path : "./" + path;  // the nearest there is
  do {
    directory.resize(std::max<std::size_t>(directory.rfind('/'), 1));
  } while (!exists(directory));
  if (faccessat(AT_FDCWD, (directory + "/").c_str(), W_OK | X_OK, AT_EACCESS) == 0) return;
  throw Error(ErrorCode::file_access,
              "cannot create " + in_quotes(path) + ": " + in_quotes(directory) + ": " + std::strerror(errno), {}, {},
              "directory");
}

/// Its owner could read the password (XDG_RUNTIME_DIR may be left over from another user's session, through su).
void refuse_foreign_file(const std::string& path, const LoginRequest& request) {
  struct stat status {};
  if (request.auth_file || stat(path.c_str(), &status) != 0 || status.st_uid == geteuid()) return;
  throw Error(ErrorCode::file_access,
              in_quotes(path) + " belongs to another user (" + std::to_string(status.st_uid) + "), not to the task's",
              "if that is meant, name it: auth_file; else see XDG_RUNTIME_DIR, REGISTRY_AUTH_FILE and DOCKER_CONFIG",
              {}, "foreign-file");
}

void make_private(FileUpdate& update, const WarningSink& warn) {
  if (!update.exists() || (update.mode() & kForOthers) == 0) return;
  warn(in_quotes(update.path()) + " could be read or written by others; it is 0600 now");
  update.set_mode(0600);
}

/// False: the entry is right already (another process was faster).
bool write_entry(const std::string& path, const LoginRequest& request, Engine engine, const WarningSink& warn) {
  make_parents(path);
  FileUpdate update = FileUpdate::begin_or_create(path, 0600);
  refuse_foreign_file(path, request);
  AuthFile file = AuthFile::parse(update.bytes(), path);
  if (update.exists() && stripped(update.bytes()).empty())
    warn(in_quotes(path) + " was empty, which engines take for an error");
  refuse_helper(file, path, request.registry, engine);
  std::string key = auth_key(request.registry, engine);
  if (file.entry_for(request.registry, engine) == key && file.holds(key, request.username, request.password.view()))
    return false;
  file.set(key, request.username, request.password.view());
  make_private(update, warn);
  update.commit(file.written().view(), warn);
  return true;
}

bool remove_entry(const std::string& path, const LoginRequest& request, Engine engine, const WarningSink& warn) {
  FileUpdate update = FileUpdate::begin(path);
  AuthFile file = AuthFile::parse(update.bytes(), path);
  if (file.remove(request.registry, engine) == 0) return false;
  make_private(update, warn);
  update.commit(file.written().view(), warn);
  return true;
}

// ------------------------------------------------------------------------------------------------------------ log in

struct Plan {
  InstalledEngine engine;
  AuthLocations files;
  bool right = false;                       ///< nothing to write
  std::vector<std::size_t> shadowing = {};  ///< files read before the target with another entry
  EntryChange change;

  bool changes() const { return !right || !shadowing.empty(); }
  const std::string& target() const { return files.reads[files.target].path; }
};

/// With a file of the user's choice, that file must have the entry, and no file read before it another one (a stale
/// /run/containers/0/auth.json beats a new ~/.config/containers/auth.json). Otherwise any file may have it.
Plan plan_login(const LoginRequest& request, const InstalledEngine& engine, const Account& account) {
  Plan plan{.engine = engine, .files = auth_locations(engine.engine, account, request.auth_file), .change = {}};
  const AuthLocations& files = plan.files;
  std::size_t begin = request.auth_file ? files.target : 0;
  std::size_t end = request.auth_file ? files.target + 1 : files.reads.size();
  std::optional<FoundEntry> found = find_entry(request, engine.engine, files, begin, end);
  plan.right = found && found->right;
  for (std::size_t i = 0; i < begin; ++i) {
    std::optional<FoundEntry> other = find_entry(request, engine.engine, files, i, i + 1);
    if (other && !other->right && load(files.reads[i])->remove(request.registry, engine.engine) != 0) {
      plan.shadowing.push_back(i);
    }
  }
  plan.change = {.engine = engine.engine,
                 .auth_file = plan.right ? files.reads[found->location].path : plan.target(),
                 .changed = plan.changes(),
                 .action = plan.changes() ? "would log in" : "already logged in",
                 .had_entry = found.has_value(),
                 .username_before = found ? found->username : std::nullopt};
  return plan;
}

/// Through sudo or su the variable may be left over from another user's session.
void check_runtime_directory(const Plan& plan, const Account& account, const WarningSink& warn) {
  std::string directory = account.environment("XDG_RUNTIME_DIR").value_or("");
  bool used = plan.engine.engine == Engine::podman && !directory.empty() &&
              plan.target() == directory + "/containers/auth.json";
  if (!used) return;
  Directory state = account.directory(directory);
  if (state == Directory::missing) {
    throw Error(ErrorCode::not_found, "XDG_RUNTIME_DIR names " + in_quotes(directory) + ", which is not there",
                "give the user a session (loginctl enable-linger " + account.user.name + "), or name a file: auth_file",
                {}, "runtime-directory");
  }
  if (state == Directory::own) return;
  warn("XDG_RUNTIME_DIR names " + in_quotes(directory) + ", which is not a directory of " + account.user.name +
       ": without that variable podman will look elsewhere");
}

/// Nothing is to be written, so nothing is repaired.
void warn_of_access(const Plan& plan, const WarningSink& warn) {
  struct stat status {};
  const std::string& path = plan.change.auth_file;
  if (stat(path.c_str(), &status) == 0 && (status.st_mode & kForOthers) != 0) {
    warn(in_quotes(path) + " can be read or written by others; repair it with: chmod 600 " + path);
  }
}

void carry_out(Plan& plan, const LoginRequest& request, const WarningSink& warn) {
  Engine engine = plan.engine.engine;
  bool wrote = !plan.right && write_entry(plan.target(), request, engine, warn);
  for (std::size_t i : plan.shadowing) {
    const std::string& path = plan.files.reads[i].path;
    if (!remove_entry(path, request, engine, warn)) continue;
    wrote = true;
    warn(in_quotes(path) + " had another entry for " + request.registry.name() + " and is read first; it is removed");
  }
  plan.change.changed = wrote;
  plan.change.action = wrote ? "logged in" : "already logged in";
}

void refuse_what_docker_cannot(const LoginRequest& request) {
  auto refuse = [](std::string_view what, std::string hint) {
    throw Error(ErrorCode::unsupported, "docker cannot honour " + std::string(what), std::move(hint), {},
                "not-for-docker");
  };
  if (request.tls_verify == false) {
    refuse("tls_verify: false",
           "log in with podman alone (engine: podman), or see insecure-registries of docker's daemon.json");
  }
  if (request.cert_dir) {
    refuse("cert_dir",
           "log in with podman alone (engine: podman), or put the authority's certificate at /etc/docker/certs.d/" +
               request.registry.host + "/ca.crt");
  }
}

void verify(const Plan& plan, const LoginRequest& request, const Account& account) {
  verify_login({.engine = plan.engine,
                .registry = request.registry,
                .username = request.username,
                .password = request.password.view(),
                .tls_verify = request.tls_verify,
                .cert_dir = request.cert_dir,
                .timeout = request.timeout},
               account);
}

// ----------------------------------------------------------------------------------------------------------- log out

struct Logout {
  std::vector<std::string> paths = {};  ///< to change
  std::vector<std::string> left = {};   ///< that still grant access
  EntryChange change;
};

Logout plan_logout(const LoginRequest& request, Engine engine, const Account& account) {
  AuthLocations files = auth_locations(engine, account, request.auth_file);
  Logout plan{.change = {.engine = engine, .auth_file = files.reads[files.target].path, .action = "not logged in"}};
  for (std::size_t i = 0; i < files.reads.size(); ++i) {
    const std::string& path = files.reads[i].path;
    std::optional<AuthFile> file = load(files.reads[i]);
    if (!file) continue;
    bool own = std::ranges::find(files.own, i) != files.own.end();
    if (own) refuse_helper(*file, path, request.registry, engine);
    std::optional<std::string> key = file->entry_for(request.registry, engine);
    std::optional<std::string> username = key ? file->username_of(*key) : std::nullopt;
    if (own && file->remove(request.registry, engine) != 0) {
      if (plan.paths.empty()) plan.change.auth_file = path;
      if (plan.paths.empty()) plan.change.username_before = username;
      plan.paths.push_back(path);
    }
    if (file->entry_for(request.registry, engine)) plan.left.push_back(path);
  }
  plan.change.had_entry = plan.change.changed = !plan.paths.empty();
  if (plan.change.changed) plan.change.action = request.check_only ? "would log out" : "logged out";
  return plan;
}

void warn_of_left(const Logout& plan, const std::vector<Logout>& all, const LoginRequest& request,
                  const WarningSink& warn) {
  for (const std::string& path : plan.left) {
    bool goes_too = std::ranges::any_of(all, [&](const Logout& other) {
      return &other != &plan && std::ranges::find(other.paths, path) != other.paths.end();
    });
    if (goes_too) continue;
    warn(in_quotes(path) + " still has an entry that " + std::string(engine_name(plan.change.engine)) + " uses for " +
         request.registry.name());
  }
}

}  // namespace

std::vector<EntryChange> log_in(const LoginRequest& request, const Account& account, const WarningSink& warn) {
  std::vector<Plan> plans;
  for (const InstalledEngine& engine : request.engines) {
    (void)auth_key(request.registry, engine.engine);  // throws if the engine has no such logins
    if (engine.engine == Engine::docker) refuse_what_docker_cannot(request);
    plans.push_back(plan_login(request, engine, account));
    if (plans.back().changes()) check_runtime_directory(plans.back(), account, warn);
    if (!plans.back().right) refuse_foreign_file(plans.back().target(), request);
    if (!plans.back().right) refuse_unwritable(plans.back().target());
    if (!plans.back().changes()) warn_of_access(plans.back(), warn);
  }
  if (!request.check_only) {
    for (const Plan& plan : plans) {
      bool ask = request.validate == Validate::always || (request.validate == Validate::changed && plan.changes());
      if (ask) verify(plan, request, account);
    }
    for (Plan& plan : plans) {
      if (plan.changes()) carry_out(plan, request, warn);
    }
  }
  std::vector<EntryChange> changes;
  for (Plan& plan : plans) changes.push_back(std::move(plan.change));
  return changes;
}

std::vector<EntryChange> log_out(const LoginRequest& request, const Account& account, const WarningSink& warn) {
  std::vector<Logout> plans;
  for (const InstalledEngine& engine : request.engines) {
    plans.push_back(plan_logout(request, engine.engine, account));
  }
  std::vector<EntryChange> changes;
  for (const Logout& plan : plans) {
    warn_of_left(plan, plans, request, warn);
    if (!request.check_only) {
      for (const std::string& path : plan.paths) remove_entry(path, request, plan.change.engine, warn);
    }
    changes.push_back(plan.change);
  }
  return changes;
}

}  // namespace regvault
