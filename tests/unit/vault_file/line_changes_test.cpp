#include <regvault/vault_file/line_changes.hpp>

#include <gtest/gtest.h>

#include <random>

namespace regvault::vault_file {
namespace {

using Lines = std::vector<std::size_t>;

TEST(LineChanges, AreWhatIsBetweenTheLinesThatStay) {
  const struct {
    const char* name;
    Lines before, now;
    std::vector<Change> changes;
  } rows[] = {
      {"nothing", {}, {}, {}},
      {"the same", {1, 2}, {1, 2}, {}},
      {"all new", {}, {1, 2}, {{0, 0, 0, 2}}},
      {"all gone", {1, 2}, {}, {{0, 2, 0, 0}}},
      {"one replaced by two", {1, 2, 3}, {1, 4, 5, 3}, {{1, 2, 1, 3}}},
      {"at both ends", {1, 2, 3}, {9, 2, 8}, {{0, 1, 0, 1}, {2, 3, 2, 3}}},
      {"added and removed", {1, 2, 3, 4}, {1, 7, 2, 4}, {{1, 1, 1, 2}, {2, 3, 3, 3}}},
      {"repeated", {1, 1, 1}, {1, 1, 1, 1}, {{3, 3, 3, 4}}},
      {"nothing in common", {1, 2}, {3, 4, 5}, {{0, 2, 0, 3}}},
  };
  for (const auto& row : rows) EXPECT_EQ(changes_between(row.before, row.now), row.changes) << row.name;
}

Lines applied(const Lines& before, const Lines& now, const std::vector<Change>& changes) {
  Lines out;
  std::size_t at = 0;
  for (const Change& change : changes) {
    out.insert(out.end(), before.begin() + static_cast<std::ptrdiff_t>(at),
               before.begin() + static_cast<std::ptrdiff_t>(change.begin));
    EXPECT_EQ(out.size(), change.new_begin);
    out.insert(out.end(), now.begin() + static_cast<std::ptrdiff_t>(change.new_begin),
               now.begin() + static_cast<std::ptrdiff_t>(change.new_end));
    at = change.end;
  }
  out.insert(out.end(), before.begin() + static_cast<std::ptrdiff_t>(at), before.end());
  return out;
}

std::size_t longest_common(const Lines& a, const Lines& b) {
  std::vector<std::vector<std::size_t>> best(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) {
      best[i + 1][j + 1] = a[i] == b[j] ? best[i][j] + 1 : std::max(best[i][j + 1], best[i + 1][j]);
    }
  }
  return best[a.size()][b.size()];
}

TEST(LineChanges, OfRandomTextsLeadToTheNewOneAndAreFew) {
  std::mt19937 random(1);
  auto number = [&](std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random); };
  for (int n = 0; n < 2'000; ++n) {
    Lines before(number(12)), now(number(12));
    for (Lines* lines : {&before, &now}) {
      for (std::size_t& line : *lines) line = number(5);
    }
    std::vector<Change> changes = changes_between(before, now);
    ASSERT_EQ(applied(before, now, changes), now) << n;
    std::size_t kept = before.size();
    for (const Change& change : changes) kept -= change.end - change.begin;
    EXPECT_EQ(kept, longest_common(before, now)) << n;
  }
}

TEST(LineChanges, VeryDifferentTextsHaveOne) {
  Lines before, now;
  for (std::size_t i = 0; i < 5'000; ++i) {
    before.push_back(i);
    now.push_back(i % 2 == 0 ? i : 10'000 + i);
  }
  EXPECT_EQ(changes_between(before, now), (std::vector<Change>{{1, 5'000, 1, 5'000}}));
}

}  // namespace
}  // namespace regvault::vault_file
