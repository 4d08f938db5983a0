/// Walks through a .regvault.yml with an eye on what nobody would miss until it is too late: a mistyped setting.
///
///     for (const View::Entry& entry : reader.entries(view, kSettings)) …      // throws for a key not in kSettings
///
/// Throws Error(malformed, "creation-rules") with the line.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/config/glob.hpp>
#include <regvault/yaml/view.hpp>

namespace regvault::config {

class RulesReader {
 public:
  explicit RulesReader(const std::string& name) : name_(name) {}

  const std::string& name() const { return name_; }  ///< of the file, for messages

  /// Of a mapping that has no other keys.
  std::vector<yaml::View::Entry> entries(const yaml::View& view, std::span<const std::string_view> known) const;

  static std::vector<yaml::View> one_or_more(const yaml::View& view);

  std::string text(const yaml::View& view, std::string_view setting) const;
  std::vector<std::string> texts(const yaml::View& view, std::string_view setting) const;  ///< one, or a list
  std::vector<Pattern> paths(const yaml::View& view) const;
  Pattern key_pattern(const yaml::View& view) const;  ///< as it is written

  [[noreturn]] void fail(const yaml::View& view, std::string message, std::string hint = {}) const;

 private:
  const std::string& name_;
};

/// A KEY's steps, to be compared with patterns.
std::vector<std::string> steps_of(const yaml::Path& path);

}  // namespace regvault::config
