#include <regvault/config/rules_reader.hpp>

#include <algorithm>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>

namespace regvault::config {
namespace {

using yaml::View;

Pattern path_pattern(std::string_view text) {
  Pattern pattern;
  std::size_t slash = text.find('/');
  bool is_of_one_step = slash == text.npos || slash + 1 == text.size();
  if (is_of_one_step) pattern.emplace_back("**");
  for (std::string_view step : split(text, '/')) {
    if (!step.empty() && step != ".") pattern.emplace_back(step);
  }
  return pattern;
}

}  // namespace

std::vector<View::Entry> RulesReader::entries(const View& view, std::span<const std::string_view> known) const {
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

std::vector<View> RulesReader::one_or_more(const View& view) {
  return view.kind() == yaml::Kind::sequence ? view.items() : std::vector<View>{view};
}

std::string RulesReader::text(const View& view, std::string_view setting) const {
  std::string text(view.text());
  if (view.kind() != yaml::Kind::scalar || text.empty()) fail(view, std::string(setting) + " is a text");
  return text;
}

std::vector<std::string> RulesReader::texts(const View& view, std::string_view setting) const {
  std::vector<std::string> texts;
  for (const View& one : one_or_more(view)) texts.push_back(text(one, setting));
  return texts;
}

std::vector<Pattern> RulesReader::paths(const View& view) const {
  std::vector<Pattern> patterns;
  for (const std::string& one : texts(view, "path")) patterns.push_back(path_pattern(one));
  return patterns;
}

Pattern RulesReader::key_pattern(const View& view) const {
  const std::string key = text(view, "keys");
  try {
    return steps_of(yaml::parse_path(key));
  } catch (const Error& error) {
    fail(view, error.message, error.hint);
  }
}

void RulesReader::fail(const View& view, std::string message, std::string hint) const {
  throw Error(ErrorCode::malformed, std::move(message), std::move(hint), {.file = name_, .line = view.line()},
              "creation-rules");
}

std::vector<std::string> steps_of(const yaml::Path& path) {
  std::vector<std::string> steps;
  for (const yaml::Step& step : path) steps.push_back(step.index ? std::to_string(*step.index) : step.key);
  return steps;
}

}  // namespace regvault::config
