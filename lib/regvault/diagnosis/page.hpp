/// docs/troubleshooting.md: the tables of causes and of texts as a page, to be found by whoever pastes an error.
#pragma once

#include <string>

namespace regvault::diagnosis {

/// Markdown. `regvault diagnose --markdown > docs/troubleshooting.md` writes the page; a test compares.
std::string troubleshooting_page();

}  // namespace regvault::diagnosis
