#include <regvault/system/editor.hpp>

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/system/noted_signals.hpp>
#include <regvault/system/process.hpp>

namespace regvault {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kShellBlanks = " \t\r\n";
constexpr std::string_view kTemporaryDirectory = "TMPDIR=";
constexpr milliseconds kProbeTime{2000};

// ------------------------------------------------------------------------------------------------- editors we know

/// -n: no swap file; -i: no viminfo; -f: gvim stays. The settings come after the user's vimrc and before the first
/// write; writebackup is a copy beside the file, or in backupdir. `silent!`, because a small vim has not all of them.
constexpr const char* kVimSettings =
    "silent! set noswapfile | silent! set noundofile | silent! set nobackup | silent! set nowritebackup | "
    "silent! set patchmode= | silent! set viminfo= | silent! set shada=";
constexpr const char* kEmacsSettings =
    "(setq make-backup-files nil version-control nil auto-save-default nil auto-save-list-file-prefix nil "
    "create-lockfiles nil savehist-mode nil undo-tree-auto-save-history nil)";

using Words = std::vector<std::string>;

struct KnownEditor {
  bool (*is)(std::string_view name);
  Words (*arguments)(const std::string& directory);  ///< that keep it from writing elsewhere than there
};

constexpr KnownEditor kKnownEditors[] = {
    {[](std::string_view name) { return name == "nvim" || name.starts_with("nvim."); },
     [](const std::string&) -> Words {
       return {"-n", "-i", "NONE", "-c", kVimSettings};
     }},
    {[](std::string_view name) {
       return name.starts_with("vim") || name.starts_with("gvim") || name.starts_with("rvim");
     },
     [](const std::string&) -> Words { return {"-f", "-n", "-i", "NONE", "-c", kVimSettings}; }},
    {[](std::string_view name) { return name == "nano"; },
     [](const std::string& directory) -> Words { return {"--backupdir=" + directory}; }},
    {[](std::string_view name) { return name.starts_with("emacs") && !name.starts_with("emacsclient"); },
     [](const std::string&) -> Words {
       return {"--eval", kEmacsSettings};
     }},
};

/// "vim.basic" for /usr/bin/vi where that is a link, through /etc/alternatives, to /usr/bin/vim.basic.
std::string real_name(const std::string& program) {
  std::unique_ptr<char, void (*)(void*)> resolved(realpath(program.c_str(), nullptr), std::free);
  std::string path = resolved ? resolved.get() : program;
  std::string name = path.substr(path.rfind('/') + 1);
  if (name != "vi") return name;
  // A program or script of that very name: Fedora's is a small vim, others are no vim at all.
  ProcessResult version = run({.argv = {program, "--version"}, .timeout = kProbeTime});
  return version.standard_output.view().starts_with("VIM - ") ? "vim" : name;
}

const KnownEditor* known_editor(const std::string& program) {
  std::string name = real_name(program);
  for (const KnownEditor& editor : kKnownEditors) {
    if (editor.is(name)) return &editor;
  }
  return nullptr;
}

// ----------------------------------------------------------------------------------------------------------- the run

std::string program_of(const Words& words, const Environment& environment) {
  if (words.empty()) throw Error(ErrorCode::usage, "the editor's command is empty", "set EDITOR to an editor's name");
  const std::string& name = words.front();
  if (std::optional<std::string> program = find_program(name, environment)) return *program;
  bool is_there = name.find('/') != std::string::npos && access(name.c_str(), F_OK) == 0;
  int error = is_there ? EACCES : ENOENT;
  throw Error(ErrorCode::program_failed, "cannot run the editor " + in_quotes(name) + ": " + std::strerror(error),
              "set EDITOR to an editor that is installed", {}, is_there ? "EACCES" : "ENOENT");
}

/// The copy's name. What is no name of a file (a directory's, nothing) has no extension to keep.
std::string copy_name(const std::string& file_name) {
  std::string name = file_name.substr(file_name.rfind('/') + 1);
  bool is_name = !name.empty() && name != "." && name != ".." && name.find('\0') == std::string::npos;
  return is_name ? name : "text";
}

Words environment_with_temporary_directory(const std::string& directory) {
  Words out{std::string(kTemporaryDirectory) + directory};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with(kTemporaryDirectory)) out.emplace_back(*variable);
  }
  return out;
}

