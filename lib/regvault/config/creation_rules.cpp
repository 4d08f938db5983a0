#include <regvault/config/creation_rules.hpp>

#include <algorithm>

#include <regvault/config/rules_reader.hpp>

namespace regvault::config {

bool CreationRule::wants_encrypted(const yaml::Path& key) const {
  const std::vector<std::string> steps = steps_of(key);
  return std::ranges::any_of(keys, [&](const Pattern& pattern) { return glob_matches(pattern, steps); });
}

const CreationRule* CreationRules::find(const std::string& file) {
  const std::shared_ptr<const RulesFile> rules = files_.of(file);  // files_ keeps it
  if (!rules) return nullptr;
  auto rule = std::ranges::find_if(rules->creation_rules,
                                   [&](const CreationRule& one) { return rules->is_meant(one.paths, file); });
  return rule == rules->creation_rules.end() ? nullptr : &*rule;
}

}  // namespace regvault::config
