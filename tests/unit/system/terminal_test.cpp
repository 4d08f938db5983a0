#include <regvault/system/terminal.hpp>

#include "pty.hpp"

namespace regvault {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Asks once, and prints what it got between brackets ("(end)" at end of file).
int ask_hidden() {
  std::optional<Terminal> terminal = Terminal::open();
  if (!terminal) return 1;
  std::optional<SecretBytes> line = terminal->read_hidden("Password: ");
  terminal->write(line ? "[" + std::string(line->view()) + "]\n" : "(end)\n");
  return 0;
}

/// As a main() does it.
int ask_and_die() {
  try {
    return ask_hidden();
  } catch (const Interrupted& interrupted) {
    die_of(interrupted.signal);
    return 2;
  }
}

TEST(Terminal, ThereIsNoneWithoutASession) {
  EXPECT_EQ(status_of_child([] {
              setsid();
              return !Terminal::open();
            }),
            0);
}

TEST(Terminal, IsTerminal) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  EXPECT_FALSE(is_terminal(ends[0]));
  close(ends[0]);
  close(ends[1]);
  EXPECT_FALSE(is_terminal(-1));
  Pty pty([] { return is_terminal(0) && is_terminal(2) ? 0 : 1; });
  EXPECT_EQ(pty.status(), 0);
}

TEST(ReadHidden, DoesNotShowWhatIsTyped) {
  Pty pty([] {
    std::optional<Terminal> terminal = Terminal::open();
    std::optional<SecretBytes> line = terminal->read_hidden("Password: ");
    return line && line->view() == "hunter2 größe" ? 0 : 1;
  });
  ASSERT_TRUE(pty.shows("Password: "));
  EXPECT_FALSE(pty.echoes());
  pty.type("hunter2 größe\r");
  EXPECT_EQ(pty.status(), 0);
  EXPECT_EQ(pty.output(), "Password: \r\n");
}

struct KeysRow {
  std::string name, keys, shown;
};

