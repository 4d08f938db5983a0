#include <array>
#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/access/github_account.hpp>
#include <regvault/registry/cause.hpp>

#include "regvault/network_options.hpp"
#include "regvault/sub_verbs.hpp"
#include "regvault/token_source.hpp"

namespace regvault::tools {
namespace {

// ----------------------------------------------------------------------------------------------------------------- url

struct Purpose {
  std::string_view name, scopes;
};
constexpr std::array kPurposes{
    Purpose{"pull", "read:packages"},
    Purpose{"push", "write:packages"},
    Purpose{"delete", "read:packages,delete:packages"},
};

struct UrlOptions {
  std::string purpose, note, github_url = "https://github.com";
};

int print_url(const UrlOptions& options, const Session& session) {
  std::string web = net::parse_url(options.github_url).text();
  while (web.ends_with('/')) web.pop_back();
  for (const Purpose& purpose : kPurposes) {
    if (purpose.name != options.purpose) continue;
    session.write(access::new_token_url(web, purpose.scopes, options.note) + "\n");
    return 0;
  }
  throw Error(ErrorCode::usage, in_quotes(options.purpose) + " is none of pull, push and delete",
              "regvault token url --help");
}

Action configure_url(CLI::App& app, Session& session) {
  auto options = std::make_shared<UrlOptions>();
  app.add_option("--for", options->purpose, "What the token is for: pull, push or delete")
      ->type_name("WHAT")
      ->required();
  app.add_option("--note", options->note, "What the token is called in the list of tokens")
      ->type_name("NAME")
      ->required();
  app.add_option("--github-url", options->github_url, "GitHub Enterprise's (default: https://github.com)")
      ->type_name("URL");
  app.footer(
      "\nThe page is for a classic token, the kind that ghcr.io takes. Choose when it expires there.\n\n"
      "Examples:\n"
      "  regvault token url --for pull --note gpu-fleet");
  return [options, &session] { return print_url(*options, session); };
}

// -------------------------------------------------------------------------------------------------------------- revoke

struct RevokeOptions {
  TokenSource source;
  NetworkOptions network;
  bool yes = false;
};

void confirm(const RevokeOptions& options, const Session& session) {
  if (options.yes) return;
  if (!session.ask_shown) {
    throw Error(ErrorCode::usage, "revoking a token must be confirmed, and there is no terminal", "add --yes");
  }
  if (session.confirm("Revoke this token for good?")) return;
  throw Error(ErrorCode::declined, "the token is not revoked");
}

Error not_revoked(const access::RegistryAnswer& answer) {
  const Cause* cause = find_cause(answer.cause);
  bool temporary = answer.cause == "rate-limit" || answer.cause == "registry-fault";
  std::string said = answer.said.empty() ? "" : ": " + answer.said;
  return {
      temporary ? ErrorCode::program_failed : ErrorCode::refused,
      "GitHub does not revoke the token (" + std::to_string(answer.status) + said + ")",
      temporary && cause != nullptr ? std::string(cause->advice) : "revoke it at https://github.com/settings/tokens",
      {},
      answer.cause};
}

int revoke(const RevokeOptions& options, Session& session) {
  TokenSource source = options.source;
  source.force = true;  // what it looks like is no reason to keep it
  SecretBytes token = read_bare_token(source, "revocation", session);
  confirm(options, session);
  net::HttpClient client = http_client(options.network, session);
  std::string_view api = options.network.github_api.empty() ? access::kGithubApi : options.network.github_api;
  access::RegistryAnswer answer = access::GithubApi(api, sender(client)).revoke(token.view());
  if (!answer.allowed()) throw not_revoked(answer);
  session.announce("GitHub revokes the token, if it is one of its own\n");
  return 0;
}

Action configure_revoke(CLI::App& app, Session& session) {
  auto options = std::make_shared<RevokeOptions>();
  app.add_flag("--yes,-y", options->yes, "Do not ask whether it is meant");
  add_network_options(app, options->network);
  add_bare_token_options(app, options->source);
  app.footer(
      "\nExamples:\n"
      "  regvault token revoke --from group_vars/all/vault.yml:old_token --yes");
  return [options, &session] { return revoke(*options, session); };
}

constexpr SubVerb kSubVerbs[] = {
    {"url", "Print the address of GitHub's page for a new token, filled in", configure_url},
    {"revoke", "End a GitHub token for good, as after a leak or a rotation", configure_revoke},
};

}  // namespace

Action configure_token(CLI::App& app, Session& session) {
  Action action = configure_sub_verbs(app, session, kSubVerbs);
  app.footer(
      "\n\"regvault token url --help\" and \"regvault token revoke --help\" explain each.\n\n"
      "Examples:\n"
      "  regvault token url --for push --note 'acme CI'\n"
      "  regvault token revoke --from group_vars/all/vault.yml:old_token --yes");
  return action;
}

}  // namespace regvault::tools
