#include <regvault/config/rotation_plan.hpp>

#include <algorithm>

#include <regvault/config/rules_file.hpp>
#include <regvault/config/rules_reader.hpp>

namespace regvault::config {

std::vector<std::string> RotationStep::setting(std::string_view name) const {
  auto found = settings.find(name);
  return found == settings.end() ? std::vector<std::string>() : found->second;
}

std::optional<RotationPlan> rotation_plan(const std::string& file, const yaml::Path& key, const WarningSink& warn) {
  const std::shared_ptr<const RulesFile> rules = RulesFiles(warn).of(file);
  if (!rules) return std::nullopt;
  const std::vector<std::string> steps = steps_of(key);
  auto plan = std::ranges::find_if(rules->rotations, [&](const RotationPlan& one) {
    return rules->is_meant(one.paths, file) && glob_matches(one.key, steps);
  });
  return plan == rules->rotations.end() ? std::nullopt : std::optional(*plan);
}

}  // namespace regvault::config
