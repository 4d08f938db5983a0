/// .regvault.yml: which one counts for a file, and what is in it.
///
///     RulesFiles files(warn);
///     if (std::shared_ptr<const RulesFile> rules = files.of("inventories/prod/hosts.yml")) use(rules->creation_rules);
///
/// One .regvault.yml counts: the nearest, from the directory the file is in (behind symlinks) up to the top of its git
/// repository; for a file in no repository only the one in its directory. One in a directory that others may write to
/// is not read, and warned of, as Ansible does with its ansible.cfg: it could make a secret one that they can open.
///
/// Throws Error(malformed) with file and line for a .regvault.yml that is none, and Error(file_access).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/config/creation_rule.hpp>
#include <regvault/config/rotation_plan.hpp>

namespace regvault::config {

inline constexpr std::string_view kRulesFile = ".regvault.yml";

struct RulesFile {
  std::string directory;  ///< absolute, without symlinks
  std::vector<CreationRule> creation_rules;
  std::vector<RotationPlan> rotations;

  /// Whether one of the patterns is for this file, which of() was asked for.
  bool is_meant(const std::vector<Pattern>& patterns, const std::string& file) const;
};

/// Reads each .regvault.yml once. Not for several threads at once.
class RulesFiles {
 public:
  explicit RulesFiles(WarningSink warn = {}) : warn_(std::move(warn)) {}

  /// nullptr: there is none. The file need not be there yet.
  std::shared_ptr<const RulesFile> of(const std::string& file);

 private:
  std::shared_ptr<const RulesFile> in_or_above(const std::string& directory);
  std::shared_ptr<const RulesFile> read(const std::string& directory) const;

  WarningSink warn_;
  std::map<std::string, std::shared_ptr<const RulesFile>> of_directory_;  // nullptr: none
};

/// The text of a .regvault.yml. `name` is the file in messages.
RulesFile parse_rules(std::string text, const std::string& name, const std::string& directory = {});

}  // namespace regvault::config
