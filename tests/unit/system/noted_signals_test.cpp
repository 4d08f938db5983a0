#include <regvault/system/noted_signals.hpp>
#include <regvault/system/process.hpp>

#include <poll.h>

#include <chrono>
#include <thread>

#include "scratch.hpp"

namespace regvault {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

bool is_ready(int descriptor) {
  pollfd ready{descriptor, POLLIN, 0};
  return poll(&ready, 1, 0) == 1;
}

int interrupted_by(const NotedSignals& signals) {
  try {
    signals.throw_if_caught();
    return 0;
  } catch (const Interrupted& interrupted) {
    return interrupted.signal;
  }
}

/// How a child ends that runs `code` returning true: the signal, or 0.
template <typename Code>
int signal_that_ends(Code code) {
  int status = status_of_child(code);
  if (WIFSIGNALED(status)) return WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  return 0;
}

TEST(NotedSignals, NotesWhatWouldEndUs) {
  for (int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    SCOPED_TRACE(number);
    NotedSignals signals;
    EXPECT_EQ(interrupted_by(signals), 0);
    EXPECT_FALSE(is_ready(signals.descriptor()));
    raise(number);
    EXPECT_TRUE(is_ready(signals.descriptor()));
    EXPECT_EQ(interrupted_by(signals), number);
    EXPECT_EQ(signals.wait_for_input(-1), number);
  }
  NotedSignals fresh;
  EXPECT_EQ(fresh.caught(), 0);
}

TEST(NotedSignals, StopOnlyForAQuestion) {
  {
    NotedSignals signals(NotedSignals::Stop::is_noted);
    raise(SIGTSTP);
    EXPECT_EQ(signals.caught(), SIGTSTP);
    raise(SIGTERM);
    raise(SIGTSTP);
    EXPECT_EQ(signals.caught(), SIGTERM);  // the one that ends counts
  }
  NotedSignals signals;
  struct sigaction action {};
  sigaction(SIGTSTP, nullptr, &action);
  EXPECT_EQ(action.sa_handler, SIG_DFL);
}

TEST(NotedSignals, TheFirstOneCounts) {
  NotedSignals signals;
  raise(SIGHUP);
  raise(SIGTERM);
  EXPECT_EQ(signals.caught(), SIGHUP);
}

TEST(NotedSignals, AWaitIsEndedFromAnyThread) {
  NotedSignals signals;
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::thread other([] {
    std::this_thread::sleep_for(50ms);
    raise(SIGTERM);  // handled in this thread
  });
  EXPECT_EQ(signals.wait_for_input(ends[0]), SIGTERM);
  other.join();
  close(ends[0]);
  close(ends[1]);
}

TEST(NotedSignals, TheInnerKnowsWhatTheOuterNoted) {
  NotedSignals outer;
  raise(SIGTERM);
  {
    NotedSignals inner(NotedSignals::Stop::is_noted);
    EXPECT_TRUE(is_ready(inner.descriptor()));
    EXPECT_EQ(inner.wait_for_input(-1), SIGTERM);
  }
  EXPECT_EQ(outer.caught(), SIGTERM);
}

TEST(NotedSignals, TheOuterKnowsWhatTheInnerNoted) {
  NotedSignals outer;
  {
    NotedSignals inner;
    raise(SIGTERM);
    EXPECT_FALSE(is_ready(outer.descriptor()));
  }
  EXPECT_TRUE(is_ready(outer.descriptor()));
  EXPECT_EQ(outer.caught(), SIGTERM);
}

TEST(NotedSignals, TheOuterGoesOnNotingAfterTheInner) {
  NotedSignals outer;
  { NotedSignals inner(NotedSignals::Stop::is_noted); }
  EXPECT_FALSE(is_ready(outer.descriptor()));
  raise(SIGINT);
  EXPECT_TRUE(is_ready(outer.descriptor()));
  EXPECT_EQ(outer.caught(), SIGINT);
}

TEST(NotedSignals, CtrlZEndsWithTheQuestion) {
  NotedSignals outer;
  {
    NotedSignals inner(NotedSignals::Stop::is_noted);
    raise(SIGTSTP);
    EXPECT_EQ(inner.caught(), SIGTSTP);
  }
  EXPECT_EQ(outer.caught(), 0);
  EXPECT_FALSE(is_ready(outer.descriptor()));
}

TEST(NotedSignals, OneThatNobodyAskedAboutTakesItsCourse) {
  EXPECT_EQ(signal_that_ends([] {
              NotedSignals signals;
              raise(SIGTERM);
              return true;
            }),
            SIGTERM);
  EXPECT_EQ(signal_that_ends([] {
              NotedSignals outer;
              {
                NotedSignals inner;
                raise(SIGTERM);
              }
              return true;
            }),
            SIGTERM);
  EXPECT_EQ(signal_that_ends([] {
              NotedSignals signals(NotedSignals::Stop::is_noted);
              raise(SIGTSTP);
              return signals.caught() == SIGTSTP && raise(SIGTERM) == 0;
            }),
            SIGTERM);
}

TEST(NotedSignals, OneThatWasAskedAboutDoesNot) {
  EXPECT_EQ(signal_that_ends([] {
              NotedSignals outer;
              NotedSignals inner;
              raise(SIGTERM);
              return inner.caught() == SIGTERM;
            }),
            0);
}

TEST(NotedSignals, AnIgnoredOneStaysIgnored) {
  signal(SIGHUP, SIG_IGN);
  {
    NotedSignals signals;
    raise(SIGHUP);
    EXPECT_EQ(signals.caught(), 0);
  }
  EXPECT_EQ(signal(SIGHUP, SIG_DFL), SIG_IGN);
}

// --------------------------------------------------------------------------------------- a program run under them

Process shell(const std::string& script, const NotedSignals& signals) {
  return {.argv = {"/bin/sh", "-c", script}, .timeout = kNoTimeout, .noted_signals = &signals};
}

/// Runs the script, and sends us `number` once it made the file; returns the signal that run() says interrupted it.
int interrupt_when_made(const std::string& file, const std::string& script, int number) {
  NotedSignals signals;
  std::thread other([&] {
    for (int i = 0; i < 1000 && !std::filesystem::exists(file); ++i) std::this_thread::sleep_for(10ms);
    raise(number);
  });
  int interrupted = 0;
  try {
    run(shell(script, signals));
  } catch (const Interrupted& interruption) {
    interrupted = interruption.signal;
  }
  other.join();
  return interrupted;
}

/// Whether the process is gone soon, or a zombie, where no one reaps orphans. `pid` as a shell printed it.
bool ends(const std::string& pid) {
  std::string status = "/proc/" + std::to_string(std::stoi(pid)) + "/stat";
  for (int i = 0; i < 200; ++i) {
    std::string state = content(status);
    if (state.empty() || state.find(") Z ") != std::string::npos) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

TEST(InterruptedRun, TheProgramIsAskedToEnd) {
  Scratch scratch;
  for (int number : {SIGINT, SIGTERM, SIGQUIT, SIGHUP}) {
    SCOPED_TRACE(number);
    std::string ready = scratch.path("ready"), said = scratch.path("said");
    std::string script = "for s in INT TERM QUIT HUP; do trap \"echo $s >" + said + "; exit 0\" $s; done; : >" + ready +
                         "; while :; do sleep 0.01; done";
    Clock::time_point start = Clock::now();
    EXPECT_EQ(interrupt_when_made(ready, script, number), number);
    EXPECT_LT(Clock::now() - start, 900ms);
    EXPECT_EQ(content(said), number == SIGHUP ? "HUP\n" : "TERM\n");
    EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);  // reaped
    std::filesystem::remove(ready);
  }
}

TEST(InterruptedRun, AProgramThatDoesNotEndIsKilledWithItsGroup) {
  Scratch scratch;
  std::string ready = scratch.path("ready"), pid = scratch.path("pid");
  std::string script = "trap '' TERM HUP; sleep 60 & echo $! >" + pid + "; : >" + ready + "; wait; sleep 60";
  Clock::time_point start = Clock::now();
  EXPECT_EQ(interrupt_when_made(ready, script, SIGTERM), SIGTERM);
  auto took = Clock::now() - start;
  EXPECT_GT(took, 900ms);
  EXPECT_LT(took, 5s);
  EXPECT_TRUE(ends(content(pid)));
}

TEST(InterruptedRun, WhatTheProgramLeavesOfItsGroupIsKilledToo) {
  Scratch scratch;
  std::string ready = scratch.path("ready"), pid = scratch.path("pid");
  std::string script = "(trap '' TERM; while [ ! -s " + pid + " ]; do sleep 0.01; done; : >" + ready +
                       "; sleep 60) & echo $! >" + pid + "; wait";
  EXPECT_EQ(interrupt_when_made(ready, script, SIGTERM), SIGTERM);
  EXPECT_TRUE(ends(content(pid)));
}

TEST(InterruptedRun, AStoppedProgramIsEnded) {
  Scratch scratch;
  std::string ready = scratch.path("ready");
  Clock::time_point start = Clock::now();
  EXPECT_EQ(interrupt_when_made(ready, ": >" + ready + "; kill -STOP $$", SIGTERM), SIGTERM);
  EXPECT_LT(Clock::now() - start, 900ms);
}

TEST(InterruptedRun, NothingIsStartedAfterASignal) {
  Scratch scratch;
  NotedSignals signals;
  raise(SIGTERM);
  EXPECT_THROW(run(shell(": >" + scratch.path("made"), signals)), Interrupted);
  EXPECT_FALSE(std::filesystem::exists(scratch.path("made")));
}

TEST(InterruptedRun, WithoutASignalItIsAnOrdinaryRun) {
  NotedSignals signals;
  ProcessResult result = run(shell("echo out; exit 3", signals));
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.standard_output.view(), "out\n");
}

TEST(InterruptedRun, TheProgramStartsWithoutOurHandlersAndMask) {
  NotedSignals signals;
  ProcessResult result = run({.argv = {"/bin/cat", "/proc/self/status"}, .noted_signals = &signals});
  EXPECT_THAT(std::string(result.standard_output.view()),
              testing::HasSubstr("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nSigCgt:\t0000000000000000\n"));
}

}  // namespace
}  // namespace regvault
