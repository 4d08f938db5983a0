/// The texts that the table of options makes: usage lines, help, version and usage errors, in argparse's layout for a
/// terminal of 80 columns.
///
///     std::string text = help_text(main_parser());
#pragma once

#include <string>
#include <string_view>

#include "ansible_vault/options.hpp"

namespace regvault::ansible_vault {

/// "usage: ansible-vault view [-h] …", wrapped, with its line feed.
std::string usage_text(const Parser& parser);

/// What --help prints.
std::string help_text(const Parser& parser);

/// What --version prints. The first line is the one that programs read: the ansible-vault whose behaviour this one has.
std::string version_text();

/// What stands on standard error when the arguments are wrong: the parser's usage and the message, a line with one
/// blank, the main help.
std::string usage_error_text(const Parser& parser, std::string_view message);

}  // namespace regvault::ansible_vault
