#include <algorithm>

#include <regvault/registry/auth_file_access.hpp>
#include <regvault/registry/engine_login.hpp>
#include <regvault/registry/login.hpp>
#include <regvault/registry/stored_login.hpp>

namespace regvault {
namespace {

/// What is to be done for one engine.
struct Plan {
  InstalledEngine engine;
  LoginScope scope;
  AuthLocations files;
  bool right = false;                       ///< nothing to store
  std::vector<std::size_t> shadowing = {};  ///< files read before the target, with another login
  EntryChange change;

  bool changes() const { return !right || !shadowing.empty(); }
  const std::string& target() const { return files.reads[files.target].path; }
};

Credentials credentials_of(const LoginRequest& request) {
  return {request.username, request.password.view()};
}

/// In a file that was chosen, by the user or to persist, the login must be in that file. Otherwise any that the engine
/// reads may have it.
bool any_file_will_do(const LoginRequest& request, const AuthLocations& files) {
  return !request.keeping.auth_file && files.target == 0;
}

/// The first login the engine comes to.
void look_at_files(Plan& plan, const LoginRequest& request) {
  const std::vector<AuthLocation>& reads = plan.files.reads;
  std::size_t in_use = plan.files.target;
  std::size_t end = any_file_will_do(request, plan.files) ? reads.size() : plan.files.target + 1;
  for (std::size_t i = plan.files.target; i < end && !plan.change.had_entry; ++i) {
    std::optional<StoredLogin> found = find_login(reads[i], plan.scope, credentials_of(request));
    if (!found) continue;
    plan.change.had_entry = true;
    plan.change.username_before = found->username;
    plan.right = found->right;
    if (plan.right) in_use = i;
  }
  plan.change.auth_file = reads[in_use].path;
  plan.change.helper = helper_in(reads[in_use], plan.scope);
}

/// A stale /run/containers/0/auth.json beats a new ~/.config/containers/auth.json.
void look_for_shadows(Plan& plan, const LoginRequest& request, const WarningSink& warn) {
  for (std::size_t i = 0; i < plan.files.target; ++i) {
    const AuthLocation& file = plan.files.reads[i];
    std::optional<StoredLogin> other = find_login(file, plan.scope, credentials_of(request));
    bool same_helper = other && !other->helper.empty() && other->helper == plan.change.helper;
    if (!other || other->right || same_helper) continue;
    if (!has_own_login(file, plan.scope, other)) {
      warn(in_quotes(file.path) + " has an entry for " + in_quotes(other->key) + " and is read first: it counts for " +
           plan.scope.registry.name() + ", too");
      continue;
    }
    plan.shadowing.push_back(i);
    if (!plan.change.had_entry) plan.change.username_before = other->username;
    plan.change.had_entry = true;
  }
}

/// The engine prefers these for the images there. (In a later file they do not count: the first file with a match
/// does.)
void warn_of_narrower(const Plan& plan, const WarningSink& warn) {
  for (std::size_t i = 0; i <= plan.files.target; ++i) {
    const AuthLocation& location = plan.files.reads[i];
    std::optional<AuthFile> file = read_auth_file(location);
    if (!file) continue;
    for (const std::string& key : file->narrower_keys(plan.scope.registry, plan.scope.engine)) {
      warn(in_quotes(location.path) + " has an entry for " + in_quotes(key) + ", which " +
           std::string(engine_name(plan.scope.engine)) + " uses for the images there instead");
    }
  }
}

/// Through sudo or su the variable may be left over from another user's session.
void check_runtime_directory(const Plan& plan, const Account& account, const WarningSink& warn) {
  std::string directory = account.environment("XDG_RUNTIME_DIR").value_or("");
  bool used = plan.engine.engine != Engine::docker && !directory.empty() &&
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

Plan plan_login(const LoginRequest& request, const InstalledEngine& engine, const Account& account,
                const WarningSink& warn) {
  (void)auth_key(request.registry, engine.engine);  // throws if the engine has no such logins
  if (engine.engine == Engine::docker) refuse_what_docker_cannot(request);
  Plan plan{.engine = engine,
            .scope = {request.registry, engine.engine, account},
            .files = auth_locations(engine.engine, account, request.keeping),
            .change = {.engine = engine.engine}};
  look_at_files(plan, request);
  look_for_shadows(plan, request, warn);
  plan.change.changed = plan.changes();
  plan.change.action = plan.changes() ? "would log in" : "already logged in";
  return plan;
}

/// Everything that can be known before a registry is asked.
void check(const Plan& plan, const LoginRequest& request, const Account& account, const WarningSink& warn) {
  warn_of_narrower(plan, warn);
  if (!plan.changes()) return warn_of_access(plan.change.auth_file, warn);  // nothing is written, so nothing repaired
  check_runtime_directory(plan, account, warn);
  for (std::size_t i : plan.shadowing) refuse_foreign_file(plan.files.reads[i].path);
  if (plan.right) return;
  if (!request.keeping.auth_file) refuse_foreign_file(plan.target());
  refuse_unwritable(plan.target(), account);
}

void verify(const Plan& plan, const LoginRequest& request, const Account& account) {
  bool ask = request.validate == Validate::always || (request.validate == Validate::changed && plan.changes());
  if (!ask || plan.engine.engine == Engine::none) return;
  verify_login({.engine = plan.engine,
                .registry = request.registry,
                .username = request.username,
                .password = request.password.view(),
                .tls_verify = request.tls_verify,
                .cert_dir = request.cert_dir,
                .timeout = request.timeout},
               account);
}

void carry_out(Plan& plan, const LoginRequest& request, const WarningSink& warn) {
  if (!plan.right && !request.keeping.auth_file) refuse_foreign_file(plan.target());
  bool wrote = !plan.right && store_login(plan.target(), plan.scope, credentials_of(request), warn);
  for (std::size_t i : plan.shadowing) {
    const std::string& path = plan.files.reads[i].path;
    if (!remove_login(path, plan.scope, warn)) continue;
    wrote = true;
    warn(in_quotes(path) + " had another entry for " + request.registry.name() + " and is read first; it is removed");
  }
  plan.change.changed = wrote;
  plan.change.action = wrote ? "logged in" : "already logged in";
}

}  // namespace

std::vector<EntryChange> log_in(const LoginRequest& request, const Account& account, const WarningSink& warn) {
  std::vector<Plan> plans;
  for (const InstalledEngine& engine : request.engines) {
    plans.push_back(plan_login(request, engine, account, warn));
    check(plans.back(), request, account, warn);
  }
  if (!request.check_only) {
    for (const Plan& plan : plans) verify(plan, request, account);
    for (Plan& plan : plans) {
      if (plan.changes()) carry_out(plan, request, warn);
    }
  }
  std::vector<EntryChange> changes;
  for (Plan& plan : plans) changes.push_back(std::move(plan.change));
  return changes;
}

}  // namespace regvault
