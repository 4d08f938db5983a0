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
/// One .regvault.yml counts: the nearest, from the directory the file is in (behind symlinks) up to the top of its git
/// repository; for a file in no repository only the one in its directory. One in a directory that others may write to
/// is not read, and warned of, as Ansible does with its ansible.cfg: it could make a secret one that they can open.
///
/// Patterns are those of glob.hpp. A path with a slash that is not its last character starts where the .regvault.yml
/// is, a key of several steps at the top of the document; one of a single step holds at any depth.
///
/// Throws Error(malformed) with file and line for a .regvault.yml that is none of this, and Error(file_access).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/yaml/path.hpp>

namespace regvault::config {

inline constexpr std::string_view kRulesFile = ".regvault.yml";

struct CreationRule {
  using Pattern = std::vector<std::string>;

  std::vector<Pattern> paths;           ///< below the directory of the .regvault.yml
  std::optional<std::string> vault_id;  ///< label
  std::vector<Pattern> keys;
  Where where;  ///< of the rule; the file as messages call it

  bool wants_encrypted(const yaml::Path& key) const;
  std::string name() const { return where.file + ":" + std::to_string(where.line); }  ///< ".regvault.yml:4"
};

/// Reads each .regvault.yml once. Not for several threads at once.
class CreationRules {
 public:
  explicit CreationRules(WarningSink warn = {}) : warn_(std::move(warn)) {}

  /// nullptr: none is said. The file need not be there yet. The rule lives as long as this object.
  const CreationRule* find(const std::string& file);

 private:
  struct Rules {
    std::string directory;  ///< absolute, without symlinks
    std::vector<CreationRule> rules;
  };

  std::shared_ptr<const Rules> in_or_above(const std::string& directory);
  std::shared_ptr<const Rules> read(const std::string& directory) const;

  WarningSink warn_;
  std::map<std::string, std::shared_ptr<const Rules>> of_directory_;  // nullptr: none
};

/// The rules in the text of a .regvault.yml. `name` is the file in messages.
std::vector<CreationRule> parse_creation_rules(std::string text, const std::string& name);

}  // namespace regvault::config
