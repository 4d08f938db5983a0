#include <regvault/system/editor.hpp>
#include <regvault/system/noted_signals.hpp>

#include <map>

#include "memory_place.hpp"
#include "pty.hpp"

namespace regvault {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(SplitCommand, AsPythonsShlexSplit) {
  struct Row {
    std::string command;
    std::vector<std::string> words;
  };
  const Row rows[] = {
      {"vi", {"vi"}},
      {"  code\t--wait \r\n", {"code", "--wait"}},
      {R"(vim -c 'set ft=yaml' "+norm G")", {"vim", "-c", "set ft=yaml", "+norm G"}},
      {R"(a\ b 'c\ d' "e\ f\"g\\h")", {"a b", R"(c\ d)", R"(e\ f"g\h)"}},
      {R"(a'b'"c"d '' "")", {"abcd", "", ""}},
      {"$HOME ~ * # `x` |", {"$HOME", "~", "*", "#", "`x`", "|"}},
      {"größe\v", {"größe\v"}},
      {"", {}},
      {" ", {}},
  };
  for (const Row& row : rows) EXPECT_EQ(split_command(row.command), row.words) << row.command;
}

TEST(SplitCommand, WhatIsNotClosedIsRefused) {
  for (std::string command : {"vim 'x", "vim \"x", R"(vim "x\")"}) {
    Error error = error_of([&] { split_command(command); });
    EXPECT_EQ(error.code, ErrorCode::usage);
    EXPECT_EQ(error.message, "the command " + in_quotes(command) + " has a quote that is not closed");
  }
  EXPECT_EQ(error_of([&] { split_command("vim \\"); }).message, R"(the command "vim \\" ends in a backslash)");
}

TEST(EditorCommand, TheFirstVariableThatSaysSomething) {
  const std::string_view variables[] = {"VISUAL", "EDITOR", "ANSIBLE_EDITOR"};
  struct Row {
    std::map<std::string, std::string> set;
    std::string configured, command;
  };
  const Row rows[] = {
      {{}, "", "vi"},
      {{}, " ", "vi"},
      {{}, "nano -w", "nano -w"},
      {{{"ANSIBLE_EDITOR", "emacs"}}, "nano", "emacs"},
      {{{"ANSIBLE_EDITOR", "emacs"}, {"EDITOR", "vim"}}, "nano", "vim"},
      {{{"EDITOR", "vim"}, {"VISUAL", "code --wait"}}, "", "code --wait"},
      {{{"EDITOR", "vim"}, {"VISUAL", ""}}, "", "vim"},
      {{{"EDITOR", " \t"}}, "nano", "nano"},
  };
  for (const Row& row : rows) {
    Environment environment = [&](const std::string& name) -> std::optional<std::string> {
      auto found = row.set.find(name);
      return found == row.set.end() ? std::nullopt : std::optional(found->second);
    };
    EXPECT_EQ(editor_command(variables, row.configured, environment), row.command);
  }
}

// ------------------------------------------------------------------------------------------------- editors of our own

/// A directory for an editor (a shell script), and a place in memory where nothing must be left.
class EditText : public testing::Test {
 protected:
  void TearDown() override { EXPECT_THAT(place_.names(), IsEmpty()); }

  /// The path of a script; "$1" is the file, unless it is called like an editor we know.
  std::string editor(const std::string& script, const std::string& name = "ed") {
    std::string path = scratch_.write(name, "#!/bin/sh\n" + script + "\n");
    chmod(path.c_str(), 0755);
    return path;
  }

  EditorRequest request(const std::string& command, const std::string& file_name = "vars.yml") {
    return {.command = command, .file_name = file_name, .environment = place_.environment()};
  }

  Edited edit(const std::string& script) { return edit_text("old\n", request(editor(script))); }

  std::string said() const { return content(scratch_.path("said")); }

