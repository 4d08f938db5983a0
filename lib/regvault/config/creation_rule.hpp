/// One rule of a .regvault.yml for new secrets: in which files it holds, and what it says of them. creation_rules.hpp
/// finds it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/config/glob.hpp>
#include <regvault/yaml/path.hpp>

namespace regvault::config {

struct CreationRule {
  std::vector<Pattern> paths;           ///< below the directory of the .regvault.yml
  std::optional<std::string> vault_id;  ///< label
  std::vector<Pattern> keys;
  Where where;  ///< of the rule; the file as messages call it

  bool wants_encrypted(const yaml::Path& key) const;
  std::string name() const { return where.file + ":" + std::to_string(where.line); }  ///< ".regvault.yml:4"
};

}  // namespace regvault::config
