#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/registry/login.hpp>

#include "regvault/choice_option.hpp"
#include "regvault/commands.hpp"
#include "regvault/login_options.hpp"
#include "regvault/token_source.hpp"

namespace regvault::tools {
namespace {

struct Options {
  LoginTarget target;
  TokenSource token;
  std::optional<bool> persist, tls_verify;
  std::string cert_dir, validate = "changed";
  int timeout = 60;
  bool dry_run = false;
};

InstalledEngine installed(Engine engine, const Environment& environment) {
  std::optional<std::string> program = engine_program(engine, environment);
  if (program || engine == Engine::none) return {engine, program.value_or("")};
  throw Error(ErrorCode::not_found, std::string(engine_name(engine)) + " is not installed", {}, {}, "no-engine");
}

std::vector<InstalledEngine> engines_of(const LoginTarget& target, const Environment& environment) {
  std::vector<InstalledEngine> out;
  for (Engine engine : target.engines_or({})) out.push_back(installed(engine, environment));
  if (out.empty()) out = installed_engines(environment);
  if (!out.empty()) return out;
  throw Error(ErrorCode::not_found, "neither podman nor docker is installed",
              "install one, or write a file alone: --engine none --auth-file FILE", {}, "no-engine");
}

Validate validate_named(const std::string& name) {
  return name == "never" ? Validate::never : name == "always" ? Validate::always : Validate::changed;
}

LoginRequest request_of(const Options& options, Session& session) {
  RegistryReference registry = options.target.given_registry().value_or(parse_registry(kDefaultRegistry));
  LoginRequest request{.registry = registry,
                       .engines = engines_of(options.target, session.environment),
                       .keeping = {options.target.given_auth_file(), options.persist},
                       .tls_verify = options.tls_verify,
                       .cert_dir = options.cert_dir.empty() ? std::nullopt : std::optional(options.cert_dir),
                       .validate = validate_named(options.validate),
                       .timeout = std::chrono::seconds(options.timeout),
                       .check_only = options.dry_run};
  Token token = read_token(options.token, registry.name(), session);
  request.username = std::move(token.username);
  request.password = std::move(token.password);
  return request;
}

int log_in_here(const Options& options, Session& session) {
  LoginRequest request = request_of(options, session);
  for (const EntryChange& change : log_in(request, account_in(session.environment), session.warner())) {
    std::string kept_by = change.helper.empty() ? change.auth_file : change.helper;
    session.announce(std::string(engine_name(change.engine)) + ": " + std::string(change.action) + " to " +
                     request.registry.name() + " as " + request.username + " (" + kept_by + ")\n");
  }
  return 0;
}

}  // namespace

Action configure_login(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  add_login_options(app, options->target, "The registry (default: ghcr.io), or a namespace in one: ghcr.io/acme");
  add_choice(app, "--persist,!--no-persist", options->persist,
             "Whether podman's login survives a reboot (default: yes)");
  app.add_option("--validate", options->validate, "When the registry is asked: changed, always or never")
      ->type_name("WHEN")
      ->check(CLI::IsMember({"changed", "always", "never"}));
  app.add_option("--timeout", options->timeout, "Seconds that each engine may take (default: 60)")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 3600));
  add_choice(app, "--tls-verify,!--no-tls-verify", options->tls_verify, "Verify the certificate; not for docker");
  app.add_option("--cert-dir", options->cert_dir, "A directory with the registry's CA (*.crt); not for docker")
      ->type_name("DIR");
  app.add_flag("--dry-run,-n", options->dry_run, "Only say what would be done; no registry is asked");
  add_token_options(app, options->token);
  app.footer(
      "\nThe registry is asked before anything is written: a wrong token replaces no login.\n\n"
      "Examples:\n"
      "  regvault login --username octocat --from group_vars/all/vars.yml:ghcr_pat -n\n"
      "  gh auth token | regvault login -u octocat --stdin --engine none --auth-file auth.json --force ghcr.io");
  return in_options([options, &session] { return log_in_here(*options, session); });
}

}  // namespace regvault::tools
