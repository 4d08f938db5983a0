#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/base/text.hpp>
#include <regvault/system/file_update.hpp>

#include "regvault/commands.hpp"
#include "regvault/git_program.hpp"
#include "shim.hpp"

namespace regvault::tools {
namespace {

/// What may hold vaults. Ansible reads files without an extension in group_vars and host_vars, too.
constexpr std::array kPatterns = {"*.yml", "*.yaml", "**/group_vars/**", "**/host_vars/**"};
constexpr std::string_view kAttributes = " diff=regvault merge=regvault";

struct Options {
  std::string action;
  bool shared = false;
  std::vector<std::string> patterns;
};

/// One word for the shell that git starts.
std::string shell_quoted(const std::string& text) {
  std::string out = "'";
  for (char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// git replaces %O and its like in a driver, and %% by %.
std::string with_percents_doubled(const std::string& text) {
  std::string out;
  for (char c : text) out += c == '%' ? std::string("%%") : std::string(1, c);
  return out;
}

void configure(const Session& session) {
  std::string program = shell_quoted(program_path());
  const std::pair<std::string, std::string> settings[] = {
      {"diff.regvault.textconv", program + " textconv"},
      {"diff.regvault.cachetextconv", "false"},  // git would keep the texts in the repository
      {"merge.regvault.name", "regvault: vaults are merged by what they hold"},
      {"merge.regvault.driver", with_percents_doubled(program) + " merge-driver %O %A %B %P"},
  };
  for (const auto& [key, value] : settings) {
    if (git_answer({"config", "--local", "--get", key}, session) == value) continue;
    git({"config", "--local", "--replace-all", key, value}, session);
  }
}

std::string attributes_path(bool shared, const Session& session) {
  if (shared) return git({"rev-parse", "--show-toplevel"}, session) + "/.gitattributes";
  std::string path = git({"rev-parse", "--git-path", "info/attributes"}, session);
  return path.starts_with('/') ? path : session.working_directory + "/" + path;
}

/// A pattern as .gitattributes wants it: in C quotes where it has a blank.
std::string attribute_line(const std::string& pattern) {
  bool needs_quotes = pattern.find_first_of(" \t\"\\") != pattern.npos;
  if (!needs_quotes) return pattern + std::string(kAttributes);
  std::string out = "\"";
  for (char c : pattern) out += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return out + "\"" + std::string(kAttributes);
}

/// Lines that are there stay; what is missing is added behind them.
void add_attributes(const std::string& path, const std::vector<std::string>& patterns, const Session& session) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  FileUpdate update = FileUpdate::begin_or_create(path, 0666);
  std::string before(update.bytes()), after = before;
  std::vector<std::string_view> lines = split(before, '\n');
  for (const std::string& pattern : patterns) {
    std::string line = attribute_line(pattern);
    if (std::ranges::any_of(lines, [&](std::string_view old) { return stripped(old) == line; })) continue;
    if (!after.empty() && !after.ends_with('\n')) after += '\n';
    after += line + "\n";
  }
  if (after != before) update.commit(after, session.warner());
  session.say(in_quotes(path) + (after != before ? " now says" : " says already") + " what git hands to regvault");
}

int git_command(const Options& options, Session& session) {
  if (options.action != "install") {
    throw Error(ErrorCode::usage, in_quotes(options.action) + " is not \"install\"", "regvault git --help");
  }
  std::vector<std::string> patterns(kPatterns.begin(), kPatterns.end());
  patterns.insert(patterns.end(), options.patterns.begin(), options.patterns.end());
  std::string path = attributes_path(options.shared, session);
  configure(session);
  add_attributes(path, patterns, session);
  return 0;
}

}  // namespace

Action configure_git(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  app.add_option("ACTION", options->action, "\"install\"")->required()->type_name("");
  app.add_option("PATTERN", options->patterns, "More files, as in .gitattributes")->type_name("");
  app.add_flag("--shared", options->shared, "Write .gitattributes, for everyone, instead of .git/info/attributes");
  app.footer(
      "\nIn this clone, git diff, log and show then print a fingerprint for each vault, and git merge merges what "
      "vaults "
      "hold. May be repeated.\n\n"
      "Examples:\n"
      "  regvault git install\n"
      "  regvault git install --shared 'keys/*.pem'");
  return [options, &session] { return git_command(*options, session); };
}

}  // namespace regvault::tools
