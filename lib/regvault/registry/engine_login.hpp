/// Asks a registry whether it takes these credentials, through the engine that will use them: its certificates, its
/// proxies, its rules. The engine logs in into a scratch directory; its own auth files stay as they are.
///
///     verify_login({.engine = {Engine::podman, "/usr/bin/podman"}, .registry = ghcr, .username = "octo",
///                   .password = token.view()}, account);      // returns, or throws EngineFailure
///
/// The password goes through the engine's standard input only; its environment is a short list (PATH, HOME, proxies …).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <regvault/base/error.hpp>
#include <regvault/registry/auth_locations.hpp>
#include <regvault/registry/engine.hpp>
#include <regvault/registry/reference.hpp>

namespace regvault {

struct EngineLogin {
  InstalledEngine engine;
  RegistryReference registry;
  std::string username;
  std::string_view password;
  std::optional<bool> tls_verify = std::nullopt;       ///< podman only
  std::optional<std::string> cert_dir = std::nullopt;  ///< podman only
  std::chrono::milliseconds timeout{60'000};
};

/// Code refused: the registry said no; program_failed: everything else. The message names engine and registry.
struct EngineFailure : Error {
  EngineFailure(Error error, Engine engine_, std::string output)
      : Error(std::move(error)), engine(engine_), engine_output(std::move(output)) {}

  Engine engine;
  std::string engine_output;  ///< its last lines, valid UTF-8, without the password in any form we know
};

void verify_login(const EngineLogin& login, const Account& account);

/// What the engine's output means: the cause's stable word, what to tell, what to do. Exposed for tests.
EngineFailure explained(const EngineLogin& login, std::string_view output, std::string_view how_it_ended);

/// `text` for people: secrets replaced by ********, bytes that are no UTF-8 and control characters by ?, warnings left
/// out, the last few lines only.
std::string presentable(std::string_view text, const EngineLogin& login);

}  // namespace regvault
