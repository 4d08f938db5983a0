/// The arguments that name things, as login and login_info share them: a registry, engines, a file. A mistake is noted.
///
///     std::vector<Engine> engines = engines_of(given);   // `engine: podman,docker`; empty: auto
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/registry/engine.hpp>
#include <regvault/registry/reference.hpp>

#include "module/given.hpp"

namespace regvault::login {

RegistryReference registry_of(module::Given& given);  ///< ghcr.io, if none is given
std::vector<Engine> engines_of(module::Given& given);
std::optional<std::string> path_of(module::Given& given, std::string_view name);  ///< absolute, or below "~"

}  // namespace regvault::login
