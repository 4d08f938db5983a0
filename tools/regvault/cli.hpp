/// The program as a function: arguments in, exit code out.
///
///     Session session = process_session();
///     int status = run({"get", "inventory.yml", "all.vars.iaas_console.ghcr_pat"}, session);
///
/// Every Error of the library ends here, as text on the session's standard error and as an exit code
/// (docs/exit-codes.md). Interrupted passes through: main() gives the signal its course.
#pragma once

#include <string>
#include <vector>

#include "session.hpp"

namespace regvault::tools {

/// `arguments` are those after the program's name.
int run(const std::vector<std::string>& arguments, Session& session);

}  // namespace regvault::tools
