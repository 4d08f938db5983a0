/// Showing a text on the terminal a page at a time.
///
///     page(text, find_pager(environment, ""), environment);
#pragma once

#include <string>
#include <string_view>

#include <regvault/system/environment.hpp>

namespace regvault {

/// A shell command: PAGER, ANSIBLE_PAGER, `configured`, or less. (Ansible's order: the later variable wins.)
std::string find_pager(const Environment& environment, const std::string& configured);

/// Runs the command with the text on its standard input and the terminal as its own. less gets LESS=FRSX, as from
/// Ansible: nothing stays on the screen's alternate side, a short text is just printed. A machine without less prints.
/// Throws Error(program_failed) when there is no shell; how the pager ends does not matter.
void page(std::string_view text, const std::string& command, const Environment& environment);

}  // namespace regvault
