/// The name of a registry as users write it, and as each engine's auth file has it.
///
///     RegistryReference ghcr = parse_registry("https://GHCR.io/");       // host "ghcr.io"
///     auth_key(parse_registry("docker.io"), Engine::docker) == "https://index.docker.io/v1/"
///     auth_key(parse_registry("ghcr.io/octo"), Engine::podman) == "ghcr.io/octo"   // an entry for a namespace
///
/// Source: containers/image pkg/docker/config (podman 4.3.1), docker/cli cli/config (28.2.2), both compared by running.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <regvault/registry/engine.hpp>

namespace regvault {

struct RegistryReference {
  std::string host;  ///< lower case, with its port if it has one; Docker Hub: "docker.io"
  std::string path;  ///< "octo" of "ghcr.io/octo"; empty: the whole registry

  bool is_docker_hub() const { return host == "docker.io"; }
  std::string name() const { return path.empty() ? host : host + "/" + path; }
};

/// Accepts `https://`, an upper-case host, a final slash, and the API's `/v1/` and `/v2/` after `https://host` and
/// after Docker Hub's. Throws Error(usage) for `http://`, an image name (tag, digest), and anything that is no host; a
/// user or password before the host is refused, too, and not shown.
RegistryReference parse_registry(std::string_view text);

/// The key the engine writes; for a file alone (Engine::none) the one that the kubelet and CRI-O both understand.
/// Throws Error(unsupported) for a namespace with docker, which has none.
std::string auth_key(const RegistryReference& registry, Engine engine);

/// The keys podman's family tries, in its order: "ghcr.io/octo/app", "ghcr.io/octo", "ghcr.io".
std::vector<std::string> namespace_keys(const RegistryReference& registry);

/// A key some tool wrote, down to the host, as the engine compares it when no key is equal: "https://ghcr.io/v1/" is
/// "ghcr.io". A key of the old `.dockercfg` format may have a path without a scheme too.
std::string comparable_key(std::string_view key, Engine engine, bool legacy_format = false);

}  // namespace regvault
