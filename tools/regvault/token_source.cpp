#include "regvault/token_source.hpp"

#include <algorithm>
#include <filesystem>

#include <CLI/CLI.hpp>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/github/token.hpp>
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

SecretBytes value_at(const std::string& place, const keys::KeyRequest& request, Session& session) {
  std::optional<keys::Keyring> keyring;
  return std::move(vault_file::get(target_of(place), load_on_demand(keyring, request, session)).text);
}

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
                "give it with --from FILE:KEY, --stdin, --from-env NAME or --from-gh");
  }
  std::optional<SecretBytes> token = session.ask_hidden("Token for " + what + ": ");
  if (!token || token->empty()) throw Error(ErrorCode::declined, "no token was entered");
  return std::move(*token);
}

SecretBytes password_of(const TokenSource& source, const std::string& what, Session& session) {
  if (!source.place.empty()) return without_line_end(value_at(source.place, source.keys, session));
  if (!source.variable.empty()) return value_of_variable(source.variable, session);
  if (source.from_gh) return of_gh(session);
  if (source.standard_input) return without_line_end(session.read_input());
  return asked(what, session);
}

std::string username_of(const TokenSource& source, const std::string& registry, Session& session) {
  std::string name = source.username;
  if (!source.username_place.empty()) {
    name = std::string(stripped(value_at(source.username_place, source.keys, session).view()));
  }
  if (name.empty() && session.ask_shown) {
    name = stripped(session.ask_shown("User name for " + registry + ": ").value_or(""));
  }
  if (name.empty()) {
    throw Error(ErrorCode::usage, "no user name is given", "give it with --username U or --username-from FILE:KEY");
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

void check(std::string_view token, const std::string& registry, bool force) {
  if (token.empty()) throw Error(ErrorCode::usage, "the token is empty");
  if (force) return;
  github::TokenShape shape = github::inspect_token(token);
  if (has_stray_bytes(token)) refuse("there is white space in the token or around it", "copy it once more");
  if (shape.verdict == github::TokenVerdict::mistyped) {
    refuse("the token looks like a GitHub " + std::string(name_of(shape.kind)) + ", but its checksum is wrong",
           "was it copied whole?");
  }
  if (shape.kind == github::TokenKind::fine_grained && registry.starts_with("ghcr.io")) {
    refuse("ghcr.io takes classic tokens only, and this is a fine-grained one",
           "make one: https://github.com/settings/tokens/new?scopes=read:packages");
  }
}

}  // namespace

void add_token_options(CLI::App& app, TokenSource& source) {
  auto* place = app.add_option("--from", source.place, "A value in a file, encrypted or not")
                    ->type_name("FILE:KEY")
                    ->group(kGroup);
  auto* input = app.add_flag("--stdin", source.standard_input, "Standard input")->excludes(place)->group(kGroup);
  auto* variable = app.add_option("--from-env", source.variable, "An environment variable")
                       ->type_name("NAME")
                       ->excludes(place)
                       ->excludes(input)
                       ->group(kGroup);
  app.add_flag("--from-gh", source.from_gh, "GitHub's command line: gh auth token")
      ->excludes(place)
      ->excludes(input)
      ->excludes(variable)
      ->group(kGroup);
  auto* username =
      app.add_option("--username,-u", source.username, "The user name (default: a prompt)")->type_name("U");
  app.add_option("--username-from", source.username_place, "The user name, from a value in a file")
      ->type_name("FILE:KEY")
      ->excludes(username);
  app.add_flag("--force", source.force, "Use a token that looks wrong");
  add_key_options(app, source.keys);
}

Token read_token(const TokenSource& source, const std::string& registry, Session& session) {
  std::string username = username_of(source, registry, session);
  SecretBytes password = password_of(source, username + " at " + registry, session);
  check(password.view(), registry, source.force);
  return {std::move(username), std::move(password)};
}

}  // namespace regvault::tools
