#include <regvault/workspace/walk.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>
#include <string_view>

#include <regvault/base/text.hpp>
#include <regvault/system/file.hpp>
#include <regvault/system/input.hpp>
#include <regvault/system/process.hpp>

namespace regvault::workspace {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSniffed = 1024;  // a NUL in there: no text
constexpr std::size_t kListingAtMost = std::size_t{1} << 30;

/// What git needs to find its configuration and to decide whom it trusts; nothing that points it to another repository,
/// as GIT_DIR does in a hook.
constexpr std::array kGitVariables{"PATH",
                                   "HOME",
                                   "XDG_CONFIG_HOME",
                                   "GIT_CONFIG_GLOBAL",
                                   "GIT_CONFIG_SYSTEM",
                                   "GIT_CONFIG_NOSYSTEM",
                                   "GIT_CEILING_DIRECTORIES",
                                   "SUDO_UID"};

std::string joined(const std::string& directory, const std::string& name) {
  if (directory == ".") return name;
  return directory + (directory.ends_with('/') ? "" : "/") + name;
}

/// `.NAME.regvault`: the name that a new file has for a moment before it takes the old one's place.
bool is_left_behind(const fs::path& path) {
  std::string name = path.filename().string();
  return name.size() > std::string_view("..regvault").size() && name.starts_with('.') && name.ends_with(".regvault");
}

Error cannot_read(const std::string& path, const std::error_code& error) {
  return {ErrorCode::file_access, "cannot read " + in_quotes(path) + ": " + std::strerror(error.value())};
}

ProcessResult run_git(const std::string& git, const std::string& directory, std::vector<std::string> arguments,
                      const Environment& environment) {
  // A repository's configuration may name a program for this one; nothing else that runs programs is reached.
  Process process{.argv = {git, "-c", "core.fsmonitor=false", "-C", directory}, .output_at_most = kListingAtMost};
  process.argv.insert(process.argv.end(), arguments.begin(), arguments.end());
  process.environment = {"LC_ALL=C", "GIT_OPTIONAL_LOCKS=0"};
  for (const char* name : kGitVariables) {
    if (auto value = environment(name)) process.environment->push_back(std::string(name) + "=" + *value);
  }
  return run(process);
}

class Walk {
 public:
  Walk(const WalkOptions& options, const SkipSink& skipped)
      : options_(options), skipped_(skipped), git_(find_program("git", options.environment)) {}

  std::vector<FoundFile> files_of(const std::string& given);

 private:
  void enter(const std::string& directory, bool may_ask_git);
  void enter_plainly(const std::string& directory);
  void enter_as_listed(const std::string& directory, const std::vector<std::string>& names);
  void enter_nested(const std::string& directory);
  void consider(const std::string& path);
  void skip(const std::string& path, std::string why) const { tell({path, std::move(why)}); }
  void fail(const std::string& path, const Error& error) const { tell({path, "it could not be read", error}); }
  void tell(const Skip& what) const {
    if (skipped_) skipped_(what);
  }

  ProcessResult git(const std::string& directory, std::vector<std::string> arguments) const;
  std::optional<std::vector<std::string>> listed_by_git(const std::string& directory) const;
  bool is_below_symlink(const std::string& directory, const std::string& name);

  const WalkOptions& options_;
  const SkipSink& skipped_;
  std::optional<std::string> git_;
  std::map<std::string, bool> is_real_;  // directories, asked before
  std::vector<FoundFile> found_;
};

std::vector<FoundFile> Walk::files_of(const std::string& given) {
  std::error_code error;
  fs::file_status status = fs::status(given, error);
  if (error || !fs::exists(status)) fail_with_errno("read", in_quotes(given), error ? error.value() : ENOENT);
  found_.clear();
  if (!fs::is_directory(status)) return {{given, true}};
  std::string directory = given;
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  if (directory.starts_with("./") && directory.size() > 2) directory.erase(0, 2);
  enter(directory, true);
  std::ranges::sort(found_, {}, &FoundFile::path);
  return std::move(found_);
}

void Walk::enter(const std::string& directory, bool may_ask_git) {
  if (may_ask_git && git_ && !options_.with_ignored) {
    if (auto names = listed_by_git(directory)) return enter_as_listed(directory, *names);
  }
  enter_plainly(directory);
}

void Walk::enter_plainly(const std::string& directory) {
  std::error_code error;
  fs::directory_iterator entries(directory, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const fs::path name = entries->path().filename();
    if (name == ".git") continue;
    std::error_code unknown;
    std::string path = joined(directory, name.string());
    if (fs::is_directory(entries->symlink_status(unknown))) {
      enter_nested(path);
    } else {
      consider(path);
    }
  }
  if (error) fail(directory, cannot_read(directory, error));
}

/// A directory with a repository of its own is git's again.
void Walk::enter_nested(const std::string& directory) {
  std::error_code unknown;
  enter(directory, fs::exists(fs::symlink_status(directory + "/.git", unknown)));
}

void Walk::enter_as_listed(const std::string& directory, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    std::string path = joined(directory, name);
    if (path.ends_with('/')) path.pop_back();  // a repository that is not a submodule
    if (is_below_symlink(directory, name)) continue;
    std::error_code unknown;
    fs::file_status status = fs::symlink_status(path, unknown);
    if (fs::is_directory(status)) {
      enter_nested(path);
    } else if (fs::exists(status)) {  // a tracked file may be deleted
      consider(path);
    }
  }
}

