/// The environment of the programs a login runs, engines and credential helpers: a short list, so that nothing a task
/// or a service has in its own reaches them by accident.
///
///     run({.argv = …, .environment = child_environment(account)});   // HOME is the account's own, not $HOME
#pragma once

#include <string>
#include <vector>

#include <regvault/registry/auth_locations.hpp>

namespace regvault {

std::vector<std::string> child_environment(const Account& account);

}  // namespace regvault
