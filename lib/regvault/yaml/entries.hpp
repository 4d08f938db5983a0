/// Where a collection ends for what comes behind its last entry: a mapping's new key, a list's new item.
#pragma once

#include <cstddef>

#include <regvault/yaml/edit.hpp>
#include <regvault/yaml/source.hpp>
#include <regvault/yaml/tree.hpp>

namespace regvault::yaml {

/// The end of the line that ends the last entry of a block collection. Blank lines below a "|+" are part of its text.
/// Throws Error(unsupported): open-end.
std::size_t end_of_last_entry(const Source& source, const Tree& tree, std::size_t collection);

/// Places `edit.text`, an entry, behind the last one between the brackets of a collection that has some, with the
/// comma: one entry a line stays so, and a final comma stays, too.
void put_behind_last_entry(const Source& source, const Tree& tree, std::size_t collection, Edit& edit);

}  // namespace regvault::yaml
