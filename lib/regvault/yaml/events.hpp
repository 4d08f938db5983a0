/// yaml-cpp's events as a tree, without its faults. The only user of yaml-cpp.
///
/// What is added to the parser: it stops at a comma at the root (where yaml-cpp 0.7 gives out empty documents for
/// ever), and accepts tagged blocks that are no deeper than their tag (shallow_blocks.hpp): it is given a copy with the
/// tag blanked out, and the tag is put back into the tree. The digits of vaults pass it by (vault_lines.hpp).
#pragma once

#include <regvault/yaml/source.hpp>
#include <regvault/yaml/tree.hpp>

namespace regvault::yaml {

/// Spans are not filled in but for `begin`. Throws Error(malformed): parse-error, too-deep; Error(unsupported):
/// shallow-block, for one with an anchor.
Tree read_events(const Source& source);

}  // namespace regvault::yaml
