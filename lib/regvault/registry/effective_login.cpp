#include <regvault/registry/effective_login.hpp>

#include <regvault/registry/stored_login.hpp>

namespace regvault {
namespace {

std::optional<StoredCredentials> credentials_or_none(const AuthLocation& location, const LoginScope& scope) {
  try {
    return credentials_in(location, scope);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string source_of(const AuthLocation& location, const LoginScope& scope) {
  std::string helper = helper_in(location, scope);
  return std::string(engine_name(scope.engine)) + "'s login in " + (helper.empty() ? location.path : helper);
}

}  // namespace

std::optional<EffectiveLogin> effective_login(const RegistryReference& registry, const std::vector<Engine>& engines,
                                              const Account& account) {
  for (Engine engine : engines) {
    const LoginScope scope{registry, engine, account};
    for (const AuthLocation& location : auth_locations(engine, account, {}).reads) {
      std::optional<StoredCredentials> found = credentials_or_none(location, scope);
      if (found && !found->password.empty()) return EffectiveLogin{std::move(*found), source_of(location, scope)};
    }
  }
  return std::nullopt;
}

}  // namespace regvault