  bool waits_for(const std::string& name) const {
    for (int i = 0; i < 1000 && !std::filesystem::exists(scratch_.path(name)); ++i) usleep(10'000);
    return std::filesystem::exists(scratch_.path(name));
  }

  Scratch scratch_;
  MemoryPlace place_;
};

TEST_F(EditText, ReturnsWhatTheEditorLeft) {
  Edited edited = edit("echo new >>\"$1\"");
  EXPECT_EQ(edited.text.view(), "old\nnew\n");
  EXPECT_TRUE(edited.changed);
  EXPECT_LT(edited.took, 5s);
}

TEST_F(EditText, SaysThatNothingChangedAndHowLongItTook) {
  Edited edited = edit("echo old >\"$1\"; sleep 0.3");
  EXPECT_EQ(edited.text.view(), "old\n");
  EXPECT_FALSE(edited.changed);
  EXPECT_GE(edited.took, 300ms);
}

TEST_F(EditText, AnyBytesSurvive) {
  std::string text(300'000, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 7);
  Edited edited = edit_text(text, request(editor("printf x >>\"$1\"")));
  EXPECT_TRUE(edited.text.view() == text + "x");
  EXPECT_FALSE(edit_text("", request("/bin/true")).changed);
}

TEST_F(EditText, TheFileIsOursAloneAndKeepsItsName) {
  struct Row {
    std::string file_name, copy;
  };
  const Row rows[] = {
      {"vars.yml", "vars.yml"},
      {"../group_vars/all/my vault.yaml", "my vault.yaml"},
      {"-x.yml", "-x.yml"},
      {"/a/b/", "text"},
      {"", "text"},
      {"..", "text"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.file_name);
    edit_text("old", request(editor("ls -A \"${1%/*}\" >" + scratch_.path("said")), row.file_name));
    EXPECT_EQ(said(), row.copy + "\n");
  }
  edit("stat -c '%a %u' \"$1\" \"${1%/*}\" >" + scratch_.path("said"));
  std::string uid = std::to_string(geteuid());
  EXPECT_EQ(said(), "600 " + uid + "\n700 " + uid + "\n");
}

TEST_F(EditText, TheCommandsWordsReachTheEditor) {
  edit_text("old", request(editor("printf '<%s>' \"$1\" \"$2\" \"$3\" \"${4##*/}\" >" + scratch_.path("said")) +
                           " -w 'two words' \"\""));
  EXPECT_EQ(said(), "<-w><two words><><vars.yml>");
}

TEST_F(EditText, TheEditorIsFoundByPath) {
  editor("echo found >\"$1\"", "my-editor");
  EditorRequest by_name = request("my-editor");
  by_name.environment = [this](const std::string& name) {
    return name == "PATH" ? scratch_.path() : place_.environment()(name);
  };
  EXPECT_EQ(edit_text("", by_name).text.view(), "found\n");
}

TEST_F(EditText, AFileThatWasReplacedIsReadByItsName) {
  EXPECT_EQ(edit("echo new >\"$1.tmp\"; mv \"$1.tmp\" \"$1\"; chmod 400 \"$1\"").text.view(), "new\n");
}

TEST_F(EditText, WhatIsNoFileAnyMoreIsRefused) {
  struct Row {
    std::string script, reason;
  };
  const Row rows[] = {
      {"ln -sf /etc/passwd \"$1\"", "not-a-file"}, {"rm \"$1\"; mkfifo \"$1\"", "not-a-file"},
      {"rm \"$1\"; mkdir \"$1\"", "not-a-file"},   {"rm \"$1\"", "ENOENT"},
      {"truncate -s 2G \"$1\"", "EFBIG"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.script);
    Error error = error_of([&] { edit(row.script); });
    EXPECT_EQ(error.code, ErrorCode::file_access);
    EXPECT_EQ(error.reason, row.reason);
    EXPECT_THAT(place_.names(), IsEmpty());
  }
}

TEST_F(EditText, AnEditorThatFailsChangesNothing) {
  struct Row {
    std::string script, how;
  };
  const Row rows[] = {{"echo new >\"$1\"; exit 3", "exit code 3"}, {"kill -9 $$", "killed by signal 9"}};
  for (const Row& row : rows) {
    Error error = error_of([&] { edit(row.script); });
    EXPECT_EQ(error.code, ErrorCode::program_failed);
    EXPECT_EQ(error.reason, "editor-failed");
    EXPECT_EQ(error.message,
              "the editor \"" + scratch_.path("ed") + "\" failed (" + row.how + "); nothing was changed");
    EXPECT_THAT(place_.names(), IsEmpty());
  }
}

TEST_F(EditText, AnEditorThatCannotRun) {
  std::string no_program = scratch_.write("plain", "text");
  std::string broken = scratch_.write("broken", "#!/no/such/shell\n");
  chmod(broken.c_str(), 0755);
  struct Row {
    std::string command, message, reason;
    ErrorCode code = ErrorCode::program_failed;
  };
  const Row rows[] = {
      {"no-such-editor -x", "cannot run the editor \"no-such-editor\": No such file or directory", "ENOENT"},
      {no_program, "cannot run the editor \"" + no_program + "\": Permission denied", "EACCES"},
      {broken, "cannot run \"" + broken + "\": No such file or directory", "ENOENT"},
      {" ", "the editor's command is empty", "", ErrorCode::usage},
      {"vim '", "the command \"vim '\" has a quote that is not closed", "", ErrorCode::usage},
  };
  for (const Row& row : rows) {
    Error error = error_of([&] { edit_text("old", request(row.command)); });
    EXPECT_EQ(error.code, row.code);
    EXPECT_EQ(error.message, row.message);
    EXPECT_EQ(error.reason, row.reason);
  }
}

TEST_F(EditText, EditorsWeKnowAreToldToLeaveNothingBehind) {
  const std::string settings =
      "silent! set noswapfile | silent! set noundofile | silent! set nobackup | silent! set nowritebackup | "
      "silent! set patchmode= | silent! set viminfo= | silent! set shada=";
  struct Row {
    std::string name, arguments;
    bool is_known = true;
  };
  const std::string vim = "<-f><-n><-i><NONE><-c><" + settings + ">";
  const Row rows[] = {
      {"vim", vim},
      {"vim.basic", vim},
      {"gvim", vim},
      {"rvim", vim},
      {"nvim", "<-n><-i><NONE><-c><" + settings + ">"},
      {"nano", "<--backupdir=DIR>"},
      {"emacs-nox",
       "<--eval><(setq make-backup-files nil version-control nil auto-save-default nil auto-save-list-file-prefix nil "
       "create-lockfiles nil savehist-mode nil undo-tree-auto-save-history nil)>"},
      {"emacsclient.emacs", "", false},
      {"nvim-qt", "", false},
      {"ed", "", false},
      {"vi", "", false},  // it does not say that it is vim
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    std::string path =
        editor("for last; do :; done; dir=${last%/*}\nprintf '<%s>' \"$@\" \"$TMPDIR\" | sed \"s!$dir!DIR!g\" >" +
                   scratch_.path("said"),
               row.name);
    std::filesystem::create_symlink(path, scratch_.path("alternative"));
    std::filesystem::create_symlink("alternative", scratch_.path("editor"));
    setenv("TMPDIR", "/tmp", 1);
    edit_text("old", request(scratch_.path("editor") + " -own"));
    unsetenv("TMPDIR");
    EXPECT_EQ(said(), row.arguments + "<-own><DIR/vars.yml><" + (row.is_known ? "DIR" : "/tmp") + ">");
    std::filesystem::remove(scratch_.path("alternative"));
    std::filesystem::remove(scratch_.path("editor"));
  }
}

TEST_F(EditText, AViThatIsVimIsKnown) {
  std::string path =
      editor("if [ \"$1\" = --version ]; then echo 'VIM - Vi IMproved 9.0'; exit; fi; printf '%s' \"$2\" >" +
                 scratch_.path("said"),
             "vi");
  edit_text("old", request(path));
  EXPECT_EQ(said(), "-n");
}

// ------------------------------------------------------------------------------------------------------------- signals

TEST_F(EditText, ASignalToUsEndsTheEditorAndLeavesNothing) {
  for (int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    SCOPED_TRACE(number);
    std::filesystem::remove(scratch_.path("ready"));
    std::string path =
        editor("echo $$ >" + scratch_.path("pid") + "; : >" + scratch_.path("ready") + "; exec sleep 60");
    pid_t child = fork();
    if (child == 0) {
      rlimit none{};
      setrlimit(RLIMIT_CORE, &none);
      try {
        edit_text("old", request(path));
      } catch (const Interrupted& interrupted) {
        if (place_.names().empty()) die_of(interrupted.signal);
      }
      _exit(1);
    }
    ASSERT_TRUE(waits_for("ready"));
    EXPECT_EQ(place_.names().size(), 2U);
    kill(child, number);
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
    EXPECT_EQ(WTERMSIG(status), number);
    EXPECT_THAT(place_.names(), IsEmpty());
    EXPECT_EQ(kill(std::stoi(content(scratch_.path("pid"))), 0), -1);
  }
}

/// What a main() does, in the terminal of a Pty; prints what came back.
int edit_and_say(const EditorRequest& request) {
  int number = 0;
  try {
    Edited edited = edit_text("old\n", request);
    std::printf("[%s]\n", std::string(edited.text.view()).c_str());
    std::fflush(stdout);
  } catch (const Interrupted& interrupted) {
    number = interrupted.signal;
  }
  if (number != 0) die_of(number);
  return 0;
}

TEST_F(EditText, CtrlCThatEndsTheEditorEndsUs) {
  EditorRequest request = this->request(editor("echo ready; exec sleep 60"));
  Pty pty([&] { return edit_and_say(request); });
  ASSERT_TRUE(pty.shows("ready"));
  pty.type("\x03");
  int status = pty.status();
  EXPECT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
  EXPECT_EQ(WTERMSIG(status), SIGINT);
}

TEST_F(EditText, CtrlCIsTheEditors) {
  EditorRequest request =
      this->request(editor("trap 'echo new >\"$1\"; exit 0' INT; echo ready; while :; do sleep 0.01; done"));
  Pty pty([&] { return edit_and_say(request); });
  ASSERT_TRUE(pty.shows("ready"));
  pty.type("\x03");
  EXPECT_TRUE(pty.shows("[new\r\n]"));
  EXPECT_EQ(pty.status(), 0);
}

TEST_F(EditText, TheTerminalIsTheEditors) {
  EditorRequest request = this->request(editor("printf 'Line: '; read -r x && echo \"$x\" >\"$1\""));
  Pty pty([&] { return edit_and_say(request); });
  ASSERT_TRUE(pty.shows("Line: "));
  pty.type("typed\r");
  EXPECT_TRUE(pty.shows("[typed\r\n]"));
  EXPECT_EQ(pty.status(), 0);
}

TEST_F(EditText, CtrlZStopsUsTogether) {
  EditorRequest request = this->request(editor("printf 'Line: '; read -r x && echo \"$x\" >\"$1\""));
  Pty pty([&] { return as_a_job([&] { return edit_and_say(request); }); });
  ASSERT_TRUE(pty.shows("Line: "));
  pty.type("\x1a");
  ASSERT_TRUE(pty.shows("[stopped]"));
  usleep(300'000);
  pty.type("typed\r");
  EXPECT_TRUE(pty.shows("[typed\r\n]"));
  EXPECT_EQ(pty.status(), 0);
}

TEST_F(EditText, AHangUpLeavesNothing) {
  EditorRequest request = this->request(editor("echo $$ >" + scratch_.path("pid") + "; echo ready; exec sleep 60"));
  Pty pty([&] { return edit_and_say(request); });
  ASSERT_TRUE(pty.shows("ready"));
  EXPECT_EQ(place_.names().size(), 2U);
  pty.hang_up();
  for (int i = 0; i < 500 && !place_.names().empty(); ++i) usleep(10'000);
  EXPECT_THAT(place_.names(), IsEmpty());
}

TEST_F(EditText, TheEchoIsBackAfterASignal) {
  EditorRequest request = this->request(editor("stty -echo -icanon; echo ready; exec sleep 60"));
  Pty pty([&] { return edit_and_say(request); });
  ASSERT_TRUE(pty.shows("ready"));
  EXPECT_FALSE(pty.echoes());
  kill(pty.pid(), SIGTERM);
  int status = pty.status();
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_TRUE(pty.echoes());
}

}  // namespace
}  // namespace regvault
