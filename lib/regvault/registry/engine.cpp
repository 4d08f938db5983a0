#include <regvault/registry/engine.hpp>

#include <array>

#include <regvault/system/process.hpp>

namespace regvault {
namespace {

constexpr std::array kEngines{Engine::podman, Engine::docker};
constexpr std::string_view kUsualDirectories = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";

}  // namespace

std::string_view engine_name(Engine engine) {
  return engine == Engine::podman ? "podman" : "docker";
}

std::optional<Engine> engine_named(std::string_view name) {
  for (Engine engine : kEngines) {
    if (name == engine_name(engine)) return engine;
  }
  return std::nullopt;
}

std::optional<std::string> engine_program(Engine engine, const Environment& environment) {
  if (auto program = find_program(engine_name(engine), environment)) return program;
  return find_program(engine_name(engine), [](const std::string&) { return std::string(kUsualDirectories); });
}

std::vector<InstalledEngine> installed_engines(const Environment& environment) {
  std::vector<InstalledEngine> found;
  for (Engine engine : kEngines) {
    if (auto program = engine_program(engine, environment)) found.push_back({engine, *program});
  }
  return found;
}

}  // namespace regvault
