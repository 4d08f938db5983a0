/// What follows when a token gets a new value, as a .regvault.yml says it: the fleet, clusters and repositories that
/// hold a copy of it.
///
///     rotations:                                      # the first whose path and key match counts
///       - path: inventory.yml
///         key: all.vars.iaas_console.ghcr_pat
///         registry: ghcr.io
///         username: octocat
///         steps:
///           - playbook: site.yml                      # ansible-playbook, from the directory of the .regvault.yml
///             inventory: inventory.yml
///           - pull_secret: ghcr-credentials           # in every namespace
///             namespaces: [argowf, prod]
///           - actions_secret: GHCR_PAT
///             repos: acme/app
///           - check: ghcr.io/acme/app:latest          # the new token pulls it
///           - revoke: old                             # ends the old token
///
///     std::optional<RotationPlan> plan = rotation_plan("inventory.yml", key, warn);
///
/// Which .regvault.yml counts, and the patterns, are those of creation_rules.hpp; a key of several steps starts at the
/// top of the document.
///
/// Throws Error(malformed) with file and line for a .regvault.yml that is none of this, and Error(file_access).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/config/glob.hpp>
#include <regvault/yaml/path.hpp>

namespace regvault::config {

/// `- pull_secret: ghcr-credentials`, with what is said about it.
struct RotationStep {
  std::string kind;                  ///< "playbook", "pull_secret", "actions_secret", "check", "revoke"
  std::vector<std::string> objects;  ///< "site.yml", "ghcr-credentials", …
  std::map<std::string, std::vector<std::string>, std::less<>> settings;

  /// The setting's texts; none when it is not said.
  std::vector<std::string> setting(std::string_view name) const;

  bool operator==(const RotationStep&) const = default;
};

struct RotationPlan {
  std::vector<Pattern> paths;  ///< below the directory of the .regvault.yml
  Pattern key;
  std::string registry = "ghcr.io";
  std::string username = {};  ///< empty: not said
  std::vector<RotationStep> steps;
  std::string directory;  ///< of the .regvault.yml, absolute: what the steps' paths are relative to
  Where where;            ///< of the plan; the file as messages call it
};

/// nullopt: there is none for this key of this file.
std::optional<RotationPlan> rotation_plan(const std::string& file, const yaml::Path& key, const WarningSink& warn);

}  // namespace regvault::config
