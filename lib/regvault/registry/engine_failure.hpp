/// Why an engine's login failed, from what the engine said: the cause's stable word, what to tell, what to do.
///
///     throw explained(Engine::podman, ghcr, output, presentable(output, {password}, 5), "exit code 125");
///     // podman: ghcr.io refused the credentials (invalid username/password)
///
/// Code refused: the registry said no; program_failed: everything else, so that unreachable is never taken for refused.
#pragma once

#include <string>
#include <string_view>

#include <regvault/base/error.hpp>
#include <regvault/registry/engine.hpp>
#include <regvault/registry/reference.hpp>

namespace regvault {

/// The message names engine and registry.
struct EngineFailure : Error {
  EngineFailure(Error error, Engine engine_, std::string output)
      : Error(std::move(error)), engine(engine_), engine_output(std::move(output)) {}

  Engine engine;
  std::string engine_output;  ///< its last lines, presentable
};

/// The engine ended with a failure. `output` is what it said, `shown` what people may see of it.
EngineFailure explained(Engine engine, const RegistryReference& registry, std::string_view output, std::string shown,
                        std::string_view how_it_ended);

/// It was ended for taking too long.
EngineFailure no_answer(Engine engine, const RegistryReference& registry, std::string shown,
                        std::string_view how_it_ended);

/// It said yes, and kept nothing.
EngineFailure nothing_stored(Engine engine, const RegistryReference& registry);

}  // namespace regvault
