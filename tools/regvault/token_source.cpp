#include "regvault/token_source.hpp"

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <optional>

#include <CLI/CLI.hpp>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/github/token.hpp>
#include <regvault/inventory/lookup.hpp>
#include <regvault/registry/auth_file.hpp>
#include <regvault/system/process.hpp>
#include <regvault/vault_file/vault_file.hpp>

#include "regvault/key_options.hpp"
#include "regvault/value_source.hpp"

namespace regvault::tools {
namespace {

constexpr const char* kGroup = "Where the token comes from (default: a hidden prompt)";

/// FILE:KEY. A colon may be part of the file's name: the first one after a file that is there counts, else the first.
vault_file::Target target_of(const std::string& place) {
  std::size_t split = place.find(':');
  for (std::size_t colon = split; colon != std::string::npos; colon = place.find(':', colon + 1)) {
    std::error_code ignored;
    if (!std::filesystem::exists(place.substr(0, colon), ignored)) continue;
    split = colon;
    break;
  }
  if (split == std::string::npos || split == 0 || split + 1 == place.size()) {
    throw Error(ErrorCode::usage, in_quotes(place) + " is not FILE:KEY", "as in inventory.yml:all.vars.ghcr_pat");
  }
  return {place.substr(0, split), yaml::parse_path(place.substr(split + 1)), {}};
}

/// Reads values out of files and out of what a host sees; asks for vault secrets at most once.
class Values {
 public:
  Values(const TokenSource& source, Session& session) : source_(source), session_(session) {}

  SecretBytes at(const std::string& place) { return std::move(vault_file::get(target_of(place), keys()).text); }

  SecretBytes of_host(const std::string& variable) {
    if (!model_) model_.emplace(load_inventory(source_.inventory, source_.keys, keyring_, session_));
    return std::move(
        inventory::lookup(*model_, source_.host, yaml::parse_path(variable), keys(), session_.warner()).text);
  }

 private:
  vault_file::Keys keys() { return load_on_demand(keyring_, source_.keys, session_); }

