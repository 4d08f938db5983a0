#include <regvault/vault_file/editor_merge.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <span>

#include <regvault/base/text.hpp>
#include <regvault/vault_file/line_changes.hpp>

namespace regvault::vault_file {
namespace {

using Units = std::vector<std::string_view>;  // lines with their ends; what is whole, as one

using UnitSpan = std::span<const std::string_view>;

constexpr std::array<std::string_view, 3> kMarkers{"<<<<<<< your text", "=======", ">>>>>>> the file as it is now"};

Units units_of(const TextVersion& version) {
  std::string_view text = version.text;
  auto line_end_from = [&](std::size_t at) { return std::min(text.find('\n', at), text.size() - 1) + 1; };
  Units units;
  auto whole = version.whole.begin();
  for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end) {
    end = line_end_from(begin);
    for (; whole != version.whole.end() && whole->begin < end; ++whole) {
      if (whole->end > end) end = line_end_from(whole->end - 1);
    }
    units.push_back(text.substr(begin, end - begin));
  }
  return units;
}

std::size_t indentation(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

/// One side: its units, and the changes that were not merged yet.
struct Side {
  Units units;
  std::vector<Change> changes;
  std::size_t next = 0;
  std::ptrdiff_t shift = 0;  // from a unit of base to ours, behind the changes that were taken

  const Change* upcoming() const { return next < changes.size() ? &changes[next] : nullptr; }

  const Change& take() {
    const Change& change = changes[next++];
    shift = static_cast<std::ptrdiff_t>(change.new_end) - static_cast<std::ptrdiff_t>(change.end);
    return change;
  }
};

/// Units of base that changed, and what they are on both sides.
struct Region {
  std::size_t begin, end;
  std::array<const Change*, 2> last{};  // of each side; nullptr: it did not change them
  std::array<Units, 2> units{};
};

class Merger {
 public:
  Merger(const TextVersion& base, const TextVersion& mine, const TextVersion& theirs)
      : base_(units_of(base)), sides_{Side{units_of(mine), {}}, Side{units_of(theirs), {}}} {
    std::map<std::string_view, std::size_t> numbers;
    auto numbered = [&](const Units& units) {
      std::vector<std::size_t> lines;
      for (std::string_view unit : units) lines.push_back(numbers.try_emplace(unit, numbers.size()).first->second);
      return lines;
    };
    for (Side& side : sides_) side.changes = changes_between(numbered(base_), numbered(side.units));
    has_crlf_ = !sides_[0].units.empty() && sides_[0].units.front().ends_with("\r\n");
  }

  EditorMerge merged() {
    std::size_t at = 0;
    while (std::optional<Region> region = next_region()) {
      append_all(old_units(at, region->begin));
      append(*region);
      at = region->end;
    }
    append_all(old_units(at, base_.size()));
    EditorMerge result{std::move(text_), {}};
    for (std::string_view marker : kMarkers) {
      if (has_conflicts_ && !is_text(marker)) result.markers.emplace_back(marker);
    }
    return result;
  }

 private:
  std::optional<Region> next_region() {
    const Change *mine = sides_[0].upcoming(), *theirs = sides_[1].upcoming();
    if (!mine && !theirs) return std::nullopt;
    auto place = [](const Change* change) { return std::pair(change->begin, change->end); };
    std::size_t first = !theirs || (mine && place(mine) <= place(theirs)) ? 0 : 1;
    const std::array<std::ptrdiff_t, 2> shift_before{sides_[0].shift, sides_[1].shift};
    const Change& change = sides_[first].take();
    Region region{change.begin, change.end};
    region.last[first] = &change;
    while (grow(region, 0) || grow(region, 1)) continue;
    for (std::size_t side : {0, 1}) {
      const Units& units = sides_[side].units;
      auto begin = units.begin() + static_cast<std::ptrdiff_t>(region.begin) + shift_before[side];
      auto end = units.begin() + static_cast<std::ptrdiff_t>(region.end) + sides_[side].shift;
      region.units[side].assign(begin, end);
    }
    return region;
  }

  /// Takes the next change of a side that cannot be told from the region.
  bool grow(Region& region, std::size_t side) {
    const Change* change = sides_[side].upcoming();
    if (!change || change->begin > region.end) return false;
    const Change* other = region.last[1 - side];
    bool only_touches = change->begin == region.end && other;
    if (only_touches && (stays_in_place(*change, side) || stays_in_place(*other, 1 - side))) return false;
    region.last[side] = &sides_[side].take();
    region.end = std::max(region.end, change->end);
    return true;
  }

  /// Lines that are replaced one by one, and stay at their level: what is beside them stands where it stood. (Beside
  /// lines that one side removes, others that are added could come to stand under another parent.)
  bool stays_in_place(const Change& change, std::size_t side) const {
    UnitSpan units = UnitSpan(sides_[side].units).subspan(change.new_begin, change.new_end - change.new_begin);
    return change.begin != change.end && have_same_levels(old_units(change.begin, change.end), units);
  }

  static bool have_same_levels(UnitSpan a, UnitSpan b) {
    return std::ranges::equal(a, b, {}, indentation, indentation);
  }

  UnitSpan old_units(std::size_t begin, std::size_t end) const { return UnitSpan(base_).subspan(begin, end - begin); }

  void append(std::string_view unit) {
    if (!text_.empty() && text_.view().back() != '\n') append_line_end();
    text_.append(unit);
  }

  void append_line_end() { text_.append(has_crlf_ ? "\r\n" : "\n"); }

  void append_all(UnitSpan units) {
    for (std::string_view unit : units) append(unit);
  }

  void append_marker(std::size_t which) {
    append(kMarkers.at(which));
    append_line_end();
  }

  void append(const Region& region) {
    const auto& [mine, theirs] = region.units;
    if (!region.last[0]) return append_all(theirs);
    if (!region.last[1]) return append_all(mine);
    UnitSpan before = old_units(region.begin, region.end);
    if (!have_same_levels(before, mine) || !have_same_levels(before, theirs)) return append_both(mine, theirs);
    for (std::size_t i = 0; i < before.size(); ++i) {  // one by one
      auto is_conflict = [&](std::size_t n) {
        return n < before.size() && mine[n] != theirs[n] && mine[n] != before[n] && theirs[n] != before[n];
      };
      std::size_t count = 0;
      while (is_conflict(i + count)) ++count;
      append_both(UnitSpan(mine).subspan(i, count), UnitSpan(theirs).subspan(i, count));
      i += count;
      if (i < before.size()) append(mine[i] == before[i] ? theirs[i] : mine[i]);
    }
  }

  void append_both(UnitSpan mine, UnitSpan theirs) {
    auto same_begin = static_cast<std::size_t>(std::ranges::mismatch(mine, theirs).in1 - mine.begin());
    append_all(mine.first(same_begin));
    mine = mine.subspan(same_begin);
    theirs = theirs.subspan(same_begin);
    std::size_t same_end = 0;
    while (same_end < std::min(mine.size(), theirs.size()) &&
           mine[mine.size() - 1 - same_end] == theirs[theirs.size() - 1 - same_end]) {
      ++same_end;
    }
    UnitSpan behind = mine.last(same_end);
    mine = mine.first(mine.size() - same_end);
    theirs = theirs.first(theirs.size() - same_end);
    if (!mine.empty() || !theirs.empty()) {
      has_conflicts_ = true;
      append_marker(0);
      append_all(mine);
      append_marker(1);
      append_all(theirs);
      append_marker(2);
    }
    append_all(behind);
  }

  bool is_text(std::string_view marker) const {
    auto is_it = [&](std::string_view unit) { return stripped(unit, "\r\n") == marker; };
    return std::ranges::any_of(sides_, [&](const Side& side) { return std::ranges::any_of(side.units, is_it); });
  }

  Units base_;
  std::array<Side, 2> sides_;  // mine, theirs
  bool has_crlf_ = false;
  SecretBytes text_;
  bool has_conflicts_ = false;
};

}  // namespace

EditorMerge merge_for_editor(const TextVersion& base, const TextVersion& mine, const TextVersion& theirs) {
  return Merger(base, mine, theirs).merged();
}

std::size_t line_of_marker(std::string_view text, const std::vector<std::string>& markers) {
  if (markers.empty()) return 0;
  std::size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    if (std::ranges::find(markers, stripped(line, "\r")) != markers.end()) return number;
  }
  return 0;
}

}  // namespace regvault::vault_file
