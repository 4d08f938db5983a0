#include <regvault/config/creation_rules.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

#include <regvault/base/text.hpp>
#include <regvault/config/ansible_path.hpp>
#include <regvault/config/glob.hpp>
#include <regvault/system/file.hpp>
#include <regvault/yaml/document.hpp>
#include <regvault/yaml/view.hpp>

namespace regvault::config {
namespace {

using Pattern = CreationRule::Pattern;
using yaml::View;

constexpr std::size_t kRulesAtMost = std::size_t{1} << 20;

Pattern steps_of(const yaml::Path& path) {
  Pattern steps;
  for (const yaml::Step& step : path) steps.push_back(step.index ? std::to_string(*step.index) : step.key);
  return steps;
}

// ------------------------------------------------------------------------------------------------------ the file's
// text

/// A .regvault.yml, walked through with an eye on what nobody would miss until it is too late: a mistyped key.
class Reader {
 public:
  explicit Reader(const std::string& name) : name_(name) {}

  std::vector<CreationRule> rules(const View& top) const {
    std::vector<CreationRule> rules;
    for (const View::Entry& entry : entries(top, std::array<std::string_view, 1>{"creation_rules"})) {
      if (entry.value.kind() != yaml::Kind::sequence) fail(entry.value, "creation_rules is a list of rules");
      for (const View& item : entry.value.items()) rules.push_back(rule(item));
    }
    return rules;
  }

 private:
  CreationRule rule(const View& view) const {
    CreationRule rule{.paths = {}, .vault_id = {}, .keys = {}, .where = {.file = name_, .line = view.line()}};
    for (const View::Entry& entry : entries(view, std::array<std::string_view, 3>{"path", "vault_id", "keys"})) {
      const std::string_view key = entry.key.text();
      if (key == "vault_id") rule.vault_id = text(entry.value, key);
      if (key == "path") {
        for (const View& one : one_or_more(entry.value)) rule.paths.push_back(path_pattern(text(one, key)));
      }
      if (key == "keys") {
        for (const View& one : one_or_more(entry.value)) rule.keys.push_back(key_pattern(one, text(one, key)));
      }
    }
    if (rule.paths.empty()) fail(view, "the rule has no path", "path: \"**\" is every file");
    return rule;
  }

  std::vector<View::Entry> entries(const View& view, std::span<const std::string_view> known) const {
    if (view.kind() != yaml::Kind::mapping) fail(view, "a mapping is expected");
    std::vector<View::Entry> entries = view.entries();
    for (const View::Entry& entry : entries) {
      if (std::ranges::count(known, entry.key.text()) != 0) continue;
      std::optional<std::string_view> meant = closest(entry.key.text(), known);
      fail(entry.key, "there is no setting " + in_quotes(entry.key.text()),
           meant ? "did you mean " + std::string(*meant) + "?" : "");
    }
    return entries;
  }

  static std::vector<View> one_or_more(const View& view) {
    return view.kind() == yaml::Kind::sequence ? view.items() : std::vector<View>{view};
  }

  std::string text(const View& view, std::string_view setting) const {
    std::string text(view.text());
    if (view.kind() != yaml::Kind::scalar || text.empty()) fail(view, std::string(setting) + " is a text");
    return text;
  }

  static Pattern path_pattern(std::string_view text) {
    Pattern pattern;
    std::size_t slash = text.find('/');
    bool is_of_one_step = slash == text.npos || slash + 1 == text.size();
    if (is_of_one_step) pattern.emplace_back("**");
    for (std::string_view step : split(text, '/')) {
      if (!step.empty() && step != ".") pattern.emplace_back(step);
    }
    return pattern;
  }

  Pattern key_pattern(const View& view, std::string_view text) const {
    try {
      Pattern pattern = steps_of(yaml::parse_path(text));
      if (pattern.size() == 1) pattern.insert(pattern.begin(), "**");
      return pattern;
    } catch (const Error& error) {
      fail(view, error.message, error.hint);
    }
  }

  [[noreturn]] void fail(const View& view, std::string message, std::string hint = {}) const {
    throw Error(ErrorCode::malformed, std::move(message), std::move(hint), {.file = name_, .line = view.line()},
                "creation-rules");
  }

  const std::string& name_;
};

// -------------------------------------------------------------------------------------------------------- finding
// files

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

bool CreationRule::wants_encrypted(const yaml::Path& key) const {
  const Pattern steps = steps_of(key);
  return std::ranges::any_of(keys, [&](const Pattern& pattern) { return glob_matches(pattern, steps); });
}

std::vector<CreationRule> parse_creation_rules(std::string text, const std::string& name) {
  yaml::Document document = yaml::Document::parse(std::move(text), name);
  std::optional<View> top = document.root();
  return top ? Reader(name).rules(*top) : std::vector<CreationRule>{};
}

const CreationRule* CreationRules::find(const std::string& file) {
  const std::string path = real_path(file);
  if (!path.starts_with('/')) return nullptr;  // nothing, or the working directory is gone
  std::shared_ptr<const Rules> rules = in_or_above(directory_of(path));
  if (!rules) return nullptr;
  const std::vector<std::string> steps = steps_below(rules->directory, path);
  auto matches = [&](const Pattern& pattern) { return glob_matches(pattern, steps); };
  auto rule = std::ranges::find_if(rules->rules,
                                   [&](const CreationRule& one) { return std::ranges::any_of(one.paths, matches); });
  return rule == rules->rules.end() ? nullptr : &*rule;
}

std::shared_ptr<const CreationRules::Rules> CreationRules::in_or_above(const std::string& directory) {
  if (auto known = of_directory_.find(directory); known != of_directory_.end()) return known->second;
  std::shared_ptr<const Rules> rules;
  if (is_there(joined(directory, kRulesFile))) {
    rules = read(directory);
  } else if (!is_there(joined(directory, ".git")) && is_in_a_repository(directory)) {
    rules = in_or_above(directory_of(directory));
  }
  return of_directory_[directory] = rules;
}

std::shared_ptr<const CreationRules::Rules> CreationRules::read(const std::string& directory) const {
  const std::string path = joined(directory, kRulesFile);
  if (is_world_writable(directory)) {
    warn_("others may write to " + in_quotes(directory) + ": its " + std::string(kRulesFile) + " is not used");
    return nullptr;
  }
  return std::make_shared<const Rules>(directory, parse_creation_rules(read_file(path, kRulesAtMost), shown(path)));
}

}  // namespace regvault::config
