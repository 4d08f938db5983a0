#include <array>
#include <filesystem>
#include <memory>
#include <tuple>

#include <CLI/CLI.hpp>

#include <regvault/base/text.hpp>
#include <regvault/kubernetes/apply.hpp>
#include <regvault/kubernetes/kustomize.hpp>
#include <regvault/kubernetes/names.hpp>
#include <regvault/kubernetes/pull_secret.hpp>

#include "regvault/cluster_options.hpp"
#include "regvault/commands/k8s.hpp"
#include "regvault/token_source.hpp"

namespace regvault::tools {
namespace {

namespace k8s = kubernetes;

struct Options {
  std::string name;
  std::vector<std::string> namespaces;
  std::string registry, email;
  TokenSource token;
  std::vector<std::tuple<std::string, std::string, std::string>> entries;  // registry, user, FILE:KEY
  std::string form = "yaml", kustomize;
  bool creation_timestamp = false, auth_only = false, reveal = false, interactive = false;
  bool apply = false, dry_run = false;
  k8s::Cluster cluster;
};

std::string asked(const std::string& question, const std::string& otherwise, const Session& session) {
  const std::string shown = otherwise.empty() ? question + ": " : question + " [" + otherwise + "]: ";
  std::optional<std::string> answer = session.ask_shown(shown);
  if (!answer) throw Error(ErrorCode::declined, "no answer was given");
  const std::string text(stripped(*answer));
  return text.empty() ? otherwise : text;
}

void ask_for_what_is_missing(Options& options, const Session& session) {
  if (!options.interactive) return;
  if (!session.ask_shown) {
    throw Error(ErrorCode::usage, "--interactive needs a terminal to ask on", "regvault k8s secret --help");
  }
  if (options.name.empty() && !options.auth_only) options.name = asked("Secret's name", "ghcr-credentials", session);
  if (options.namespaces.empty() && !options.auth_only) {
    const std::string name_space = asked("Namespace (empty: left open)", "", session);
    if (!name_space.empty()) options.namespaces = {name_space};
  }
  if (options.registry.empty()) options.registry = asked("Registry", "ghcr.io", session);
  if (options.email.empty() && !options.auth_only) options.email = asked("E-mail (may be empty)", "", session);
}

void check(const Options& options, const Session& session) {
  if (!options.auth_only) {
    if (options.name.empty()) {
      throw Error(ErrorCode::usage, "the secret's name is missing", "as in: regvault k8s secret ghcr-credentials");
    }
    k8s::check_name(options.name, "secret");
  }
  for (const std::string& name : options.namespaces) k8s::check_namespace(name);
  if (options.auth_only && !options.entries.empty()) {
    throw Error(ErrorCode::usage, "--auth-only is about one registry, not --entry");
  }
  if (!options.kustomize.empty() && options.namespaces.size() > 1) {
    throw Error(ErrorCode::usage, "--kustomize makes a secret in one namespace", "use an overlay for each");
  }
  const bool prints = !options.apply && options.kustomize.empty();
  if (prints && session.output_is_terminal && !options.reveal) {
    throw Error(ErrorCode::usage, "this would show the token on the terminal",
                "--apply stores it in the cluster; > FILE keeps it; --reveal shows it", {}, "terminal");
  }
}

/// The name that the token's checks want.
std::string host_in(const std::string& registry) {
  const std::size_t scheme = registry.find("://");
  return scheme == std::string::npos ? registry : registry.substr(scheme + 3);
}

k8s::Credential credential_of(const std::string& registry, const std::string& email, const TokenSource& source,
                              Session& session) {
  Token token = read_token(source, host_in(registry), session);
  return {.registry = registry,
          .username = std::move(token.username),
          .password = std::move(token.password),
          .email = email};
}

std::vector<k8s::Credential> credentials_of(const Options& options, Session& session) {
  std::vector<k8s::Credential> out;
  const TokenSource& main = options.token;
  const bool main_is_said = main.is_said() || !main.username.empty() || !main.username_place.empty() ||
                            !main.username_variable.empty() || !options.registry.empty();
  if (options.entries.empty() || main_is_said) {
    const std::string registry = options.registry.empty() ? "ghcr.io" : options.registry;
    out.push_back(credential_of(registry, options.email, options.token, session));
  }
  for (const auto& [registry, user, place] : options.entries) {
    TokenSource source;
    source.place = place;
    source.keys = options.token.keys;
    source.force = options.token.force;
    (user.starts_with('@') ? source.username_place : source.username) = user.substr(user.starts_with('@') ? 1 : 0);
    out.push_back(credential_of(registry, "", source, session));
  }
  return out;
}

void apply(const Options& options, std::string_view config, Session& session) {
  const k8s::Kubectl kubectl(session.environment, options.cluster);
  constexpr std::array kDone = {"created", "replaced", "unchanged"};
  constexpr std::array kWould = {"would be created", "would be replaced", "unchanged"};
  std::vector<std::string> namespaces = options.namespaces;
  if (namespaces.empty()) namespaces.emplace_back();
  for (const std::string& name_space : namespaces) {
    const k8s::Applied applied = k8s::store_secret(kubectl, {options.name, name_space}, config, options.dry_run);
    const auto row = static_cast<std::size_t>(applied);
    session.announce("secret " + in_namespace(options.name, name_space) + ": " +
                     (options.dry_run ? kWould : kDone)[row] + "\n");
  }
}

void kustomize(const Options& options, std::string_view config, Session& session) {
  const std::string name_space = options.namespaces.empty() ? "" : options.namespaces.front();
  if (options.dry_run) return session.write(k8s::kustomization(options.name, name_space));
  const k8s::Kustomized done =
      k8s::write_kustomization(options.kustomize, options.name, name_space, config, session.warner());
  session.announce(done.config + ": written; it holds the token in the clear, and is for kubectl kustomize only\n");
  if (done.made) return session.announce(done.file + ": written\n");
  if (done.names_secret) return session.announce(done.file + ": makes the secret already\n");
  session.announce(done.file + " is there, and stays as it is; it wants:\n" +
                   k8s::secret_generator(options.name, name_space));
}

int make_secret(Options options, Session& session) {
  ask_for_what_is_missing(options, session);
  check(options, session);
  const std::vector<k8s::Credential> credentials = credentials_of(options, session);
  if (options.auth_only) {
    SecretBytes auth = k8s::auth_of(credentials.front());
    if (session.output_is_terminal) auth.append("\n");
    session.write(auth.view());
    return 0;
  }
  const SecretBytes config = k8s::docker_config(credentials);
  if (!options.kustomize.empty()) {
    kustomize(options, config.view(), session);
  } else if (options.apply) {
    apply(options, config.view(), session);
  } else {
    const k8s::Form form = options.form == "json" ? k8s::Form::json : k8s::Form::yaml;
    session.write(
        k8s::manifest({options.name, options.namespaces, form, options.creation_timestamp}, config.view()).view());
  }
  return 0;
}

void add_output_options(CLI::App& app, Options& options) {
  constexpr const char* kGroup = "What comes out (default: a manifest)";
  app.add_option("--output,-o", options.form, "yaml (default) or json")
      ->type_name("FORM")
      ->check(CLI::IsMember({"yaml", "json"}))
      ->group(kGroup);
  app.add_flag("--creation-timestamp", options.creation_timestamp,
               "With \"creationTimestamp: null\", as kubectl up to 1.34 prints it")
      ->group(kGroup);
  auto* auth_only = app.add_flag("--auth-only", options.auth_only, "Only base64 of USER:TOKEN")->group(kGroup);
  auto* kustomize = app.add_option("--kustomize", options.kustomize, "Write config.json and kustomization.yaml here")
                        ->type_name("DIR")
                        ->excludes(auth_only)
                        ->group(kGroup);
  app.add_flag("--apply", options.apply, "Store it in the cluster: create it, or replace what is there")
      ->excludes(auth_only)
      ->excludes(kustomize)
      ->group(kGroup);
  app.add_flag("--dry-run", options.dry_run, "With --apply and --kustomize: change nothing")->group(kGroup);
  app.add_flag("--reveal", options.reveal, "Print it on a terminal, too")->group(kGroup);
}

}  // namespace

Action configure_k8s_secret(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  app.add_option("NAME", options->name, "The secret's name")->type_name("");
  app.add_option("--namespace,-n", options->namespaces, "Its namespace; repeatable: a secret in each")
      ->type_name("NS")
      ->allow_extra_args(false);
  app.add_option("--registry", options->registry, "The registry (default: ghcr.io)")->type_name("R");
  app.add_option("--email", options->email, "An e-mail address, which no registry looks at")->type_name("E");
  app.add_option("--entry", options->entries,
                 "A further registry, with its user (or @FILE:KEY) and its token; repeatable")
      ->type_name("R USER FILE:KEY")
      ->allow_extra_args(false);
  app.add_flag("--interactive", options->interactive, "Ask for what is missing");
  add_output_options(app, *options);
  add_cluster_options(app, options->cluster);
  add_token_options(app, options->token);
  app.footer(
      "\nExamples:\n"
      "  regvault k8s secret ghcr-credentials -n argowf -u octocat --from group_vars/all/vars.yml:ghcr_pat > "
      "secret.yml\n"
      "  regvault k8s secret regcred --entry ghcr.io octocat group_vars/all/vars.yml:ghcr_pat "
      "--entry quay.io bot vars.yml:db.token > secrets.yml\n"
      "  regvault k8s secret ghcr-credentials -u octocat --from group_vars/all/vars.yml:ghcr_pat --kustomize "
      "overlays/prod");
  return [options, &session] { return make_secret(*options, session); };
}

}  // namespace regvault::tools
