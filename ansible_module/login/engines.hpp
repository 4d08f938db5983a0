/// Which of the host's engines a task is for: those it names, else every one the host has.
#pragma once

#include <vector>

#include <regvault/registry/engine.hpp>
#include <regvault/system/environment.hpp>

#include "arguments.hpp"

namespace regvault::login {

/// The engines with their programs (none where no program is needed: state absent, or a file written unasked).
/// Throws Error: not_found (not installed), usage (one file or one program for two engines).
std::vector<InstalledEngine> chosen_engines(const Arguments& arguments, const Environment& environment);

}  // namespace regvault::login
