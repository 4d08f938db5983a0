/// Block scalars that Ansible reads and yaml-cpp (0.7 to 0.9, its issue 1163) does not: those with a tag or an anchor
/// where a key could stand, and lines no deeper than that:
///
///     tokens:
///     - !vault |
///       $ANSIBLE_VAULT;1.1;AES256
///
/// Found by the shape of the lines alone, for a text the parser has refused.
#pragma once

#include <cstddef>
#include <vector>

#include <regvault/yaml/source.hpp>

namespace regvault::yaml {

struct ShallowBlock {
  std::size_t begin = 0;   ///< the tag or anchor
  std::size_t end = 0;     ///< behind it, and behind the second one if there are both
  std::size_t header = 0;  ///< the '|' or '>'
  bool has_anchor = false;
};

/// In the order of the text. A few may stand inside of quoted texts after all; the parse shows which.
std::vector<ShallowBlock> shallow_blocks(const Source& source);

}  // namespace regvault::yaml