/// The index may still know files of a directory that a symlink took the place of: those are somewhere else.
bool Walk::is_below_symlink(const std::string& directory, const std::string& name) {
  for (std::size_t slash = name.find('/'); slash != name.npos; slash = name.find('/', slash + 1)) {
    std::string parent = joined(directory, name.substr(0, slash));
    auto [known, is_new] = is_real_.try_emplace(parent, false);
    std::error_code unknown;
    if (is_new) known->second = fs::is_directory(fs::symlink_status(parent, unknown));
    if (!known->second) return true;
  }
  return false;
}

void Walk::consider(const std::string& path) {
  std::error_code error;
  fs::file_status status = fs::symlink_status(path, error);
  if (fs::is_symlink(status)) return skip(path, "a symlink");
  if (!fs::is_regular_file(status)) return skip(path, "no regular file");
  if (is_left_behind(path)) return skip(path, "left behind by a regvault that was killed");
  try {
    if (fs::file_size(path, error) > kFileAtMost && !error) return skip(path, "larger than 64 MiB");
    std::array<char, kSniffed> head{};
    std::size_t count = Input::open(path).read_at(0, head.data(), head.size());
    if (std::string_view(head.data(), count).find('\0') != std::string_view::npos) return skip(path, "binary");
  } catch (const Error& failure) {
    return fail(path, failure);
  }
  found_.push_back({path, false});
}

ProcessResult Walk::git(const std::string& directory, std::vector<std::string> arguments) const {
  return run_git(*git_, directory, std::move(arguments), options_.environment);
}

/// nullopt: it is not for git to say.
std::optional<std::vector<std::string>> Walk::listed_by_git(const std::string& directory) const {
  try {
    ProcessResult listing = git(directory, {"ls-files", "-z", "--cached", "--others", "--exclude-standard"});
    if (!listing.succeeded()) return std::nullopt;
    for (std::string_view line : split(listing.standard_error.view(), '\n')) {
      if (line.starts_with("warning: could not open directory")) {
        fail(directory, {ErrorCode::file_access, "git " + std::string(line)});
      }
    }
    std::set<std::string> names;  // one with a merge conflict is listed several times
    for (std::string_view name : split(listing.standard_output.view(), '\0')) {
      if (!name.empty()) names.insert(std::string(name));
    }
    if (names.empty() && git(directory, {"check-ignore", "-q", "."}).succeeded()) return std::nullopt;
    return std::vector<std::string>(names.begin(), names.end());
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

std::vector<FoundFile> walk(const std::vector<std::string>& paths, const WalkOptions& options,
                            const SkipSink& skipped) {
  Walk walk(options, skipped);
  std::vector<FoundFile> files;
  std::set<std::string> seen;
  for (const std::string& given : paths) {
    for (FoundFile& file : walk.files_of(given)) {
      std::error_code unknown;
      fs::path real = fs::canonical(file.path, unknown);
      if (unknown || seen.insert(real.string()).second) files.push_back(std::move(file));
    }
  }
  return files;
}

bool is_tracked(const std::string& path, const Environment& environment) {
  std::optional<std::string> git = find_program("git", environment);
  if (!git) return false;
  fs::path file(path);
  std::string directory = file.has_parent_path() ? file.parent_path().string() : ".";
  try {
    return run_git(*git, directory,
                   {"--literal-pathspecs", "ls-files", "--error-unmatch", "--", file.filename().string()}, environment)
        .succeeded();
  } catch (const Error&) {
    return false;
  }
}

}  // namespace regvault::workspace
