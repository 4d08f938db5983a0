#include "regvault/cli.hpp"

#include <algorithm>
#include <new>

#include <CLI/CLI.hpp>

#include <regvault/base/text.hpp>
#include <regvault/crypto/key_derivation.hpp>

#include "regvault/commands.hpp"
#include "regvault/exit_code.hpp"
#include "regvault/report.hpp"

namespace regvault::tools {
namespace {

std::string overview() {
  std::string text = "regvault " REGVAULT_VERSION
                     " - registry tokens in Ansible Vault: encrypt, look up, log in\n\n"
                     "Usage: regvault VERB [OPTION...] [ARGUMENT...]\n\nVerbs:\n";
  for (const Command& command : commands()) {
    text += "  " + std::string(command.name) + std::string(20 - command.name.size(), ' ');
    text += std::string(command.summary) + "\n";
  }
  return text +
         "\n\"regvault VERB --help\" explains a verb, with examples.\n"
         "\"regvault ansible-vault ...\" is ansible-vault, with its options, messages and exit codes.\n";
}

[[noreturn]] void refuse_verb(std::string_view verb) {
  std::vector<std::string_view> names;
  for (const Command& command : commands()) names.push_back(command.name);
  std::optional<std::string_view> meant = closest(verb, names);
  throw Error(ErrorCode::usage, in_quotes(verb) + " is no verb of regvault",
              meant ? "did you mean \"" + std::string(*meant) + "\"?" : "regvault --help");
}

/// CLI11's help without its "Excludes" and "REQUIRED" remarks, which hide the option's own words.
class Help : public CLI::Formatter {
 public:
  Help() { column_width(36); }

  std::string make_option_opts(const CLI::Option* option) const override {
    return option->get_type_name().empty() ? "" : " " + option->get_type_name();
  }
};

/// The verb below a verb that was chosen ("k8s secret"), else the verb itself.
const CLI::App& chosen(const CLI::App& app) {
  const std::vector<CLI::App*> below = app.get_subcommands();
  return below.empty() ? app : chosen(*below.back());
}

std::string full_name(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name() : full_name(*app.get_parent()) + " " + app.get_name();
}

/// The part of an argument that may be repeated in a message: an option's name. Anything else may be a secret.
std::optional<std::string> option_name(const std::string& argument) {
  if (argument.size() < 2 || argument[0] != '-') return std::nullopt;
  return argument.substr(0, argument[1] == '-' ? argument.find('=') : 2);
}

Error unexpected_argument(const CLI::App& app, const std::vector<std::string>& arguments) {
  std::string help = full_name(app) + " --help";
  std::vector<std::string> known;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  std::vector<std::string_view> candidates(known.begin(), known.end());
  for (const std::string& argument : arguments) {
    std::optional<std::string> name = option_name(argument);
    bool short_known = name && name->size() == 2 && app.get_option_no_throw(*name) != nullptr;
    if (!name || short_known || std::find(known.begin(), known.end(), *name) != known.end()) continue;
    std::optional<std::string_view> meant = closest(*name, candidates);
    return {ErrorCode::usage, "unknown option " + in_quotes(*name),
            meant ? "did you mean " + in_quotes(*meant) + "?" : help};
  }
  return {ErrorCode::usage, "more arguments than " + in_quotes(full_name(app)) + " takes", help};
}

/// For a verb with verbs below it, when none of them was chosen.
Error missing_sub_verb(const std::vector<const CLI::App*>& below, const std::string& name,
                       const std::vector<std::string>& arguments) {
  std::string all;
  std::vector<std::string_view> names;
  for (const CLI::App* verb : below) {
    all += (all.empty() ? "" : ", ") + verb->get_name();
    names.push_back(verb->get_name());
  }
  if (arguments.empty() || arguments.front().starts_with('-')) {
    return {ErrorCode::usage, "a verb of " + in_quotes(name) + " is missing: " + all, name + " --help"};
  }
  std::optional<std::string_view> meant = closest(arguments.front(), names);
  return {ErrorCode::usage, in_quotes(arguments.front()) + " is no verb of " + in_quotes(name) + ": " + all,
          meant ? "did you mean \"" + std::string(*meant) + "\"?" : name + " --help"};
}

/// CLI11's own texts quote the value that did not fit; ours never do.
Error usage_error(const CLI::App& app, const CLI::ParseError& error, const std::vector<std::string>& arguments) {
  std::string help = full_name(app) + " --help";
  const std::vector<const CLI::App*> below = app.get_subcommands({});
  if (!below.empty()) return missing_sub_verb(below, full_name(app), arguments);
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) return unexpected_argument(app, arguments);
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr ||
      dynamic_cast<const CLI::ValidationError*>(&error) != nullptr) {
    std::string text = error.what();
    for (const CLI::Option* option : app.get_options()) {
      if (text.find(option->get_name()) != std::string::npos) {
        std::string name = in_quotes(option->get_name());
        std::string kind = option->get_type_name();
        return {ErrorCode::usage,
                name + (kind.empty() ? " takes no value" : " needs a value of another kind (" + kind + ")"), help};
      }
    }
    return {ErrorCode::usage, "an option's value is of the wrong kind", help};
  }
  return {ErrorCode::usage, error.what(), help};
}

/// CLI11 takes the next argument for the value of "--name=", which an unset shell variable leaves behind.
void refuse_empty_values(const CLI::App& app, const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") return;
    if (!argument.starts_with("--") || !argument.ends_with('=')) continue;
    throw Error(ErrorCode::usage, in_quotes(*option_name(argument)) + " has no value", app.get_name() + " --help");
  }
}

int run_command(const Command& command, const std::vector<std::string>& arguments, Session& session) {
  CLI::App app{std::string(command.summary), "regvault " + std::string(command.name)};
  app.formatter(std::make_shared<Help>());
  app.set_help_flag("-h,--help", "Print this help");
  Action action = command.configure(app, session);
  refuse_empty_values(app, arguments);
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // as CLI11 wants them
    app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    session.write(app.help());
    return 0;
  } catch (const CLI::ParseError& error) {
    throw usage_error(chosen(app), error, arguments);
  }
  return action();
}

int dispatch(const std::vector<std::string>& arguments, Session& session) {
  if (arguments.empty()) throw Error(ErrorCode::usage, "a verb is missing", "regvault --help");
  const std::string& verb = arguments.front();
  if (verb == "--help" || verb == "-h" || verb == "help") {
    session.write(overview());
    return 0;
  }
  if (verb == "--version") {
    session.write("regvault " REGVAULT_VERSION "\n");
    bool verbose = arguments.size() > 1 && arguments[1] == "-v";
    if (verbose) session.write("key derivation: " + crypto::key_derivation_engine() + "\n");
    return 0;
  }
  const Command* command = find_command(verb);
  if (command == nullptr) refuse_verb(verb);
  return run_command(*command, {arguments.begin() + 1, arguments.end()}, session);
}

}  // namespace

int run(const std::vector<std::string>& arguments, Session& session) {
  try {
    return dispatch(arguments, session);
  } catch (const Error& error) {
    session.complain(report(error));
    return exit_code(error.code);
  } catch (const std::bad_alloc&) {
    session.complain("regvault: error: not enough memory\n");
    return exit_code(ErrorCode::failed);
  }
}

}  // namespace regvault::tools
