// Programs that talk to the user: run() gives them the terminal, and has it back afterwards.
#include <regvault/system/process.hpp>
#include <regvault/system/terminal.hpp>

#include "pty.hpp"

namespace regvault {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

Process prompting(std::string script) {
  return {.argv = {"/bin/sh", "-c", std::move(script)}, .pass_standard_error = true, .foreground = true};
}

int say(const std::string& text) {
  std::printf("%s\n", text.c_str());
  std::fflush(stdout);
  return 0;
}

constexpr const char* kAsk =
    "stty -echo </dev/tty; printf 'Pass: ' >/dev/tty; read -r x </dev/tty; stty echo </dev/tty; echo \"$x\"";

int run_and_say(const Process& process) {
  ProcessResult result = run(process);
  return say(how_it_ended(result, process) + " [" + std::string(result.standard_output.view()) + "]");
}

TEST(Foreground, TheProgramMayAskOnTheTerminal) {
  Pty pty([] {
    run_and_say(prompting(kAsk));
    std::optional<std::string> line =
        Terminal::open()->read_line("Ours again: ");  // stops us if we were in the background
    return say("<" + *line + ">");
  });
  ASSERT_TRUE(pty.shows("Pass: "));
  pty.type("hidden\r");
  EXPECT_TRUE(pty.shows("exit code 0 [hidden"));
  ASSERT_TRUE(pty.shows("Ours again: "));
  EXPECT_TRUE(pty.echoes());
  pty.type("shown\r");
  EXPECT_TRUE(pty.shows("<shown>"));
  EXPECT_EQ(pty.status(), 0);
}

TEST(Foreground, CtrlCEndsTheProgramAndIsReported) {
  Pty pty([] {
    Process process = prompting(kAsk);
    ProcessResult result = run(process);
    return say(result.signal == SIGINT ? "it died of SIGINT" : how_it_ended(result, process));
  });
  ASSERT_TRUE(pty.shows("Pass: "));
  EXPECT_FALSE(pty.echoes());
  pty.type("\x03");
  EXPECT_TRUE(pty.shows("it died of SIGINT"));
  EXPECT_TRUE(pty.echoes());  // the program had no chance to turn it on again
  EXPECT_EQ(pty.status(), 0);
}

TEST(Foreground, AProgramThatDoesNotAnswerLeavesTheEchoOn) {
  Pty pty([] {
    Process process = prompting(kAsk);
    process.timeout = 300ms;
    return run_and_say(process);
  });
  ASSERT_TRUE(pty.shows("Pass: "));
  EXPECT_TRUE(pty.shows("no answer within 300 ms"));
  EXPECT_TRUE(pty.echoes());
  EXPECT_EQ(pty.status(), 0);
}

TEST(Foreground, CtrlZStopsUsTogether) {
  Pty pty([] {
    return as_a_job(
        [] { return run_and_say(prompting("printf 'Name: ' >/dev/tty; read -r x </dev/tty; echo \"$x\"")); });
  });
  ASSERT_TRUE(pty.shows("Name: "));
  pty.type("\x1a");
  ASSERT_TRUE(pty.shows("[stopped]"));
  usleep(300'000);
  pty.type("octocat\r");
  EXPECT_TRUE(pty.shows("exit code 0 [octocat"));
  EXPECT_EQ(pty.status(), 0);
}

TEST(Foreground, AMissingProgramLeavesTheTerminalToUs) {
  Pty pty([] {
    error_of([] { run({.argv = {"/no/such/program"}, .foreground = true}); });
    return tcgetpgrp(0) == getpgrp() ? 0 : 1;
  });
  EXPECT_EQ(pty.status(), 0);
}

TEST(Foreground, WithoutATerminalItIsAnOrdinaryRun) {
  EXPECT_EQ(status_of_child([] {
              setsid();
              return run({.argv = {"/bin/echo", "hi"}, .foreground = true}).standard_output.view() == "hi\n";
            }),
            0);
}

TEST(Foreground, InTheBackgroundTheTerminalIsNotTaken) {
  Pty pty([] {
    pid_t background = fork();
    if (background == 0) {
      setpgid(0, 0);
      bool ran = run({.argv = {"/bin/echo", "hi"}, .foreground = true}).standard_output.view() == "hi\n";
      _exit(ran && tcgetpgrp(0) == getppid() ? 0 : 1);
    }
    int status = -1;
    waitpid(background, &status, 0);
    return status == 0 && tcgetpgrp(0) == getpgrp() ? 0 : 1;
  });
  EXPECT_EQ(pty.status(), 0);
}

TEST(NotForeground, TheProgramCannotDisturbTheTerminal) {
  Pty pty([] {
    Process process = {.argv = {"/bin/sh", "-c", "read -r x </dev/tty"}, .timeout = 300ms};
    return run_and_say(process);  // the kernel stops a background process that reads the terminal
  });
  EXPECT_TRUE(pty.shows("no answer within 300 ms"));
  EXPECT_EQ(pty.status(), 0);
}

TEST(Interactive, AnEditorHasOurTerminalAndStreams) {
  Pty pty([] {
    Process process = {
        .argv = {"/bin/sh", "-c",
                 "test -t 0 && test -t 1 && test -t 2 && printf 'Edit: ' && read -r x && echo \"<$x>\"; exit 5"},
        .timeout = kNoTimeout,
        .pass_standard_input = true,
        .pass_standard_output = true,
        .pass_standard_error = true,
        .foreground = true};
    return run_and_say(process);
  });
  ASSERT_TRUE(pty.shows("Edit: "));
  pty.type("words\r");
  EXPECT_TRUE(pty.shows("<words>"));
  EXPECT_TRUE(pty.shows("exit code 5 []"));
  EXPECT_EQ(pty.status(), 0);
}

}  // namespace
}  // namespace regvault
