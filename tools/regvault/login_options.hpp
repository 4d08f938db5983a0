/// The options of login, logout and status: which registry, which engines, which auth file.
///
///     LoginTarget target;
///     add_login_options(app, target, "The registry, or a namespace in one");
///     … target.registry_or("ghcr.io"), target.engines_or({Engine::podman, Engine::docker})
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/registry/auth_locations.hpp>
#include <regvault/registry/engine.hpp>
#include <regvault/registry/reference.hpp>

#include "regvault/commands.hpp"

namespace CLI {
class App;
}

namespace regvault::tools {

inline constexpr std::string_view kDefaultRegistry = "ghcr.io";

struct LoginTarget {
  std::string registry;
  std::vector<std::string> engines;
  std::string auth_file;

  std::optional<RegistryReference> given_registry() const;
  std::vector<Engine> engines_or(std::vector<Engine> otherwise) const;  ///< throws Error(usage): not one of them
  std::optional<std::string> given_auth_file() const;
};

/// The library names what is asked for as the Ansible module does ("tls_verify: false"): here as options.
Action in_options(Action action);

void add_login_options(CLI::App& app, LoginTarget& target, const std::string& registry_help);

}  // namespace regvault::tools
