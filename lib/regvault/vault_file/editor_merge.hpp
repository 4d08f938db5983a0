/// Three versions of a text, merged by lines, with markers where they conflict: for a user who has it in an editor.
///
///     EditorMerge merged = merge_for_editor({base}, {mine}, {theirs});
///     if (merged.markers.empty()) …                                    // no conflict
///     …                                                                // the user edits merged.text
///     if (line_of_marker(edited, merged.markers) != 0) …               // not resolved yet
///
/// Unlike git's merge, changes side by side are no conflict where one of them replaces lines in place, as values in a
/// mapping are; whatever the other one adds or removes, they stay under their parent. Nothing is written anywhere, and
/// no program is run.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/secret/secret_bytes.hpp>

namespace regvault::vault_file {

struct ByteRange {
  std::size_t begin, end;
};

struct TextVersion {
  std::string_view text;
  std::vector<ByteRange> whole = {};  ///< what counts as one line, in its order: the lines of a secret are not mixed
};

struct EditorMerge {
  SecretBytes text;

  /// The lines that mark conflicts, as far as they cannot be text (a line "=======" may); empty: there are none.
  std::vector<std::string> markers;
};

EditorMerge merge_for_editor(const TextVersion& base, const TextVersion& mine, const TextVersion& theirs);

/// The first line that is one of `markers`, from 1; 0: none is.
std::size_t line_of_marker(std::string_view text, const std::vector<std::string>& markers);

}  // namespace regvault::vault_file
