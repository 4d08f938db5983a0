/// A text as Python's repr() shows it: what ansible-vault's messages quote with.
///
///     python_repr("it's") == "\"it's\""
///     python_repr("a\n\xff") == "'a\\n\\udcff'"
///
/// Bytes that are no UTF-8 are shown as the surrogates that Python keeps them in. Of the characters beyond ASCII that
/// Python holds unprintable, those that can be white space or steer a terminal are escaped; unassigned ones are not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace regvault::ansible_vault {

std::string python_repr(std::string_view text);

/// Of a list: "['a', 'b']".
std::string python_repr(const std::vector<std::string>& texts);

}  // namespace regvault::ansible_vault
