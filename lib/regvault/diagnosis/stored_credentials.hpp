/// The login that an engine on this machine would send to a registry: what `diagnose` tries when nobody says otherwise.
///
///     std::optional<StoredCredentials> login = stored_credentials("ghcr.io", {Engine::docker, Engine::podman},
///     account); login->credentials.password     // the engine would send this; nobody is to see it login->source //
///     "docker's login in /root/.docker/config.json"
///
/// The first engine that has one. From the file, or from the helper that it names. nullopt: none, or none that can be
/// read (an identity token, a broken entry).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <regvault/access/registry_client.hpp>
#include <regvault/registry/auth_locations.hpp>
#include <regvault/registry/engine.hpp>

namespace regvault::diagnosis {

struct StoredCredentials {
  access::Credentials credentials;
  std::string source;
};

std::optional<StoredCredentials> stored_credentials(const std::string& registry, const std::vector<Engine>& engines,
                                                    const Account& account);

}  // namespace regvault::diagnosis
