#include "shim.hpp"

#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/system/file.hpp>

#include "regvault/commands.hpp"

namespace regvault::tools {
namespace {

struct Options {
  std::string action;
  std::string directory;
};

/// ~/.local/bin, which is made if need be. A directory that was named is not: it may be a slip.
std::string chosen_directory(const Options& options, const Session& session) {
  if (!options.directory.empty()) return options.directory;
  std::string home = expanded_path("~/.local/bin", session.environment);
  std::error_code error;
  std::filesystem::create_directories(home, error);
  if (error) fail_with_errno("create", in_quotes(home), error.value());
  return home;
}

void tell_what_the_name_means(const Session& session) {
  std::vector<AnsibleVault> programs = ansible_vaults(session.environment);
  session.say(programs.empty() ? "no ansible-vault is on PATH" : "ansible-vault is now " + in_quotes(programs[0].path));
}

int enable(const Options& options, const Session& session) {
  std::string directory = chosen_directory(options, session);
  Shim shim = enable_shim(directory);
  session.say(in_quotes(shim.path) + (shim.changed ? " leads to " : " leads already to ") + in_quotes(program_path()));
  std::vector<AnsibleVault> programs = ansible_vaults(session.environment);
  bool comes_first = !programs.empty() && programs[0].is_regvault;
  if (!comes_first) {
    std::string means = programs.empty() ? "finds none" : "finds " + in_quotes(programs[0].path) + " first";
    session.warner()("who types ansible-vault " + means + ": put " + in_quotes(directory) + " at the front of PATH");
  }
  return 0;
}

int disable(const Options& options, const Session& session) {
  std::string directory = chosen_directory(options, session);
  Shim shim = disable_shim(directory);
  session.say(in_quotes(shim.path) + (shim.changed ? " is removed" : " is not there"));
  tell_what_the_name_means(session);
  return 0;
}

int shim(const Options& options, const Session& session) {
  if (options.action == "enable") return enable(options, session);
  if (options.action == "disable") return disable(options, session);
  throw Error(ErrorCode::usage, in_quotes(options.action) + " is neither \"enable\" nor \"disable\"",
              "regvault shim --help");
}

}  // namespace

Action configure_shim(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  app.add_option("ACTION", options->action, "\"enable\" or \"disable\"")->required()->type_name("");
  app.add_option("--dir", options->directory, "Where the link is; default: ~/.local/bin")->type_name("DIR");
  app.footer(
      "\nA shim is a link ansible-vault -> regvault. Where it comes first on PATH, the name ansible-vault means "
      "regvault.\nNo other file is ever replaced or removed.\n\n"
      "Examples:\n"
      "  regvault shim enable\n"
      "  regvault shim disable --dir ~/bin");
  return [options, &session] { return shim(*options, session); };
}

}  // namespace regvault::tools
