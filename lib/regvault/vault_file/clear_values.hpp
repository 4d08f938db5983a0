/// The values of a YAML document that stand in the clear, chosen by their keys: what a creation rule wants encrypted.
///
///     auto is_meant = [&](const yaml::Path& key) { return rule.wants_encrypted(key); };
///     for (const yaml::Place& place : clear_values(document, is_meant)) …
///
/// Templates get their value from elsewhere, and an empty text is no secret: they are not among them.
#pragma once

#include <functional>
#include <vector>

#include <regvault/yaml/document.hpp>

namespace regvault::vault_file {

std::vector<yaml::Place> clear_values(const yaml::Document& document,
                                      const std::function<bool(const yaml::Path&)>& is_meant);

}  // namespace regvault::vault_file
