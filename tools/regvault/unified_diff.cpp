#include "regvault/unified_diff.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/vault_file/line_changes.hpp>

namespace regvault::tools {
namespace {

using vault_file::Change;

constexpr std::size_t kContext = 3;

/// Lines with their line ends.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

void add_line(std::string& out, char sign, std::string_view line) {
  (out += sign) += line;
  if (!line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
}

/// "8,3": from 1, how many.
std::string range(std::size_t begin, std::size_t end) {
  const std::size_t count = end - begin, first = count == 0 ? begin : begin + 1;
  return std::to_string(first) + (count == 1 ? "" : "," + std::to_string(count));
}

class Diff {
 public:
  Diff(std::string_view before, std::string_view after) : old_(lines_of(before)), new_(lines_of(after)) {
    std::map<std::string_view, std::size_t> numbers;
    auto numbered = [&](const std::vector<std::string_view>& lines) {
      std::vector<std::size_t> out;
      for (std::string_view line : lines) out.push_back(numbers.try_emplace(line, numbers.size()).first->second);
      return out;
    };
    const std::vector<std::size_t> old_numbers = numbered(old_);
    changes_ = vault_file::changes_between(old_numbers, numbered(new_));
  }

  std::string text() const {
    std::string out;
    for (std::size_t i = 0; i < changes_.size();) {
      std::size_t last = i;  // changes whose contexts meet are one hunk
      while (last + 1 < changes_.size() && changes_[last + 1].begin - changes_[last].end <= 2 * kContext) ++last;
      add_hunk(out, i, last);
      i = last + 1;
    }
    return out;
  }

 private:
  void add_hunk(std::string& out, std::size_t first, std::size_t last) const {
    const Change &from = changes_[first], &to = changes_[last];
    const std::size_t before = std::min(from.begin, kContext), after = std::min(old_.size() - to.end, kContext);
    out += "@@ -" + range(from.begin - before, to.end + after) + " +" +
           range(from.new_begin - before, to.new_end + after) + " @@\n";
    std::size_t at = from.begin - before;
    for (std::size_t i = first; i <= last; ++i) {
      for (; at < changes_[i].begin; ++at) add_line(out, ' ', old_[at]);
      for (; at < changes_[i].end; ++at) add_line(out, '-', old_[at]);
      for (std::size_t n = changes_[i].new_begin; n < changes_[i].new_end; ++n) add_line(out, '+', new_[n]);
    }
    for (; at < to.end + after; ++at) add_line(out, ' ', old_[at]);
  }

  std::vector<std::string_view> old_, new_;
  std::vector<Change> changes_;
};

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after, const std::string& name) {
  if (before == after) return {};
  return "--- " + escaped(name) + "\n+++ " + escaped(name) + "\n" + Diff(before, after).text();
}

}  // namespace regvault::tools
