#include <regvault/vault_file/editor_merge.hpp>

#include <gtest/gtest.h>

#include <iterator>
#include <random>

namespace regvault::vault_file {
namespace {

constexpr const char* kMine = "<<<<<<< your text\n";
constexpr const char* kMiddle = "=======\n";
constexpr const char* kTheirs = ">>>>>>> the file as it is now\n";

std::string conflict(const std::string& mine, const std::string& theirs) {
  return kMine + mine + kMiddle + theirs + kTheirs;
}

TEST(EditorMerge, OfLines) {
  const struct {
    const char* name;
    std::string base, mine, theirs, merged;
  } rows[] = {
      {"nothing at all", "", "", "", ""},
      {"only mine", "a\nb\n", "a\nc\n", "a\nb\n", "a\nc\n"},
      {"only theirs", "a\nb\n", "a\nb\n", "c\nb\n", "c\nb\n"},
      {"both the same", "a\n", "b\nc\n", "b\nc\n", "b\nc\n"},
      {"far apart", "a\nb\nc\nd\n", "x\nb\nc\nd\n", "a\nb\nc\ny\n", "x\nb\nc\ny\n"},
      {"neighbours in place", "a: 1\nb: 1\n", "a: 2\nb: 1\n", "a: 1\nb: 2\n", "a: 2\nb: 2\n"},
      {"one line changed, both of two", "a: 1\nb: 1\n", "a: 2\nb: 1\n", "a: 2\nb: 2\n", "a: 2\nb: 2\n"},
      {"one conflicts, its neighbour does not", "a: 1\nb: 1\nc: 1\n", "a: 2\nb: 1\nc: 2\n", "a: 3\nb: 3\nc: 1\n",
       conflict("a: 2\n", "a: 3\n") + "b: 3\nc: 2\n"},
      {"two neighbours conflict", "a: 1\nb: 1\n", "a: 2\nb: 2\n", "a: 3\nb: 3\n",
       conflict("a: 2\nb: 2\n", "a: 3\nb: 3\n")},
      {"added behind a change in place", "a: 1\n", "a: 2\n", "a: 1\nb: 1\n", "a: 2\nb: 1\n"},
      {"added before a change in place", "a: 1\n", "a: 2\n", "# top\na: 1\n", "# top\na: 2\n"},
      {"removed beside a change in place", "a: 1\nb: 1\n", "a: 2\nb: 1\n", "a: 1\n", "a: 2\n"},
      {"added at the same place", "a: 1\n", "a: 1\nb: 1\n", "a: 1\nc: 1\n", "a: 1\n" + conflict("b: 1\n", "c: 1\n")},
      {"the same added at the same place", "a: 1\n", "a: 1\nb: 1\n", "a: 1\nb: 1\n", "a: 1\nb: 1\n"},
      {"added below what was removed", "a:\n  x: 1\nb:\n  y: 1\n", "a:\n  x: 1\n", "a:\n  x: 1\nb:\n  y: 1\n  z: 1\n",
       "a:\n  x: 1\n" + conflict("", "b:\n  y: 1\n  z: 1\n")},
      {"removed and changed", "a: 1\nb: 1\nc: 1\n", "a: 1\nc: 1\n", "a: 1\nb: 2\nc: 1\n",
       "a: 1\n" + conflict("", "b: 2\n") + "c: 1\n"},
      {"in another form", "a: 1\nb: 1\n", "a:\n  c: 1\nb: 1\n", "a: 2\nb: 1\n",
       conflict("a:\n  c: 1\n", "a: 2\n") + "b: 1\n"},
      {"no line end at the end", "a\nb", "x\nb", "a\nb\nc", "x\nb\nc"},
      {"line ends of two bytes", "a\r\n", "b\r\n", "c\r\n",
       "<<<<<<< your text\r\nb\r\n=======\r\nc\r\n>>>>>>> the file as it is now\r\n"},
  };
  for (const auto& row : rows) {
    EditorMerge merge = merge_for_editor({row.base}, {row.mine}, {row.theirs});
    bool is_marked = row.merged.find("<<<<<<<") != std::string::npos;
    EXPECT_EQ(merge.text.view(), row.merged) << row.name;
    EXPECT_EQ(merge.markers.size(), is_marked ? 3U : 0U) << row.name;
    EXPECT_EQ(line_of_marker(merge.text.view(), merge.markers) != 0, is_marked) << row.name;
  }
}

TEST(EditorMerge, WhatIsWholeIsNotMixed) {
  const std::string base = "k: |\n  1\n  2\n  3\nl: 1\n", mine = "k: |\n  x\n  2\n  3\nl: 1\n",
                    theirs = "k: |\n  1\n  2\n  y\nl: 2\n";
  EXPECT_EQ(merge_for_editor({base}, {mine}, {theirs}).text.view(), "k: |\n  x\n  2\n  y\nl: 2\n");
  const std::vector<ByteRange> whole{{3, 16}};
  EXPECT_EQ(merge_for_editor({base, whole}, {mine, whole}, {theirs, whole}).text.view(),
            conflict("k: |\n  x\n  2\n  3\n", "k: |\n  1\n  2\n  y\n") + "l: 2\n");
  EXPECT_EQ(merge_for_editor({base, whole}, {mine, whole}, {base, whole}).text.view(), mine);
}

TEST(EditorMerge, OfRandomTexts) {
  std::mt19937 random(1);
  auto number = [&](std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random); };
  auto text = [&] {
    const char* lines[] = {"a: 1\n", "a: 2\n", "  b: 1\n", "  b: 2\n", "c:\n", "\n"};
    std::string out;
    for (std::size_t count = number(9); count > 0; --count) out += lines[number(std::size(lines))];
    return out;
  };
  for (int n = 0; n < 2'000; ++n) {
    const std::string base = text(), mine = text(), theirs = text();
    EXPECT_EQ(merge_for_editor({base}, {mine}, {base}).text.view(), mine) << n;
    EXPECT_EQ(merge_for_editor({base}, {base}, {theirs}).text.view(), theirs) << n;
    EXPECT_EQ(merge_for_editor({base}, {mine}, {mine}).text.view(), mine) << n;
    bool conflicts = !merge_for_editor({base}, {mine}, {theirs}).markers.empty();
    EXPECT_EQ(!merge_for_editor({base}, {theirs}, {mine}).markers.empty(), conflicts) << n;
  }
}

TEST(EditorMerge, MarkersThatAreTextAreNotLookedFor) {
  EditorMerge merge = merge_for_editor({"Title\n=======\na\n"}, {"Title\n=======\nb\n"}, {"Title\n=======\nc\n"});
  EXPECT_EQ(merge.text.view(), "Title\n=======\n" + conflict("b\n", "c\n"));
  EXPECT_EQ(merge.markers, (std::vector<std::string>{"<<<<<<< your text", ">>>>>>> the file as it is now"}));
  EXPECT_EQ(line_of_marker(merge.text.view(), merge.markers), 3U);
  EXPECT_EQ(line_of_marker("Title\n=======\nb\n", merge.markers), 0U);
}

}  // namespace
}  // namespace regvault::vault_file
