/// Walking a path through a tree, and everything that may be in the way.
#pragma once

#include <cstddef>
#include <functional>

#include <regvault/yaml/path.hpp>
#include <regvault/yaml/source.hpp>
#include <regvault/yaml/tree.hpp>

namespace regvault::yaml {

/// How far the path goes: `steps` of its steps lead to `node`. Fewer than all: the node has no such key or item (a
/// mapping, a list or null; kNone in an empty file).
struct Walk {
  std::size_t node = kNone;
  std::size_t steps = 0;
};

/// From `root` (kNone: an empty file). Throws the refusals that document.hpp lists, but for not-found.
Walk walk(const Source& source, const Tree& tree, std::size_t root, const Path& path);

/// Throws Error(not_found) "not-found" or "empty", for a walk that did not arrive; suggests a key that is there.
[[noreturn]] void throw_not_found(const Source& source, const Tree& tree, const Path& path, const Walk& walked);

/// Where a node is; with the line if it shows no secret, that is the key and at most a block's header or an alias.
Where where(const Source& source, const Tree& tree, std::size_t n);

/// Calls `visit(node, path)` for every value below `root`, itself included, in the order of the text. Values below keys
/// that are no scalars are left out.
void for_each_value(const Tree& tree, std::size_t root, const std::function<void(std::size_t, const Path&)>& visit);

/// The text of a scalar, null or alias as a key; nullptr: a collection.
const std::string* key_text(const Tree& tree, std::size_t key);

}  // namespace regvault::yaml
