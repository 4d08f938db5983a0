#include <algorithm>

#include <regvault/registry/auth_file_access.hpp>
#include <regvault/registry/login.hpp>
#include <regvault/registry/stored_login.hpp>

namespace regvault {
namespace {

struct Logout {
  LoginScope scope;
  std::vector<std::string> paths = {};  ///< to change
  std::vector<std::string> left = {};   ///< that still grant access
  EntryChange change;
};

bool still_granted(const AuthLocation& location, const LoginScope& scope, const std::optional<StoredLogin>& found,
                   bool removed) {
  if (!found || !removed) return found.has_value();
  std::optional<AuthFile> file = read_auth_file(location);
  file->remove(scope.registry, scope.engine);
  return file->entry_for(scope.registry, scope.engine).has_value();
}

void look_at(const AuthLocation& location, bool own, Logout& plan) {
  std::optional<StoredLogin> found = find_login(location, plan.scope, {});
  bool removes = own && has_own_login(location, plan.scope, found);
  if (removes) {
    if (plan.paths.empty()) {
      plan.change.auth_file = location.path;
      plan.change.helper = helper_in(location, plan.scope);
      plan.change.username_before = found ? found->username : std::nullopt;
    }
    plan.paths.push_back(location.path);
  }
  if (still_granted(location, plan.scope, found, removes)) plan.left.push_back(location.path);
}

Logout plan_logout(const LoginRequest& request, Engine engine, const Account& account) {
  AuthLocations files = auth_locations(engine, account, request.keeping);
  Logout plan{.scope = {request.registry, engine, account},
              .change = {.engine = engine, .auth_file = files.reads[files.target].path, .action = "not logged in"}};
  for (std::size_t i = 0; i < files.reads.size(); ++i) {
    look_at(files.reads[i], std::ranges::find(files.own, i) != files.own.end(), plan);
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

std::vector<EntryChange> log_out(const LoginRequest& request, const Account& account, const WarningSink& warn) {
  std::vector<Logout> plans;
  for (const InstalledEngine& engine : request.engines) {
    plans.push_back(plan_logout(request, engine.engine, account));
  }
  std::vector<EntryChange> changes;
  for (const Logout& plan : plans) {
    warn_of_left(plan, plans, request, warn);
    if (!request.check_only) {
      for (const std::string& path : plan.paths) remove_login(path, plan.scope, warn);
    }
    changes.push_back(plan.change);
  }
  return changes;
}

}  // namespace regvault
