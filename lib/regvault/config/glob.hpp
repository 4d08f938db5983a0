/// Patterns for paths of any kind, file names or YAML keys, step by step, as .gitignore has them.
///
///     glob_matches({"group_vars", "*", "vault*.yml"}, {"group_vars", "prod", "vault.yml"})
///     glob_matches({"**", "*_pat"}, {"all", "vars", "ghcr_pat"})
///     glob_matches({"group_vars"}, {"group_vars", "prod", "vault.yml"})      // and everything below
///
/// A step of the pattern is a shell's pattern (*, ?, [a-z]; a backslash takes a character as it is) for one step of the
/// path; the step `**` is any number of steps, also none.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace regvault::config {

/// Its steps.
using Pattern = std::vector<std::string>;

bool glob_matches(std::span<const std::string> pattern, std::span<const std::string> steps);

}  // namespace regvault::config
