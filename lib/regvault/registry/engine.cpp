#include <regvault/registry/engine.hpp>

#include <array>
#include <span>

#include <regvault/system/process.hpp>

namespace regvault {
namespace {

constexpr std::array<std::string_view, 5> kNames{"podman", "docker", "buildah", "skopeo", "none"};  // as in Engine
constexpr std::array kMain{Engine::podman, Engine::docker};
constexpr std::array kTools{Engine::buildah, Engine::skopeo};
constexpr std::string_view kUsualDirectories = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";

std::vector<InstalledEngine> installed(std::span<const Engine> engines, const Environment& environment) {
  std::vector<InstalledEngine> found;
  for (Engine engine : engines) {
    if (auto program = engine_program(engine, environment)) found.push_back({engine, *program});
  }
  return found;
}

}  // namespace

std::string_view engine_name(Engine engine) {
  return kNames.at(static_cast<std::size_t>(engine));
}

std::optional<Engine> engine_named(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (name == kNames[i]) return static_cast<Engine>(i);
  }
  return std::nullopt;
}

std::optional<std::string> engine_program(Engine engine, const Environment& environment) {
  if (engine == Engine::none) return std::nullopt;
  if (auto program = find_program(engine_name(engine), environment)) return program;
  return find_program(engine_name(engine), [](const std::string&) { return std::string(kUsualDirectories); });
}

std::vector<InstalledEngine> installed_engines(const Environment& environment) {
  std::vector<InstalledEngine> found = installed(kMain, environment);
  return found.empty() ? installed(kTools, environment) : found;
}

}  // namespace regvault
