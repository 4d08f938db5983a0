/// `key=value` in an INI inventory: Ansible evaluates the value as a Python literal, and takes it for text when it is
/// none.
///
///     literal_value("{'a': ['b', 1]}", place)->form == Form::mapping
///     literal_value("yes", place)->form == Form::plain
///
/// Strings, numbers, True, False, None, tuples, lists, sets and dictionaries, nested; a comment behind them. (Not told
/// apart are what Python would compute, as 1+2j, and sums of such.)
#pragma once

#include <string>
#include <string_view>

#include <regvault/inventory/value.hpp>

namespace regvault::inventory {

/// Every part of the value stands at `place`. `text_out`: the decoded text of a string, of anything else `text`.
ValuePtr literal_value(std::string_view text, const Place& place, std::string* text_out = nullptr);

}  // namespace regvault::inventory
