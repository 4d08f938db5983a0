#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/registry/login.hpp>

#include "regvault/commands.hpp"
#include "regvault/login_options.hpp"

namespace regvault::tools {
namespace {

struct Options {
  LoginTarget target;
  bool dry_run = false;
};

int log_out_here(const Options& options, Session& session) {
  LoginRequest request{.registry = options.target.given_registry().value_or(parse_registry(kDefaultRegistry)),
                       .engines = {},
                       .keeping = {options.target.given_auth_file(), std::nullopt},
                       .check_only = options.dry_run};
  for (Engine engine : options.target.engines_or({Engine::podman, Engine::docker})) {
    request.engines.push_back({engine, ""});  // the files are emptied without it
  }
  for (const EntryChange& change : log_out(request, account_in(session.environment), session.warner())) {
    session.announce(std::string(engine_name(change.engine)) + ": " + std::string(change.action) +
                     (change.had_entry ? " of " : " to ") + request.registry.name() + "\n");
  }
  return 0;
}

}  // namespace

Action configure_logout(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  add_login_options(app, options->target, "The registry (default: ghcr.io), or a namespace in one: ghcr.io/acme");
  app.add_flag("--dry-run,-n", options->dry_run, "Only say what would be done");
  app.footer(
      "\nEvery file of the engine's own is cleared, and the credential helpers they name.\n\n"
      "Examples:\n"
      "  regvault logout ghcr.io\n"
      "  regvault logout --engine podman --dry-run quay.io");
  return in_options([options, &session] { return log_out_here(*options, session); });
}

}  // namespace regvault::tools
