#include "regvault/login_options.hpp"

#include <array>
#include <string_view>

#include <CLI/CLI.hpp>

#include <regvault/base/error.hpp>

namespace regvault::tools {
namespace {

struct Parameter {
  std::string_view module, option;
};
constexpr std::array kParameters{
    Parameter{"tls_verify: false", "--no-tls-verify"},
    Parameter{"persist: false", "--no-persist"},
    Parameter{"persist: true", "--persist"},
    Parameter{"timeout: ", "--timeout "},
    Parameter{"cert_dir", "--cert-dir"},
    Parameter{"auth_file", "--auth-file"},
};

bool is_part_of_a_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '/' || c == '-';
}

std::string in_options(std::string text) {
  for (const Parameter& parameter : kParameters) {
    for (std::size_t at = text.find(parameter.module); at != std::string::npos;
         at = text.find(parameter.module, at + parameter.option.size())) {
      bool inside = at > 0 && is_part_of_a_name(text[at - 1]);  // global_auth_file
      if (!inside) text.replace(at, parameter.module.size(), parameter.option);
    }
  }
  return text;
}

Engine engine_of(const std::string& name) {
  if (std::optional<Engine> engine = engine_named(name)) return *engine;
  throw Error(ErrorCode::usage, in_quotes(name) + " is no engine",
              "podman, docker, buildah or skopeo; none: a file alone", {}, "engine");
}

}  // namespace

Action in_options(Action action) {
  return [action = std::move(action)] {
    try {
      return action();
    } catch (const Error& error) {
      throw Error(error.code, in_options(error.message), in_options(error.hint), error.where, error.reason);
    }
  };
}

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
