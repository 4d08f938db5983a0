/// The programs a registry login is for: which ones the host has.
///
///     for (const InstalledEngine& engine : installed_engines(environment)) …   // {Engine::podman, "/usr/bin/podman"}
///
/// podman, buildah and skopeo are one family: they share a library (containers/image), and with it their auth files and
/// rules. `none` is a file alone, for what has no login of its own: the kubelet, CRI-O.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/system/environment.hpp>

namespace regvault {

enum class Engine { podman, docker, buildah, skopeo, none };

std::string_view engine_name(Engine engine);
std::optional<Engine> engine_named(std::string_view name);

struct InstalledEngine {
  Engine engine = Engine::podman;
  std::string program;  ///< its path; empty: not there, and not needed
};

/// The engine's program: by PATH, then in the directories where packages put it (a service's PATH may be short).
std::optional<std::string> engine_program(Engine engine, const Environment& environment);

/// podman and docker; where there is neither, buildah and skopeo (beside podman they use its logins).
std::vector<InstalledEngine> installed_engines(const Environment& environment);

}  // namespace regvault
