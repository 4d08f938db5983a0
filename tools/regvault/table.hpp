/// Text in columns, for people and for awk: the same on a terminal and in a pipe.
///
///     FILE           KEY
///     vars.yml:12    a.b
#pragma once

#include <string>
#include <vector>

namespace regvault::tools {

/// Two blanks between columns, as wide as their widest cell (in characters); no blanks at the ends of lines. An empty
/// cell is "-". Control characters are escaped.
std::string table(const std::vector<std::vector<std::string>>& rows);

}  // namespace regvault::tools
