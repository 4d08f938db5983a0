// What is printed in columns, and the line of a progress bar.
#include <gtest/gtest.h>

#include <algorithm>

#include "regvault/progress_bar.hpp"
#include "regvault/table.hpp"

namespace regvault::tools {
namespace {

using std::chrono::duration;

TEST(Table, ColumnsAreAsWideAsTheirWidestCell) {
  EXPECT_EQ(table({{"#", "KEY", "SAME AS"}, {"1", "ключ", ""}, {"10", "a\tb", "#1"}}),
            "#   KEY     SAME AS\n1   ключ    -\n10  a\\x09b  #1\n");
  EXPECT_EQ(table({}), "");
}

TEST(ProgressLine, SaysHowFarHowFastAndHowLong) {
  EXPECT_EQ(progress_line("opening secrets", 0, 10, duration<double>(0)),
            "regvault: opening secrets  [................]  0/10");
  EXPECT_EQ(progress_line("opening secrets", 2500, 5000, duration<double>(5)),
            "regvault: opening secrets  [########........]  2500/5000  500/s  5 s left");
  EXPECT_EQ(progress_line("x", 1, 1000, duration<double>(1)),
            "regvault: x  [................]  1/1000  1/s  17 min left");
  EXPECT_EQ(progress_line("x", 10, 10, duration<double>(2)), "regvault: x  [################]  10/10  5/s  0 s left");
}

TEST(ProgressBar, IsForTerminalsOnly) {
  Session session;
  std::string said;
  session.complain = [&](std::string_view text) { said += text; };
  EXPECT_FALSE(ProgressBar(session).progress());
  session.complaints_are_on_terminal = true;
  {
    ProgressBar bar(session);
    workspace::Progress progress = bar.progress();
    for (std::size_t i = 1; i <= 1000; ++i) progress("work", i, 1000);
    bar.above([&] { session.say("text"); });
  }
  EXPECT_TRUE(said.ends_with("regvault: text\n")) << said;
  EXPECT_LE(std::count(said.begin(), said.end(), '['), 4) << "a thousand calls at once are drawn rarely";
}

}  // namespace
}  // namespace regvault::tools
