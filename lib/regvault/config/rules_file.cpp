#include <regvault/config/rules_file.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

#include <regvault/base/text.hpp>
#include <regvault/config/ansible_path.hpp>
#include <regvault/config/rules_reader.hpp>
#include <regvault/system/file.hpp>
#include <regvault/yaml/document.hpp>

namespace regvault::config {
namespace {

using yaml::View;

constexpr std::size_t kRulesAtMost = std::size_t{1} << 20;

CreationRule read_creation_rule(const RulesReader& reader, const View& view) {
  constexpr std::array<std::string_view, 3> kSettings{"path", "vault_id", "keys"};
  CreationRule rule{.paths = {}, .vault_id = {}, .keys = {}, .where = {.file = reader.name(), .line = view.line()}};
  for (const View::Entry& entry : reader.entries(view, kSettings)) {
    const std::string_view key = entry.key.text();
    if (key == "vault_id") rule.vault_id = reader.text(entry.value, key);
    if (key == "path") rule.paths = reader.paths(entry.value);
    if (key != "keys") continue;
    for (const View& one : RulesReader::one_or_more(entry.value)) {
      Pattern pattern = reader.key_pattern(one);
      if (pattern.size() == 1) pattern.insert(pattern.begin(), "**");
      rule.keys.push_back(std::move(pattern));
    }
  }
  if (rule.paths.empty()) reader.fail(view, "the rule has no path", "path: \"**\" is every file");
  return rule;
}

// What a step of a plan is about comes first in its row, what may be said about it behind.
struct StepKind {
  std::string_view name;
  std::array<std::string_view, 3> settings;
};
constexpr std::array kStepKinds{
    StepKind{"playbook", {"inventory", "limit", "tags"}},
    StepKind{"pull_secret", {"namespaces", "context", "email"}},
    StepKind{"actions_secret", {"repos", "organization", "environment"}},
    StepKind{"check", {"push", "", ""}},
    StepKind{"revoke", {"", "", ""}},
};

const StepKind& kind_of_step(const RulesReader& reader, const View& view) {
  if (view.kind() == yaml::Kind::mapping) {
    for (const View::Entry& entry : view.entries()) {
      const auto* kind = std::ranges::find(kStepKinds, entry.key.text(), &StepKind::name);
      if (kind != kStepKinds.end()) return *kind;
    }
  }
  reader.fail(view, "no step is called that", "one of playbook, pull_secret, actions_secret, check, revoke");
}

RotationStep read_step(const RulesReader& reader, const View& view) {
  const StepKind& kind = kind_of_step(reader, view);
  std::vector<std::string_view> known{kind.name};
  std::ranges::copy_if(kind.settings, std::back_inserter(known), [](auto name) { return !name.empty(); });
  RotationStep step{.kind = std::string(kind.name), .objects = {}, .settings = {}};
  for (const View::Entry& entry : reader.entries(view, known)) {
    const std::string_view key = entry.key.text();
    std::vector<std::string> texts = reader.texts(entry.value, key);
    if (key == kind.name) {
      step.objects = std::move(texts);
    } else {
      step.settings[std::string(key)] = std::move(texts);
    }
  }
  if (kind.name == "revoke" && step.objects != std::vector<std::string>{"old"}) {
    reader.fail(view, "what is revoked is the old token", "revoke: old");
  }
  return step;
}

RotationPlan read_rotation(const RulesReader& reader, const View& view, const std::string& directory) {
  constexpr std::array<std::string_view, 5> kSettings{"path", "key", "registry", "username", "steps"};
  RotationPlan plan{.paths = {},
                    .key = {},
                    .steps = {},
                    .directory = directory,
                    .where = {.file = reader.name(), .line = view.line()}};
  for (const View::Entry& entry : reader.entries(view, kSettings)) {
    const std::string_view key = entry.key.text();
    if (key == "path") plan.paths = reader.paths(entry.value);
    if (key == "key") plan.key = reader.key_pattern(entry.value);
    if (key == "registry") plan.registry = reader.text(entry.value, key);
    if (key == "username") plan.username = reader.text(entry.value, key);
    if (key != "steps") continue;
    if (entry.value.kind() != yaml::Kind::sequence) reader.fail(entry.value, "steps is a list");
    for (const View& step : entry.value.items()) plan.steps.push_back(read_step(reader, step));
  }
  if (plan.paths.empty()) reader.fail(view, "the rotation has no path", "path: inventory.yml");
  if (plan.key.empty()) reader.fail(view, "the rotation has no key", "key: all.vars.ghcr_pat");
  if (plan.steps.empty()) reader.fail(view, "the rotation has no steps");
  return plan;
}

// ---------------------------------------------------------------------------------------------------- finding files

bool is_in_a_repository(std::string directory) {
  for (; directory.size() > 1; directory = directory_of(directory)) {
    if (is_there(joined(directory, ".git"))) return true;
  }
  return false;
}

/// Absolute, without symlinks, as far as it is there.
std::string real_path(const std::string& path) {
  std::error_code unknown;
  const std::filesystem::path absolute = std::filesystem::absolute(path, unknown);  // what is not there stays relative
  std::filesystem::path real = std::filesystem::weakly_canonical(absolute, unknown);
  return (unknown ? absolute.lexically_normal() : real).string();
}

/// As short as it can be said here.
std::string shown(const std::string& path) {
  std::error_code unknown;
  std::string here = joined(std::filesystem::current_path(unknown).string(), "");
  return !unknown && path.starts_with(here) ? path.substr(here.size()) : path;
}

/// What is left of `path` below `directory`, step by step.
std::vector<std::string> steps_below(const std::string& directory, std::string_view path) {
  std::vector<std::string> steps;
  for (std::string_view step : split(path.substr(joined(directory, "").size()), '/')) steps.emplace_back(step);
  return steps;
}

}  // namespace

RulesFile parse_rules(std::string text, const std::string& name, const std::string& directory) {
  constexpr std::array<std::string_view, 2> kSections{"creation_rules", "rotations"};
  RulesFile rules{.directory = directory, .creation_rules = {}, .rotations = {}};
  const yaml::Document document = yaml::Document::parse(std::move(text), name);
  std::optional<View> top = document.root();
  if (!top) return rules;
  const RulesReader reader(name);
  for (const View::Entry& entry : reader.entries(*top, kSections)) {
    const std::string section(entry.key.text());
    if (entry.value.kind() != yaml::Kind::sequence) reader.fail(entry.value, section + " is a list of rules");
    for (const View& item : entry.value.items()) {
      if (section == "rotations") {
        rules.rotations.push_back(read_rotation(reader, item, directory));
      } else {
        rules.creation_rules.push_back(read_creation_rule(reader, item));
      }
    }
  }
  return rules;
}

bool RulesFile::is_meant(const std::vector<Pattern>& patterns, const std::string& file) const {
  const std::vector<std::string> steps = steps_below(directory, real_path(file));
  return std::ranges::any_of(patterns, [&](const Pattern& pattern) { return glob_matches(pattern, steps); });
}

std::shared_ptr<const RulesFile> RulesFiles::of(const std::string& file) {
  const std::string path = real_path(file);
  return path.starts_with('/') ? in_or_above(directory_of(path)) : nullptr;  // else: the working directory is gone
}

std::shared_ptr<const RulesFile> RulesFiles::in_or_above(const std::string& directory) {
  if (auto known = of_directory_.find(directory); known != of_directory_.end()) return known->second;
  std::shared_ptr<const RulesFile> rules;
  if (is_there(joined(directory, kRulesFile))) {
    rules = read(directory);
  } else if (!is_there(joined(directory, ".git")) && is_in_a_repository(directory)) {
    rules = in_or_above(directory_of(directory));
  }
  return of_directory_[directory] = rules;
}

std::shared_ptr<const RulesFile> RulesFiles::read(const std::string& directory) const {
  const std::string path = joined(directory, kRulesFile);
  if (is_world_writable(directory)) {
    warn_("others may write to " + in_quotes(directory) + ": its " + std::string(kRulesFile) + " is not used");
    return nullptr;
  }
  return std::make_shared<const RulesFile>(parse_rules(read_file(path, kRulesAtMost), shown(path), directory));
}

}  // namespace regvault::config
