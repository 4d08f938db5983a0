#include "regvault/login_options.hpp"

#include <CLI/CLI.hpp>

#include <regvault/base/error.hpp>

namespace regvault::tools {
namespace {

Engine engine_of(const std::string& name) {
  if (std::optional<Engine> engine = engine_named(name)) return *engine;
  throw Error(ErrorCode::usage, in_quotes(name) + " is no engine",
              "podman, docker, buildah or skopeo; none: a file alone", {}, "engine");
}

}  // namespace

std::optional<RegistryReference> LoginTarget::given_registry() const {
  return registry.empty() ? std::nullopt : std::optional(parse_registry(registry));
}

std::vector<Engine> LoginTarget::engines_or(std::vector<Engine> otherwise) const {
  if (engines.empty()) return otherwise;
  std::vector<Engine> out;
  for (const std::string& name : engines) out.push_back(engine_of(name));
  return out;
}

std::optional<std::string> LoginTarget::given_auth_file() const {
  return auth_file.empty() ? std::nullopt : std::optional(auth_file);
}

void add_login_options(CLI::App& app, LoginTarget& target, const std::string& registry_help) {
  app.add_option("REGISTRY", target.registry, registry_help);
  app.add_option("--engine", target.engines, "podman, docker, buildah, skopeo, or none for a file alone; repeatable")
      ->type_name("ENGINE")
      ->allow_extra_args(false);
  app.add_option("--auth-file", target.auth_file, "This file instead of the engine's own")->type_name("FILE");
}

}  // namespace regvault::tools
