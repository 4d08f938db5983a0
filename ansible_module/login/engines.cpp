#include "engines.hpp"

#include <regvault/base/error.hpp>
#include <regvault/system/process.hpp>

namespace regvault::login {
namespace {

std::string last_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

[[noreturn]] void refuse(std::string message, std::string hint) {
  throw Error(ErrorCode::usage, std::move(message), std::move(hint), {}, "arguments");
}

InstalledEngine engine_of_executable(const Arguments& arguments, const Environment& environment) {
  std::optional<std::string> program = find_program(*arguments.executable, environment);
  if (!program) {
    throw Error(ErrorCode::not_found,
                "executable " + in_quotes(*arguments.executable) + " is not there, or may not be run", {}, {},
                "no-engine");
  }
  std::string name = last_part(*program);
  if (arguments.engines.size() == 1) return {arguments.engines.front(), *program};
  for (Engine engine : {Engine::podman, Engine::docker, Engine::buildah, Engine::skopeo}) {
    if (arguments.engines.empty() && name.find(engine_name(engine)) != std::string::npos) return {engine, *program};
  }
  refuse("\"executable\" is one engine's program", "say which engine it is: engine: podman");
}

/// With a file of the user's choice and every engine there is: the one the file is of.
Engine engine_of_file(const std::string& auth_file) {
  return last_part(auth_file) == "config.json" ? Engine::docker : Engine::podman;
}

bool runs_engine(const Arguments& arguments) {
  return !arguments.absent && arguments.validate != Validate::never;
}

std::vector<InstalledEngine> named_engines(const Arguments& arguments, const Environment& environment) {
  if (arguments.engines.size() > 1 && arguments.keeping.auth_file) {
    refuse("one auth_file cannot be for two engines", "give each engine a task of its own");
  }
  std::vector<InstalledEngine> out;
  for (Engine engine : arguments.engines) {
    if (engine == Engine::none) {
      out.push_back({engine, ""});
      continue;
    }
    std::optional<std::string> program = engine_program(engine, environment);
    bool needed = runs_engine(arguments) || (!arguments.absent && !arguments.keeping.auth_file);
    if (!program && needed) {
      throw Error(ErrorCode::not_found, std::string(engine_name(engine)) + " is not installed on this host",
                  "install it, or name its program: executable", {}, "no-engine");
    }
    out.push_back({engine, program.value_or("")});
  }
  return out;
}

std::vector<InstalledEngine> found_engines(const Arguments& arguments, const Environment& environment) {
  std::vector<InstalledEngine> found = installed_engines(environment);
  if (found.empty()) {
    if (arguments.keeping.auth_file && !runs_engine(arguments))
      return {{engine_of_file(*arguments.keeping.auth_file), ""}};
    if (arguments.absent) return {{Engine::podman, ""}, {Engine::docker, ""}};
    throw Error(ErrorCode::not_found, "neither podman nor docker is installed on this host",
                "install one, or name its program: executable", {}, "no-engine");
  }
  if (!arguments.keeping.auth_file || found.size() == 1) return found;
  Engine engine = engine_of_file(*arguments.keeping.auth_file);
  std::erase_if(found, [&](const InstalledEngine& other) { return other.engine != engine; });
  return found;
}

}  // namespace

std::vector<InstalledEngine> chosen_engines(const Arguments& arguments, const Environment& environment) {
  if (arguments.executable) return {engine_of_executable(arguments, environment)};
  return arguments.engines.empty() ? found_engines(arguments, environment) : named_engines(arguments, environment);
}

}  // namespace regvault::login
