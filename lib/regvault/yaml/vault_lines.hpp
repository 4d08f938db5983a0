/// The lines of vaults, which the parser need not see.
///
/// An inventory full of secrets is mostly hexadecimal digits, and yaml-cpp takes a long time for each of them. So it is
/// given a text without those lines, and what it says is put right afterwards:
///
///     ShortText text(source);
///     Tree tree = …;                                      // of text.bytes()
///     if (!text.put_right(tree)) …                        // parse the whole after all
///
/// Why nothing is missed: where a value begins with `!vault |` and has the header as its first line, YAML's block
/// scalar is as deep as that line, and lines of just that depth with nothing but digits in them belong to it, whatever
/// comes next. That the value does begin there is for the parser to say: what looks like a vault may stand inside of
/// another text.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <regvault/yaml/source.hpp>
#include <regvault/yaml/tree.hpp>

namespace regvault::yaml {

class ShortText {
 public:
  explicit ShortText(const Source& source);

  /// Whether anything is left out.
  bool is_shorter() const noexcept { return !cuts_.empty(); }

  /// From the source's text_begin() on.
  const std::string& bytes() const noexcept { return bytes_; }

  /// Moves positions and completes values, so that they are those of the source. False: not all that was left out
  /// belongs to vaults, and the tree is void.
  bool put_right(Tree& tree) const;

 private:
  /// Positions in the source.
  struct Cut {
    std::size_t tag = 0;               ///< where the value begins
    std::size_t header = 0;            ///< the first line's text
    std::size_t begin = 0, end = 0;    ///< the lines left out, all behind the header's
    std::size_t left_out_with_it = 0;  ///< bytes, here and before
  };

  Cut cut_at(std::size_t tag) const;
  std::string lines_of(const Cut& cut) const;

  const Source& source_;
  std::vector<Cut> cuts_;
  std::string bytes_;
};

}  // namespace regvault::yaml
