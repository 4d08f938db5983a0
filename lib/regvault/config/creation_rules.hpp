/// .regvault.yml: which vault id new secrets of a file take, and which of its values are to be secret.
///
///     creation_rules:                       # the first whose path matches counts
///       - path: inventories/prod            # that file, or everything in that directory
///         vault_id: prod
///         keys: ["*_pat", all.vars.db]      # that key anywhere, or everything below that place
///       - path: "**"
///         vault_id: dev
///
///     CreationRules rules(warn);
///     if (const CreationRule* rule = rules.find("inventories/prod/hosts.yml")) {
///       use(rule->vault_id);                                              // or keyring.follow(rule)
///       if (rule->wants_encrypted(parse_path("all.vars.ghcr_pat"))) …
///     }
///
/// Which .regvault.yml counts: rules_file.hpp. Patterns are those of glob.hpp. A path with a slash that is not its last
/// character starts where the .regvault.yml is, a key of several steps at the top of the document; one of a single step
/// holds at any depth.
///
/// Throws what rules_file.hpp says.
#pragma once

#include <string>

#include <regvault/base/error.hpp>
#include <regvault/config/creation_rule.hpp>
#include <regvault/config/rules_file.hpp>

namespace regvault::config {

/// Not for several threads at once.
class CreationRules {
 public:
  explicit CreationRules(WarningSink warn = {}) : files_(std::move(warn)) {}

  /// nullptr: none is said. The file need not be there yet. The rule lives as long as this object.
  const CreationRule* find(const std::string& file);

 private:
  RulesFiles files_;
};

}  // namespace regvault::config
