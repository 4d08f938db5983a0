#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/base/text.hpp>
#include <regvault/credential_store/store.hpp>
#include <regvault/keys/vault_id.hpp>
#include <regvault/registry/auth_file_access.hpp>
#include <regvault/system/process.hpp>

#include "regvault/commands.hpp"
#include "regvault/login_options.hpp"

namespace regvault::tools {
namespace {

constexpr std::string_view kName = "regvault", kProgram = "docker-credential-regvault";

struct Options {
  std::string action;
  LoginTarget target;
  std::string file, key, username, username_key, vault_id;
};

/// As it must stand in a file that is read from anywhere.
std::string absolute(const std::string& path, const Session& session) {
  bool is_so = path.starts_with('/') || path.starts_with("~/");
  return is_so ? path : session.working_directory + "/" + path;
}

std::string absolute_vault_id(const std::string& text, const Session& session) {
  keys::VaultId id = keys::parse_vault_id(text);
  bool is_program = id.source.find('/') == std::string::npos && id.source.ends_with("-client");
  bool stays = is_program || id.source == "prompt";  // which is refused when it is used
  std::string source = stays ? id.source : absolute(id.source, session);
  bool needs_label = id.label || source.find('@') != std::string::npos;
  return needs_label ? id.label.value_or("") + "@" + source : source;
}

credential_store::Entry entry_of(const Options& options, const RegistryReference& registry, const Session& session) {
  if (options.file.empty() || options.key.empty() || options.vault_id.empty()) {
    throw Error(ErrorCode::usage, "it is not said where the login is",
                "--file FILE --key KEY --vault-id [LABEL@]SOURCE, and --username U or --username-key KEY");
  }
  credential_store::Entry entry;
  entry.name = registry.name();
  entry.registry = registry;
  entry.file = absolute(options.file, session);
  entry.key = yaml::parse_path(options.key);
  entry.username = options.username;
  if (!options.username_key.empty()) entry.username_key = yaml::parse_path(options.username_key);
  entry.vault_id = absolute_vault_id(options.vault_id, session);
  return entry;
}

/// Names the helper in each engine's own file, or takes it out.
void tell_engines(const Options& options, const RegistryReference& registry, std::string_view helper,
                  const Account& account, const Session& session) {
  WarningSink warn = session.warner();
  for (Engine engine : options.target.engines_or({Engine::podman, Engine::docker})) {
    if (engine == Engine::none) throw Error(ErrorCode::usage, "the engine \"none\" asks no helper");
    AuthLocations files = auth_locations(engine, account, {.auth_file = options.target.given_auth_file()});
    const std::string& path = files.reads[files.target].path;
    AuthFileUpdate update(path, warn);
    bool changed = update.file().set_helper(registry, engine, helper);
    if (changed) update.commit();
    std::string what = helper.empty() ? " asks no helper for " : " asks regvault for ";
    session.announce(std::string(engine_name(engine)) + ":" + (changed ? "" : " already") + what + registry.name() +
                     " (" + path + ")\n");
  }
}

int enable(const Options& options, const RegistryReference& registry, const Account& account, Session& session) {
  if (!registry.path.empty()) {
    throw Error(ErrorCode::usage, "engines ask a helper for whole registries only: " + in_quotes(registry.name()),
                "write the host only: " + registry.host);
  }
  std::string path = credential_store::configuration_path(account);
  credential_store::Entry entry = entry_of(options, registry, session);
  credential_store::CredentialStore store({path, {entry}}, account, session.warner());
  (void)store.get(registry.name());  // nothing is written for a login that cannot be had
  bool changed = credential_store::write_entry(path, entry, account, session.warner());
  session.announce(registry.name() + (changed ? " is now" : " is already") + " in " + path + "\n");
  tell_engines(options, registry, kName, account, session);
  if (!find_program(kProgram, session.environment)) {
    session.warner()("no " + std::string(kProgram) +
                     " is on PATH: engines will not find it; it is installed beside regvault");
  }
  return 0;
}

int credential_helper(const Options& options, Session& session) {
  std::optional<RegistryReference> given = options.target.given_registry();
  RegistryReference registry = given ? *given : parse_registry(kDefaultRegistry);
  Account account = account_in(session.environment);
  if (options.action == "enable") return enable(options, registry, account, session);
  if (options.action != "disable") {
    throw Error(ErrorCode::usage, in_quotes(options.action) + " is neither \"enable\" nor \"disable\"",
                "regvault credential-helper --help");
  }
  tell_engines(options, registry, "", account, session);
  return 0;
}

}  // namespace

Action configure_credential_helper(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  app.add_option("ACTION", options->action, "\"enable\" or \"disable\"")->required()->type_name("");
  add_login_options(app, options->target, "The registry");
  app.add_option("--file", options->file, "The file with the token, encrypted")->type_name("FILE");
  app.add_option("--key", options->key, "Where the token is in it")->type_name("KEY");
  auto* username = app.add_option("--username,-u", options->username, "The user name")->type_name("U");
  app.add_option("--username-key", options->username_key, "Where the user name is in the file")
      ->type_name("KEY")
      ->excludes(username);
  app.add_option("--vault-id", options->vault_id, "The vault secret: [LABEL@]FILE, a script, or regvault-client")
      ->type_name("ID");
  app.footer(
      "\nEngines then ask docker-credential-regvault for the registry's login, each time they need it.\n\n"
      "Examples:\n"
      "  regvault credential-helper enable ghcr.io --file inventory.yml --key all.vars.iaas_console.ghcr_pat -u "
      "octocat "
      "--vault-id @pw\n"
      "  regvault credential-helper disable ghcr.io");
  return [options, &session] { return credential_helper(*options, session); };
}

}  // namespace regvault::tools