TEST(ReadHidden, Keys) {
  const std::string long_line(10'000, 'x');
  const KeysRow rows[] = {
      {"enter", "abc\r", "[abc]"},
      {"line feed", "abc\n", "[abc]"},
      {"nothing", "\r", "[]"},
      {"blanks stay", " a b \r", "[ a b ]"},
      {"backspace",
       "abx\x7f"
       "c\r",
       "[abc]"},
      {"the other backspace",
       "abx\b"
       "c\r",
       "[abc]"},
      {"backspace at the start",
       "\x7f\x7f"
       "a\r",
       "[a]"},
      {"backspace over UTF-8",
       "aé€😀\x7f\x7f"
       "b\r",
       "[aéb]"},
      {"Ctrl-U", "wrong\x15right\r", "[right]"},
      {"Ctrl-D at the start", "\x04", "(end)"},
      {"Ctrl-D after erasing all", "a\x7f\x04", "(end)"},
      {"Ctrl-D inside a line",
       "ab\x04"
       "c\r",
       "[abc]"},
      {"10,000 characters", long_line + "\r", "[" + long_line + "]"},
  };
  for (const KeysRow& row : rows) {
    SCOPED_TRACE(row.name);
    Pty pty(ask_hidden);
    ASSERT_TRUE(pty.shows("Password: "));
    pty.type(row.keys);
    EXPECT_TRUE(pty.shows(row.shown + "\r\n"));
    EXPECT_TRUE(pty.echoes());
    EXPECT_EQ(pty.status(), 0);
  }
}

TEST(ReadHidden, ALineThatNeverEndsIsRefused) {
  Pty pty([] { return error_of(ask_hidden).message == "the line typed is longer than 64 KiB" ? 0 : 1; });
  ASSERT_TRUE(pty.shows("Password: "));
  pty.type(std::string(64 * 1024 + 1, 'x'));
  EXPECT_EQ(pty.status(), 0);
}

TEST(ReadHidden, WhatIsTypedAheadIsTheNextAnswer) {
  Pty pty([] { return ask_hidden() + ask_hidden(); });
  ASSERT_TRUE(pty.shows("Password: "));
  pty.type("one\rtwo\r");
  EXPECT_TRUE(pty.shows("[one]\r\nPassword: "));
  EXPECT_TRUE(pty.shows("[two]\r\n"));
  EXPECT_EQ(pty.status(), 0);
}

TEST(ReadHidden, SignalsRestoreTheEchoAndTakeTheirCourse) {
  for (int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    SCOPED_TRACE(number);
    Pty pty([] {
      try {
        ask_hidden();
        return 1;
      } catch (const Interrupted& interrupted) {
        termios settings{};
        tcgetattr(0, &settings);
        if ((settings.c_lflag & ECHO) == 0 || (settings.c_lflag & ICANON) == 0) return 2;
        die_of(interrupted.signal);
        return 3;
      }
    });
    ASSERT_TRUE(pty.shows("Password: "));
    pty.type("half a pass");
    usleep(20'000);
    kill(pty.pid(), number);
    int status = pty.status();
    EXPECT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
    EXPECT_EQ(WTERMSIG(status), number);
    EXPECT_EQ(pty.output(), "Password: \r\n");
  }
}

TEST(ReadHidden, CtrlCIsASignal) {
  Pty pty(ask_and_die);
  ASSERT_TRUE(pty.shows("Password: "));
  pty.type("half\x03");
  int status = pty.status();
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGINT);
  EXPECT_THAT(pty.output(), Not(HasSubstr("half")));
}

TEST(ReadHidden, AnIgnoredSignalStaysIgnored) {
  Pty pty([] {
    signal(SIGHUP, SIG_IGN);
    return ask_hidden();
  });
  ASSERT_TRUE(pty.shows("Password: "));
  kill(pty.pid(), SIGHUP);
  usleep(20'000);
  pty.type("abc\r");
  EXPECT_TRUE(pty.shows("[abc]"));
  EXPECT_EQ(pty.status(), 0);
}

TEST(ReadHidden, HandlersAreGivenBack) {
  Pty pty([] {
    auto own = +[](int) {};
    signal(SIGINT, own);
    ask_hidden();
    return signal(SIGINT, SIG_DFL) == own && signal(SIGTERM, SIG_IGN) == SIG_DFL ? 0 : 1;
  });
  ASSERT_TRUE(pty.shows("Password: "));
  pty.type("abc\r");
  EXPECT_EQ(pty.status(), 0);
}

TEST(ReadHidden, CtrlZStopsWithEchoAndAsksAgain) {
  Pty pty([] { return as_a_job(ask_and_die); });
  ASSERT_TRUE(pty.shows("Password: "));
  pty.type("half\x1a");
  ASSERT_TRUE(pty.shows("[stopped]"));
  ASSERT_TRUE(pty.shows("Password: "));
  pty.type("whole\r");
  EXPECT_TRUE(pty.shows("[whole]"));
  EXPECT_EQ(pty.status(), 0);
  EXPECT_THAT(pty.output(), Not(HasSubstr("half")));
}

TEST(ReadHidden, AHangUpIsTheEnd) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  {
    Pty pty([&] {
      signal(SIGHUP, SIG_IGN);
      std::optional<Terminal> terminal = Terminal::open();
      char said = 'x';
      try {
        said = terminal->read_hidden("Password: ") ? 'l' : 'e';
      } catch (const Error&) {
        said = 'E';
      }
      return write(ends[1], &said, 1) == 1 ? 0 : 1;
    });
    ASSERT_TRUE(pty.shows("Password: "));
    pty.hang_up();
    char said = '?';
    EXPECT_EQ(read(ends[0], &said, 1), 1);
    EXPECT_THAT(said, testing::AnyOf('e', 'E'));
  }
  close(ends[0]);
  close(ends[1]);
}

TEST(ReadLine, ShowsWhatIsTyped) {
  Pty pty([] {
    std::optional<Terminal> terminal = Terminal::open();
    bool right = terminal->read_line("Name: ") == "octo cat" && terminal->read_line("Again: ") == std::nullopt;
    return right ? 0 : 1;
  });
  ASSERT_TRUE(pty.shows("Name: "));
  pty.type("octi\x7fo cat\r");
  ASSERT_TRUE(pty.shows("Again: "));
  pty.type("\x04");
  EXPECT_EQ(pty.status(), 0);
  EXPECT_THAT(pty.output(), HasSubstr("octi"));
}

TEST(ReadLine, CtrlCIsASignal) {
  Pty pty([] {
    try {
      Terminal::open()->read_line("Name: ");
      return 1;
    } catch (const Interrupted& interrupted) {
      return interrupted.signal == SIGINT ? 0 : 2;
    }
  });
  ASSERT_TRUE(pty.shows("Name: "));
  pty.type("half\x03");
  EXPECT_EQ(pty.status(), 0);
}

TEST(DieOf, EndsTheProcessWhateverItsHandlers) {
  for (int number : {SIGINT, SIGTERM, SIGHUP}) {
    int status = status_of_child([&] {
      signal(number, SIG_IGN);
      sigset_t all;
      sigfillset(&all);
      sigprocmask(SIG_SETMASK, &all, nullptr);
      die_of(number);
      return true;
    });
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), number);
  }
}

}  // namespace
}  // namespace regvault
