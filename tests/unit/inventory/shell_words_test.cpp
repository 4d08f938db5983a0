#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regvault/base/error.hpp>
#include <regvault/inventory/shell_words.hpp>

namespace regvault::inventory {
namespace {

TEST(ShellWords, AreThoseOfPythonsShlex) {
  struct Row {
    const char* line;
    std::vector<std::string> words;
  };
  const Row rows[] = {
      {"h a=1\tb=2", {"h", "a=1", "b=2"}},
      {"h a='b c' d=\"e f\"g", {"h", "a=b c", "d=e fg"}},
      {"h a=\"x # y\" # z", {"h", "a=x # y"}},
      {"h a=b#c d", {"h", "a=b"}},
      {"h a=", {"h", "a="}},
      {"h '' \"\"", {"h", "", ""}},
      {"h a=\\\"b", {"h", "a=\"b"}},
      {"h a=\"b\\\"c\\d\\\\\"", {"h", "a=b\"c\\d\\"}},
      {"h a='b\\'", {"h", "a=b\\"}},
      {"h a=\"{'x': 'y z'}\"", {"h", "a={'x': 'y z'}"}},
      {"# h", {}},
  };
  for (const Row& row : rows) EXPECT_THAT(shell_words(row.line), testing::ElementsAreArray(row.words)) << row.line;
}

TEST(ShellWords, RefuseWhatHasNoEnd) {
  for (const char* line : {"h 'a", "h \"a", "h \"a\\\"", "h a\\"}) EXPECT_THROW(shell_words(line), Error) << line;
}

}  // namespace
}  // namespace regvault::inventory