  const TokenSource& source_;
  Session& session_;
  std::optional<keys::Keyring> keyring_;
  std::optional<inventory::Model> model_;
};

SecretBytes without_line_end(SecretBytes value) {
  while (value.view().ends_with('\n') || value.view().ends_with('\r')) value.resize(value.size() - 1);
  return value;
}

SecretBytes of_gh(const Session& session) {
  std::optional<std::string> gh = find_program("gh", session.environment);
  if (!gh) throw Error(ErrorCode::not_found, "gh, GitHub's command line, is not installed", {}, {}, "gh");
  Process process{.argv = {*gh, "auth", "token"}};
  ProcessResult result = run(process);
  if (result.succeeded()) return without_line_end(std::move(result.standard_output));
  throw Error(ErrorCode::program_failed, "gh auth token failed (" + how_it_ended(result, process) + ")",
              "log in with it first: gh auth login -s read:packages", {}, "gh");
}

SecretBytes asked(const std::string& what, const Session& session) {
  if (!session.ask_hidden) {
    throw Error(ErrorCode::usage, "no token is given, and there is no terminal to ask on",
                "give it with --from FILE:KEY, --host H --var V, --stdin, --from-env NAME or --from-gh");
  }
  std::optional<SecretBytes> token = session.ask_hidden("Token for " + what + ": ");
  if (!token || token->empty()) throw Error(ErrorCode::declined, "no token was entered");
  return std::move(*token);
}

SecretBytes password_of(const TokenSource& source, const std::string& what, Values& values, Session& session) {
  if (!source.place.empty()) return without_line_end(values.at(source.place));
  if (!source.host_variable.empty()) return without_line_end(values.of_host(source.host_variable));
  if (!source.variable.empty()) return value_of_variable(source.variable, session);
  if (source.from_gh) return of_gh(session);
  if (source.standard_input) return without_line_end(session.read_input());
  return asked(what, session);
}

std::string username_of(const TokenSource& source, const std::string& registry, Values& values, Session& session) {
  std::string name = source.username;
  if (!source.username_place.empty()) name = stripped(values.at(source.username_place).view());
  if (!source.username_variable.empty()) name = stripped(values.of_host(source.username_variable).view());
  if (name.empty() && session.ask_shown) {
    name = stripped(session.ask_shown("User name for " + registry + ": ").value_or(""));
  }
  if (name.empty()) {
    throw Error(ErrorCode::usage, "no user name is given",
                "give it with --username U, --username-from FILE:KEY or --username-var V");
  }
  bool strange = name.find(':') != std::string::npos || begins_like_a_token(name);
  if (!strange) return name;
  throw Error(ErrorCode::usage, "that is no user name: it has a colon in it, or is a token",
              "are user name and token exchanged?");
}

bool has_stray_bytes(std::string_view token) {
  return stripped(token) != token || std::ranges::any_of(token, [](char c) { return c >= 0 && c < ' '; });
}

void refuse(const std::string& why, const std::string& hint) {
  throw Error(ErrorCode::usage, why, hint + "; --force goes on", {}, "token");
}

void check_form(std::string_view token, bool force) {
  if (token.empty()) throw Error(ErrorCode::usage, "the token is empty");
  if (force) return;
  if (has_stray_bytes(token)) refuse("there is white space in the token or around it", "copy it once more");
  std::string damage = github::damage_of(token);
  if (!damage.empty()) refuse("the token " + damage, "was it copied whole?");
}

void check_kind(std::string_view token, const std::string& registry, bool force) {
  bool is_taken = github::inspect_token(token).kind != github::TokenKind::fine_grained;
  if (force || is_taken || !registry.starts_with("ghcr.io")) return;
  refuse("ghcr.io takes classic tokens only, and this is a fine-grained one",
         "make one: " + std::string(github::kNewTokenUrl));
}

/// The command line's other ways to say where the token comes from exclude each other.
void exclude_each_other(std::initializer_list<CLI::Option*> options) {
  for (CLI::Option* const* one = options.begin(); one != options.end(); ++one) {
    for (CLI::Option* const* other = options.begin(); other != one; ++other) (*one)->excludes(*other);
  }
}

CLI::Option* add_source_options(CLI::App& app, TokenSource& source) {
  auto* place = app.add_option("--from", source.place, "A value in a file, encrypted or not")
                    ->type_name("FILE:KEY")
                    ->group(kGroup);
  auto* host = app.add_option("--host", source.host, "A host of the inventory, for --var")->type_name("H");
  auto* host_variable = app.add_option("--var", source.host_variable, "A variable of the host, or a path in one")
                            ->type_name("V")
                            ->needs(host)
                            ->group(kGroup);
  auto* input = app.add_flag("--stdin", source.standard_input, "Standard input")->group(kGroup);
  auto* variable =
      app.add_option("--from-env", source.variable, "An environment variable")->type_name("NAME")->group(kGroup);
  auto* gh = app.add_flag("--from-gh", source.from_gh, "GitHub's command line: gh auth token")->group(kGroup);
  exclude_each_other({place, host_variable, input, variable, gh});
  add_inventory_options(app, source.inventory);
  app.add_flag("--force", source.force, "Use a token that looks wrong");
  add_key_options(app, source.keys);
  return host;
}

}  // namespace

bool TokenSource::is_said() const {
  return !place.empty() || !host_variable.empty() || standard_input || !variable.empty() || from_gh;
}

void add_token_options(CLI::App& app, TokenSource& source) {
  CLI::Option* host = add_source_options(app, source);
  auto* username =
      app.add_option("--username,-u", source.username, "The user name (default: a prompt)")->type_name("U");
  auto* place = app.add_option("--username-from", source.username_place, "The user name, from a value in a file")
                    ->type_name("FILE:KEY");
  auto* variable =
      app.add_option("--username-var", source.username_variable, "The user name, from a variable of the host")
          ->type_name("V")
          ->needs(host);
  exclude_each_other({username, place, variable});
}

void add_bare_token_options(CLI::App& app, TokenSource& source) {
  add_source_options(app, source);
}

Token read_token(const TokenSource& source, const std::string& registry, Session& session) {
  Values values(source, session);
  std::string username = username_of(source, registry, values, session);
  SecretBytes password = password_of(source, username + " at " + registry, values, session);
  check_form(password.view(), source.force);
  check_kind(password.view(), registry, source.force);
  return {std::move(username), std::move(password)};
}

SecretBytes read_bare_token(const TokenSource& source, const std::string& what, Session& session) {
  Values values(source, session);
  SecretBytes token = password_of(source, what, values, session);
  check_form(token.view(), source.force);
  return token;
}

}  // namespace regvault::tools
