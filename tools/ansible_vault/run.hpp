/// The program under the name ansible-vault.
#pragma once

#include <string>
#include <vector>

#include "session.hpp"

namespace regvault::ansible_vault {

/// `words` without the program's name; returns the exit code.
int run(const std::vector<std::string>& words, tools::Session& session);

}  // namespace regvault::ansible_vault
