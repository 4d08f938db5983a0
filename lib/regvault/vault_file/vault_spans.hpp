/// Where the vaults stand in a text, so that it can be shown or merged without looking into them.
///
///     for (const VaultSpan& span : vault_spans(bytes, "group_vars/all.yml")) …   // in the order of the text
///
/// In YAML the !vault values of all documents. In a text that is no YAML (a template, a file with conflict markers):
/// the lines of every payload, without a key.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/yaml/path.hpp>

namespace regvault::vault_file {

struct VaultSpan {
  std::size_t begin = 0, end = 0;  ///< properties (tag, anchor), content, and the comment of its first line
  yaml::Path key = {};
  std::size_t document = 0;  ///< of several, from 0
  std::string payload = {};
  std::string before = {}, after = {};  ///< what stands around the tag and the content: an anchor; a comment
};

struct VaultSpans {
  bool is_yaml = true;
  std::vector<VaultSpan> spans;
};

VaultSpans vault_spans(std::string_view bytes, const std::string& name);

}  // namespace regvault::vault_file
