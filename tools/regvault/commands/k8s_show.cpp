#include <algorithm>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/base/text.hpp>
#include <regvault/github/token.hpp>
#include <regvault/json/document.hpp>
#include <regvault/kubernetes/apply.hpp>
#include <regvault/kubernetes/examine.hpp>
#include <regvault/kubernetes/names.hpp>
#include <regvault/registry/cause.hpp>
#include <regvault/system/file.hpp>
#include <regvault/vault/fingerprint.hpp>

#include "regvault/cluster_options.hpp"
#include "regvault/commands/k8s.hpp"
#include "regvault/exit_code.hpp"
#include "regvault/key_options.hpp"
#include "regvault/table.hpp"
#include "regvault/token_source.hpp"

namespace regvault::tools {
namespace {

namespace k8s = kubernetes;

struct Options {
  std::string source, name_space;
  bool json = false;
  TokenSource wanted;  // of --compare
  k8s::Cluster cluster;
};

std::vector<k8s::PullSecret> secrets_of(const Options& options, Session& session) {
  if (options.source == "-") return k8s::pull_secrets_in(session.read_input().view(), "standard input");
  const bool in_cluster = options.source.starts_with("secret/");
  std::error_code ignored;
  if (!in_cluster && std::filesystem::exists(options.source, ignored)) {
    return k8s::pull_secrets_in(read_secret_file(options.source).view(), options.source);
  }
  const std::string name = in_cluster ? options.source.substr(7) : options.source;
  if (!in_cluster && name.find('/') != name.npos) fail_with_errno("read", in_quotes(name), ENOENT);
  k8s::check_name(name, "secret");
  const k8s::Kubectl kubectl(session.environment, options.cluster);
  std::optional<SecretBytes> json = k8s::secret_in_cluster(kubectl, {name, options.name_space});
  if (json) return k8s::pull_secrets_in(json->view(), name);
  throw Error(ErrorCode::not_found, "there is no secret " + in_namespace(name, options.name_space), {}, {},
              "pull-secret-missing");
}

/// What the token is by its looks. A fingerprint only of what nobody can guess.
struct Looks {
  std::string kind, verdict, fingerprint;
};

Looks looks_of(const k8s::PullSecret::Login& login) {
  const std::string_view token = login.password.view();
  const github::TokenShape shape = github::inspect_token(token);
  Looks looks{.kind = shape.kind == github::TokenKind::none ? "password" : std::string(name_of(shape.kind)),
              .verdict = {},
              .fingerprint = {}};
  if (shape.verdict == github::TokenVerdict::ok) looks.verdict = "checksum is right";
  if (shape.verdict == github::TokenVerdict::mistyped) looks.verdict = "not copied whole";
  if (shape.verdict == github::TokenVerdict::has_whitespace) looks.verdict = "white space";
  if (shape.kind == github::TokenKind::fine_grained && login.registry.find("ghcr.io") != std::string::npos) {
    looks.verdict = "ghcr.io does not take it";
  }
  if (shape.kind != github::TokenKind::none) looks.fingerprint = vault::ciphertext_fingerprint(token);
  return looks;
}

bool is_bad(const Looks& looks) {
  return !looks.verdict.empty() && looks.verdict != "checksum is right";
}

/// A line or a cell for one secret: "argowf/ghcr-credentials".
std::string title(const k8s::PullSecret& secret) {
  if (secret.name.empty()) return "the configuration";
  return (secret.name_space.empty() ? "" : secret.name_space + "/") + secret.name;
}

bool is_wanted(const k8s::PullSecret::Login& login, const std::optional<SecretBytes>& wanted) {
  return !wanted || equal_in_constant_time(login.password.view(), wanted->view());
}

std::string as_text(const std::vector<k8s::PullSecret>& secrets, const std::optional<SecretBytes>& wanted) {
  std::vector<std::vector<std::string>> rows{{"SECRET", "REGISTRY", "USER", "TOKEN", "VERDICT", "FINGERPRINT"}};
  if (wanted) rows[0].push_back("AS WANTED");
  std::string findings;
  for (const k8s::PullSecret& secret : secrets) {
    for (const k8s::PullSecret::Login& login : secret.logins) {
      const Looks looks = looks_of(login);
      rows.push_back({title(secret), login.registry, login.username, looks.kind, looks.verdict, looks.fingerprint});
      if (wanted) rows.back().push_back(is_wanted(login, wanted) ? "yes" : "no");
    }
    for (const k8s::Finding& finding : secret.findings) {
      findings += escaped(title(secret)) + ": " + (finding.registry.empty() ? "" : escaped(finding.registry) + ": ") +
                  escaped(finding.text) + (finding.cause.empty() ? "" : " (" + finding.cause + ")") + "\n";
      const Cause* cause = find_cause(finding.cause);
      if (cause != nullptr) findings += "  " + std::string(cause->advice) + "\n";
    }
  }
  return (rows.size() > 1 ? table(rows) : "") + (rows.size() > 1 && !findings.empty() ? "\n" : "") + findings;
}

json::Object as_json(const k8s::PullSecret& secret, const std::optional<SecretBytes>& wanted) {
  json::Array logins, findings;
  for (const k8s::PullSecret::Login& login : secret.logins) {
    const Looks looks = looks_of(login);
    json::Object entry{{"registry", as_utf8(login.registry)},
                       {"username", login.username},
                       {"token", looks.kind},
                       {"verdict", looks.verdict},
                       {"fingerprint", looks.fingerprint}};
    if (wanted) entry["as_wanted"] = is_wanted(login, wanted);
    logins.push_back(std::move(entry));
  }
  for (const k8s::Finding& finding : secret.findings) {
    findings.push_back(json::Object{
        {"cause", finding.cause}, {"registry", as_utf8(finding.registry)}, {"text", as_utf8(finding.text)}});
  }
  return {{"name", as_utf8(secret.name)},
          {"namespace", as_utf8(secret.name_space)},
          {"type", as_utf8(secret.type)},
          {"logins", std::move(logins)},
          {"findings", std::move(findings)}};
}

bool needs_attention(const k8s::PullSecret& secret, const std::optional<SecretBytes>& wanted) {
  return !secret.findings.empty() || std::ranges::any_of(secret.logins, [&](const auto& login) {
    return is_bad(looks_of(login)) || !is_wanted(login, wanted);
  });
}

int show(const Options& options, Session& session) {
  const std::vector<k8s::PullSecret> secrets = secrets_of(options, session);
  std::optional<SecretBytes> wanted;
  if (!options.wanted.place.empty()) wanted = read_bare_token(options.wanted, "the comparison", session);
  if (options.json) {
    json::Document document;
    json::Array& all = document.root().get_object()["secrets"].emplace_array();
    for (const k8s::PullSecret& secret : secrets) all.push_back(as_json(secret, wanted));
    SecretBytes text = document.written();
    text.append("\n");
    session.write(text.view());
  } else {
    session.write(as_text(secrets, wanted));
  }
  const bool attention =
      std::ranges::any_of(secrets, [&](const auto& secret) { return needs_attention(secret, wanted); });
  return attention ? kNeedsAttention : 0;
}

}  // namespace

Action configure_k8s_show(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  app.add_option("SECRET", options->source, "A manifest, - for standard input, or the name of a secret in the cluster")
      ->required()
      ->type_name("");
  app.add_option("--namespace,-n", options->name_space, "Of a secret in the cluster")->type_name("NS");
  app.add_flag("--json", options->json, "JSON instead of a table");
  app.add_option("--compare", options->wanted.place, "Say whether the token is this one")->type_name("FILE:KEY");
  add_cluster_options(app, options->cluster);
  add_key_options(app, options->wanted.keys);
  app.footer(
      "\nNo token is shown: its kind, whether it was copied whole, and a fingerprint.\n\n"
      "Examples:\n"
      "  regvault k8s show secret.yml\n"
      "  regvault k8s show - --json < secret.yml\n"
      "  regvault k8s show secret.yml --compare group_vars/all/vars.yml:ghcr_pat");
  return [options, &session] { return show(*options, session); };
}

}  // namespace regvault::tools
