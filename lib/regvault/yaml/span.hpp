/// Where each value ends: what the parser does not tell.
///
/// Computed from the text and the decoded value: a quoted scalar up to its quote; a block scalar as long as lines are
/// blank or deep enough; a plain one by walking the text along its value; a collection up to its bracket or its last
/// child. Between two values nothing but white space, comments and punctuation may be left over, so that a wrong
/// position is an error here, not a wrong edit later.
#pragma once

#include <cstddef>
#include <optional>

#include <regvault/yaml/source.hpp>
#include <regvault/yaml/tree.hpp>

namespace regvault::yaml {

/// Fills in the spans of a tree of read_events(). Throws Error(malformed, parse-error), for a quote that is not closed
/// (which yaml-cpp accepts at the end of a file) and for text that cannot be accounted for.
void locate(const Source& source, Tree& tree);

/// Behind blanks, line breaks and comments.
std::size_t skip_trivia(const Source& source, std::size_t at);

/// The columns of indentation of a block scalar's content; nullopt when all its lines are blank.
std::optional<std::size_t> content_indent(const Source& source, const Node& scalar);

}  // namespace regvault::yaml
