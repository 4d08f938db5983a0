/// The login that an engine on this machine would send to a registry, with its password: for asking the registry about
/// it, and for nothing else.
///
///     std::optional<EffectiveLogin> login = effective_login(ghcr, {Engine::docker, Engine::podman}, account);
///     login->credentials.password        // the engine would send this; nobody is to see it
///     login->source                      // "docker's login in /root/.docker/config.json"
///
/// The first engine that has one, from its files in its order, or from the helpers they name. A file that cannot be
/// read, and a helper that fails, are passed over: status and diagnose tell why. nullopt: none, or none that can be
/// read (an identity token, a broken entry).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <regvault/registry/auth_file.hpp>
#include <regvault/registry/auth_locations.hpp>
#include <regvault/registry/engine.hpp>
#include <regvault/registry/reference.hpp>

namespace regvault {

struct EffectiveLogin {
  StoredCredentials credentials;
  std::string source;
};

std::optional<EffectiveLogin> effective_login(const RegistryReference& registry, const std::vector<Engine>& engines,
                                              const Account& account);

}  // namespace regvault