/// Our arguments come before the user's, who may have meant what they say.
Process editor_process(const std::string& program, const Words& words, const std::string& directory,
                       const std::string& file) {
  Process process{.argv = {program}};
  if (const KnownEditor* editor = known_editor(program)) {
    for (std::string& argument : editor->arguments(directory)) process.argv.push_back(std::move(argument));
    process.environment = environment_with_temporary_directory(directory);
  }
  process.argv.insert(process.argv.end(), words.begin() + 1, words.end());
  process.argv.push_back(directory + "/" + file);
  process.timeout = kNoTimeout;
  process.pass_standard_input = process.pass_standard_output = process.pass_standard_error = true;
  process.foreground = true;
  return process;
}

void require_success(const ProcessResult& result, const Process& process, const std::string& name) {
  if (result.succeeded()) return;
  if (result.signal == SIGINT) throw Interrupted(SIGINT);  // Ctrl-C reached the editor's group only
  throw Error(ErrorCode::program_failed,
              "the editor " + in_quotes(name) + " failed (" + how_it_ended(result, process) + "); nothing was changed",
              {}, {}, "editor-failed");
}

Edited edit_in_scratch(std::string_view text, const EditorRequest& request, const Words& words,
                       const std::string& program, const NotedSignals& signals) {
  SecretScratch scratch(request.place, request.environment);
  std::string file = copy_name(request.file_name);
  Process process = editor_process(program, words, scratch.path(), file);
  process.noted_signals = &signals;
  scratch.write(file, text);
  Clock::time_point start = Clock::now();
  ProcessResult result = run(process);
  auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - start);
  require_success(result, process, words.front());
  SecretBytes edited = scratch.read(file);
  bool changed = edited.view() != text;
  return {std::move(edited), changed, took};
}

}  // namespace

std::string editor_command(std::span<const std::string_view> variables, std::string_view configured,
                           const Environment& environment) {
  for (std::string_view variable : variables) {
    std::string value = environment(std::string(variable)).value_or("");
    if (!stripped(value).empty()) return value;
  }
  return stripped(configured).empty() ? "vi" : std::string(configured);
}

std::vector<std::string> split_command(std::string_view command) {
  auto fail = [&](std::string_view what) {
    throw Error(ErrorCode::usage, "the command " + in_quotes(command) + " " + std::string(what));
  };
  Words words;
  std::optional<std::string> word;  // none: between two
  char quote = 0;
  for (std::size_t i = 0; i < command.size(); ++i) {
    char c = command[i];
    bool is_quote = quote == 0 ? c == '\'' || c == '"' : c == quote;
    if (quote == 0 && kShellBlanks.find(c) != std::string_view::npos) {
      if (word) words.push_back(*std::exchange(word, std::nullopt));
      continue;
    }
    if (!word) word.emplace();
    if (is_quote) {
      quote = quote == 0 ? c : '\0';
    } else if (c == '\\' && quote != '\'') {
      if (++i == command.size()) fail("ends in a backslash");
      bool is_escape = quote == 0 || command[i] == '"' || command[i] == '\\';
      if (!is_escape) *word += '\\';
      *word += command[i];
    } else {
      *word += c;
    }
  }
  if (quote != 0) fail("has a quote that is not closed");
  if (word) words.push_back(*std::move(word));
  return words;
}

Edited edit_text(std::string_view text, const EditorRequest& request) {
  Words words = split_command(request.command);
  std::string program = program_of(words, request.environment);
  NotedSignals signals;  // outlives the file
  Edited edited = edit_in_scratch(text, request, words, program, signals);
  signals.throw_if_caught();
  return edited;
}

void warn_if_back_at_once(const Edited& edited, const WarningSink& warn) {
  constexpr std::chrono::milliseconds kAtOnce{1000};
  if (edited.changed || edited.took >= kAtOnce) return;
  warn("the editor was back at once and nothing was changed: some need an option to wait, as in \"code --wait\"");
}

}  // namespace regvault
