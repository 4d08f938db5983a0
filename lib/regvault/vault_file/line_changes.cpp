#include <regvault/vault_file/line_changes.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

namespace regvault::vault_file {
namespace {

using Lines = std::span<const std::size_t>;

struct Match {
  int old_line, new_line;
};

constexpr int kDifferencesAtMost = 2'000;  // lines added or removed; memory grows with its square: 16 MB

/// How far one gets with so many differences: for each diagonal (old line - new line) the old line that is reached.
class Reach {
 public:
  Reach(Lines old_lines, Lines new_lines)
      : old_(old_lines), new_(new_lines), old_count_(ssize(old_)), new_count_(ssize(new_)) {}

  /// All matches, last first; nullopt: too different.
  std::optional<std::vector<Match>> matches() {
    const int at_most = std::min(old_count_ + new_count_, kDifferencesAtMost);
    for (int differences = 0; differences <= at_most; ++differences) {
      std::vector<int>& reached = reached_.emplace_back(index(2 * differences + 1));
      for (int diagonal = -differences; diagonal <= differences; diagonal += 2) {
        int old_line = step(differences, diagonal).second;
        while (is_match(old_line, old_line - diagonal)) ++old_line;
        reached[index(diagonal + differences)] = old_line;
        if (old_line >= old_count_ && old_line - diagonal >= new_count_) return way_back(differences);
      }
    }
    return std::nullopt;
  }

 private:
  static std::size_t index(int number) { return static_cast<std::size_t>(number); }
  static int ssize(Lines lines) { return static_cast<int>(lines.size()); }

  bool is_match(int old_line, int new_line) const {
    return old_line < old_count_ && new_line < new_count_ && old_[index(old_line)] == new_[index(new_line)];
  }

  int reached(int differences, int diagonal) const {
    return reached_[index(differences)][index(diagonal + differences)];
  }

  /// The last difference on the way to a diagonal: the diagonal before, and the old line behind that difference.
  std::pair<int, int> step(int differences, int diagonal) const {
    if (differences == 0) return {0, 0};
    bool is_added = diagonal == -differences || (diagonal != differences && reached(differences - 1, diagonal - 1) <
                                                                                reached(differences - 1, diagonal + 1));
    if (is_added) return {diagonal + 1, reached(differences - 1, diagonal + 1)};
    return {diagonal - 1, reached(differences - 1, diagonal - 1) + 1};
  }

  std::vector<Match> way_back(int differences) const {
    std::vector<Match> matches;
    int old_line = old_count_, diagonal = old_count_ - new_count_;
    for (; differences >= 0; --differences) {
      auto [diagonal_before, begin] = step(differences, diagonal);
      while (old_line > begin) {
        --old_line;
        matches.push_back({old_line, old_line - diagonal});
      }
      if (differences > 0) old_line = reached(differences - 1, diagonal_before);
      diagonal = diagonal_before;
    }
    return matches;
  }

  Lines old_, new_;
  int old_count_, new_count_;
  std::vector<std::vector<int>> reached_;
};

}  // namespace

std::vector<Change> changes_between(const std::vector<std::size_t>& old_lines,
                                    const std::vector<std::size_t>& new_lines) {
  auto [old_at, new_at] = std::ranges::mismatch(old_lines, new_lines);
  const auto same_begin = static_cast<std::size_t>(old_at - old_lines.begin());
  std::size_t old_end = old_lines.size(), new_end = new_lines.size();
  while (old_end > same_begin && new_end > same_begin && old_lines[old_end - 1] == new_lines[new_end - 1]) {
    --old_end;
    --new_end;
  }

  std::vector<Change> changes;
  Change gap{same_begin, same_begin, same_begin, same_begin};  // grows up to the next match
  auto close_gap = [&](std::size_t old_line, std::size_t new_line) {
    gap.end = old_line;
    gap.new_end = new_line;
    if (gap.begin != gap.end || gap.new_begin != gap.new_end) changes.push_back(gap);
    gap = {old_line + 1, old_line + 1, new_line + 1, new_line + 1};
  };
  Reach reach(Lines(old_lines).subspan(same_begin, old_end - same_begin),
              Lines(new_lines).subspan(same_begin, new_end - same_begin));
  if (auto matches = reach.matches()) {
    for (auto match = matches->rbegin(); match != matches->rend(); ++match) {
      close_gap(same_begin + static_cast<std::size_t>(match->old_line),
                same_begin + static_cast<std::size_t>(match->new_line));
    }
  }
  close_gap(old_end, new_end);
  return changes;
}

}  // namespace regvault::vault_file
