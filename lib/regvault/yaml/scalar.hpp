/// New scalars as YAML text: what may stand unquoted, and how the rest is quoted.
///
/// Ansible reads YAML 1.1: `yes`, `0755`, `1_000`, `12:30:45`, `2024-01-01`, `1e3` and `~` are no strings there. A text
/// that might be read as something else, by 1.1 or 1.2, is quoted; one quote too many does no harm.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace regvault::yaml {

/// `text` as a plain scalar reads as the string `text`, on one line, in a block; `in_flow`: also between brackets.
bool may_be_plain(std::string_view text, bool in_flow);

/// In double quotes, on one line. `text` must be UTF-8.
std::string double_quoted(std::string_view text);

/// Plain where that is possible, else in double quotes.
std::string plain_or_quoted(std::string_view text, bool in_flow);

/// The header of a literal block that reads as `text`: "|", "|-" or "|+"; nullopt when `text` is a single line, or has
/// something a literal block would not keep or not show.
std::optional<std::string_view> literal_header(std::string_view text);

}  // namespace regvault::yaml
