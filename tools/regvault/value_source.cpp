#include "regvault/value_source.hpp"

#include <CLI/CLI.hpp>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/github/token.hpp>
#include <regvault/system/file.hpp>

namespace regvault::tools {
namespace {

SecretBytes ask(const std::string& what, Session& session) {
  if (!session.ask_hidden) {
    throw Error(ErrorCode::usage, "no value is given, and there is no terminal to ask on",
                "give it with --stdin, --from-file FILE or --from-env NAME");
  }
  std::optional<SecretBytes> first = session.ask_hidden("New value for " + what + ": ");
  std::optional<SecretBytes> again;
  if (first) again = session.ask_hidden("Once more. New value for " + what + ": ");
  if (!first || !again) throw Error(ErrorCode::declined, "no value was entered");
  if (!equal_in_constant_time(first->view(), again->view())) {
    throw Error(ErrorCode::usage, "the two values differ", "run the command again");
  }
  return std::move(*first);
}

/// `echo TOKEN | regvault set --stdin` means the token. A text of several lines means its last newline too.
void drop_final_newline(SecretBytes& value, Session& session) {
  std::string_view text = value.view();
  std::size_t newline = text.find('\n');
  if (newline == std::string_view::npos || newline + 1 != text.size()) return;
  bool crlf = text.ends_with("\r\n");
  value.resize(text.size() - (crlf ? 2 : 1));
  session.say("note: the final newline of standard input was dropped (--keep-newline keeps it)");
}

SecretBytes read(const ValueSource& source, const std::string& what, Session& session) {
  if (!source.file.empty()) return read_secret_file(source.file);
  if (!source.variable.empty()) return value_of_variable(source.variable, session);
  if (!source.standard_input) return ask(what, session);
  SecretBytes value = session.read_input();
  if (!source.keep_newline) drop_final_newline(value, session);
  return value;
}

/// An empty name (an unset shell variable) is a mistake, not a wish to be asked.
CLI::Validator not_empty() {
  return CLI::Validator([](const std::string& text) { return std::string(text.empty() ? "empty" : ""); }, "");
}

}  // namespace

void add_value_options(CLI::App& app, ValueSource& source) {
  constexpr const char* kGroup = "Where the value comes from (default: a hidden prompt, twice)";
  auto* input = app.add_flag("--stdin", source.standard_input, "Standard input")->group(kGroup);
  auto* file = app.add_option("--from-file", source.file, "A file, every byte of it")
                   ->type_name("FILE")
                   ->check(not_empty())
                   ->group(kGroup);
  auto* variable = app.add_option("--from-env", source.variable, "An environment variable")
                       ->type_name("NAME")
                       ->check(not_empty())
                       ->group(kGroup);
  input->excludes(file)->excludes(variable);
  file->excludes(variable);
  app.add_flag("--keep-newline", source.keep_newline, "Keep the final newline of a single line from --stdin")
      ->needs(input)
      ->group(kGroup);
}

SecretBytes value_of_variable(const std::string& name, const Session& session) {
  std::optional<SecretBytes> value = session.take_variable(name);
  if (!value) throw Error(ErrorCode::not_found, "the environment variable " + in_quotes(name) + " is not set");
  return std::move(*value);
}

SecretBytes read_value(const ValueSource& source, const std::string& what, Session& session) {
  SecretBytes value = read(source, what, session);
  if (value.empty() && !source.allow_empty) {
    throw Error(ErrorCode::usage, "the value is empty", "--force stores an empty value");
  }
  return value;
}

void check_token(std::string_view value, bool force, const WarningSink& warn) {
  std::string damage = github::damage_of(value);
  if (!damage.empty() && !force) {
    throw Error(ErrorCode::usage, "the value " + damage, "was it copied whole? --force stores it as it is", {},
                "token");
  }
  if (github::inspect_token(value).kind == github::TokenKind::fine_grained) {
    warn("the value is a GitHub fine-grained personal access token: ghcr.io takes classic ones only");
  }
}

void warn_of_bytes(std::string_view value, const WarningSink& warn) {
  if (!is_utf8(value)) warn("the value is not UTF-8 text: Ansible cannot use it as a variable");
}

}  // namespace regvault::tools
