/// An Error as the user reads it:
///
///     regvault: error: inventory.yml:14:9: "ghcr_pat" is set twice in this mapping
///       14 |       ghcr_pat: !vault |
///          |       ^ first set here: line 11
///     regvault: hint: Ansible uses the last one; remove the first, then run the command again
#pragma once

#include <string>

#include <regvault/base/error.hpp>

namespace regvault::tools {

std::string report(const Error& error);

}  // namespace regvault::tools
