/// What one version of a text changed of another, by lines that are known by numbers only.
///
///     changes_between({1, 2, 3}, {1, 4, 5, 3})    // {{.begin = 1, .end = 2, .new_begin = 1, .new_end = 3}}
///
/// Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), the greedy form. Texts that are very different
/// have one change, from the first line that differs to the last.
#pragma once

#include <cstddef>
#include <vector>

namespace regvault::vault_file {

/// The old lines [begin, end) became the new lines [new_begin, new_end). One of both may be empty.
struct Change {
  std::size_t begin, end;
  std::size_t new_begin, new_end;

  bool operator==(const Change&) const = default;
};

/// In their order; between two of them are lines that did not change.
std::vector<Change> changes_between(const std::vector<std::size_t>& old_lines,
                                    const std::vector<std::size_t>& new_lines);

}  // namespace regvault::vault_file
