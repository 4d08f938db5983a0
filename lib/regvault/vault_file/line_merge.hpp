/// git's three-way merge of texts whose lines are known by numbers only.
///
///     merge_lines({{1, 2}, {1, 3}, {1, 2, 4}}, environment)    // base, ours, theirs: {1, 3, 4}
///
/// `git merge-file` sees one number a line, so that secrets can be merged: equal lines have equal numbers, and that is
/// all that is written, to a private directory.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include <regvault/system/environment.hpp>

namespace regvault::vault_file {

struct MergedLine {
  enum class Kind { both, marker_ours, ours, marker_middle, theirs, marker_theirs };

  Kind kind = Kind::both;  ///< `ours` and `theirs`: in a conflict, between markers
  std::size_t number = 0;  ///< not of a marker
};

/// Throws Error(program_failed), Error(file_access).
std::vector<MergedLine> merge_lines(const std::array<std::vector<std::size_t>, 3>& base_ours_theirs,
                                    const Environment& environment);

}  // namespace regvault::vault_file
