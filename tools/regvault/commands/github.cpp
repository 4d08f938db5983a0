#include <memory>

#include <CLI/CLI.hpp>

#include "regvault/actions_secret.hpp"
#include "regvault/commands.hpp"
#include "regvault/token_source.hpp"

namespace regvault::tools {
namespace {

struct Options {
  std::string action;
  ActionsSecret secret;
  TokenSource source;
};

int github(const Options& options, Session& session) {
  if (options.action != "secret")
    throw Error(ErrorCode::usage, in_quotes(options.action) + " is not \"secret\"", "regvault github --help");
  check(options.secret);
  std::string name = name_of(options.secret);
  set_actions_secret(options.secret, read_bare_token(options.source, name, session).view(), session);
  session.announce(name + " is set\n");
  return 0;
}

}  // namespace

Action configure_github(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  ActionsSecret& secret = options->secret;
  app.add_option("ACTION", options->action, "\"secret\": set a secret of GitHub Actions")->required()->type_name("");
  app.add_option("NAME", secret.name, "What workflows call it: secrets.NAME")->required()->type_name("");
  app.add_option("--repo", secret.repository, "The repository")->type_name("OWNER/REPO");
  app.add_option("--env", secret.environment, "A deployment environment of the repository")->type_name("E");
  app.add_option("--org", secret.organization, "The organization, instead of a repository")->type_name("ORG");
  app.add_option("--visibility", secret.visibility, "Which of its repositories see it: private (default) or all")
      ->type_name("V")
      ->check(CLI::IsMember({"private", "all"}).description(""));
  add_bare_token_options(app, options->source);
  app.footer(
      "\nThe value goes to gh, GitHub's command line, on its standard input; gh encrypts it for GitHub.\n\n"
      "Examples:\n"
      "  regvault github secret GHCR_PAT --repo acme/site --from inventory.yml:all.vars.iaas_console.ghcr_pat\n"
      "  regvault github secret GHCR_PAT --repo acme/site --env production --from-env CR_PAT\n"
      "  printf %s \"$TOKEN\" | regvault github secret GHCR_PAT --org acme --visibility all --stdin");
  return [options, &session] { return github(*options, session); };
}

}  // namespace regvault::tools
