/// A line of an INI inventory in words, as Python's shlex.split(line, comments=True) makes them.
///
///     shell_words(R"(web01 motd="hello # world" pat='a b'  # comment)")   // web01 | motd=hello # world | pat=a b
///
/// A `#` outside of quotes ends the line wherever it stands, inside of a word, too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace regvault::inventory {

/// Throws Error(malformed) for a quote without an end and a backslash at the end.
std::vector<std::string> shell_words(std::string_view line);

}  // namespace regvault::inventory
