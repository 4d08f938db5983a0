#include "names.hpp"

#include <algorithm>
#include <array>

#include <regvault/base/error.hpp>

namespace regvault::login {
namespace {

constexpr std::string_view kDefaultRegistry = "ghcr.io";
constexpr std::array<std::string_view, 6> kEngineChoices{"auto", "podman", "docker", "buildah", "skopeo", "none"};

}  // namespace

RegistryReference registry_of(module::Given& given) {
  try {
    return parse_registry(given.text("registry").value_or(std::string(kDefaultRegistry)));
  } catch (const Error& error) {
    given.mistake(error.message + (error.hint.empty() ? "" : " (" + error.hint + ")"));
    return {};
  }
}

std::vector<Engine> engines_of(module::Given& given) {
  std::vector<Engine> engines;
  bool all = false;
  for (const std::string& name : given.list("engine").value_or(std::vector<std::string>())) {
    std::optional<Engine> engine = engine_named(name);
    if (engine && std::ranges::find(engines, *engine) == engines.end()) engines.push_back(*engine);
    if (name == "auto") all = true;
    if (!engine && name != "auto") given.mistake("\"engine\" is " + module::not_one_of(name, kEngineChoices));
  }
  if (all && !engines.empty()) given.mistake("\"engine\" is either auto or a list of engines");
  bool none = std::ranges::find(engines, Engine::none) != engines.end();
  if (none && engines.size() > 1) given.mistake("\"engine\" is either none or a list of engines");
  return engines;
}

std::optional<std::string> path_of(module::Given& given, std::string_view name) {
  std::optional<std::string> path = given.text(name);
  if (!path) return std::nullopt;
  if (path->empty()) given.mistake(in_quotes(name) + " is empty");
  bool absolute = path->starts_with('/') || *path == "~" || path->starts_with("~/");
  if (!path->empty() && !absolute) given.mistake(in_quotes(name) + " must begin with / or ~/: " + in_quotes(*path));
  return path;
}

}  // namespace regvault::login
