/// Asks a registry whether it takes these credentials, through the engine that will use them: its certificates, its
/// proxies, its rules. The engine logs in into a scratch directory; its own auth files stay as they are.
///
///     verify_login({.engine = {Engine::podman, "/usr/bin/podman"}, .registry = ghcr, .username = "octo",
///                   .password = token.view()}, account);      // returns, or throws EngineFailure or Interrupted
///
/// The password goes through the engine's standard input only; its environment is a short list (child_environment.hpp).
/// A signal ends the engine and removes the directory first.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <regvault/registry/auth_locations.hpp>
#include <regvault/registry/engine.hpp>
#include <regvault/registry/engine_failure.hpp>
#include <regvault/registry/reference.hpp>

namespace regvault {

struct EngineLogin {
  InstalledEngine engine;
  RegistryReference registry;
  std::string username;
  std::string_view password;
  std::optional<bool> tls_verify = std::nullopt;       ///< not for docker
  std::optional<std::string> cert_dir = std::nullopt;  ///< not for docker
  std::chrono::milliseconds timeout{60'000};
};

void verify_login(const EngineLogin& login, const Account& account);

}  // namespace regvault
