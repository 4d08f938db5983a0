/// The proof of an edit: parsed again, the file must have every other value where and as it was, and the new ones as
/// asked for.
///
/// Compared are, value by value: kind, nesting, style of collections, tag, anchor, decoded text, and where it begins.
/// One liberty: a vault's text may gain or lose line breaks at its end, which Ansible ignores (behind a new last entry,
/// the vault that ended a file without a newline has one).
#pragma once

#include <string>
#include <vector>

#include <regvault/yaml/edit.hpp>
#include <regvault/yaml/source.hpp>
#include <regvault/yaml/tree.hpp>

namespace regvault::yaml {

/// The bytes with all edits, which must not overlap, in the order of the text.
std::string applied(const Source& source, const std::vector<Edit>& edits);

/// Throws Error(failed, reason "unprovable") when `after` is not `before` with the edits.
void prove(const Source& source, const Tree& before, const Tree& after, const std::vector<Edit>& edits);

}  // namespace regvault::yaml
