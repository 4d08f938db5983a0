#include "regvault/report.hpp"

#include <gtest/gtest.h>

namespace regvault::tools {
namespace {

TEST(Report, ErrorWithPlaceExcerptAndHint) {
  Error error(ErrorCode::malformed, "\"ghcr_pat\" is set twice in this mapping", "remove the first",
              {"inventory.yml", 14, 7, "      ghcr_pat: !vault |", "first set here: line 11"});
  EXPECT_EQ(report(error),
            "regvault: error: inventory.yml:14:7: \"ghcr_pat\" is set twice in this mapping\n"
            "  14 |       ghcr_pat: !vault |\n"
            "     |       ^ first set here: line 11\n"
            "regvault: hint: remove the first\n");
}

TEST(Report, ErrorAlone) {
  EXPECT_EQ(report(Error(ErrorCode::failed, "no")), "regvault: error: no\n");
}

TEST(Report, NoteWithoutExcerpt) {
  Error error(ErrorCode::unsupported, "is a template", {}, {"a.yml", 3, 1, "", "\"other\" is set in a.yml:9"});
  EXPECT_EQ(report(error), "regvault: error: a.yml:3:1: is a template\nregvault: note: \"other\" is set in a.yml:9\n");
}

TEST(Report, CaretStandsUnderTheCharacterAfterTabsAndUmlauts) {
  Error error(ErrorCode::malformed, "m", {}, {"a.yml", 7, 4, "\tüb: x", ""});
  EXPECT_EQ(report(error), "regvault: error: a.yml:7:4: m\n  7 | \tüb: x\n    | \t  ^\n");
}

}  // namespace
}  // namespace regvault::tools
