/// Why Ansible cannot open a vault that stands in YAML, in words that say what to change.
///
///     if (auto fault = fault_of(value, bytes, "vars.yml")) use(fault->line, fault->text);
///
/// What the decoded text of a value shows, of those mistakes that people and editors make: blanks at the end of a line,
/// a line that is deeper than the first, an empty line or a comment in the block, lines folded into one by `>` (or by
/// standing there without `|`), and the next key on the last line, which `encrypt_string … >> vars.yml` makes of a file
/// without a final newline.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/yaml/document.hpp>

namespace regvault::workspace {

struct LineFault {
  std::size_t line = 0;  ///< in the file, from 1
  std::string text;
  bool is_plain_vault = false;  ///< not broken: tagged !vault-plain
};

/// nullopt: it is whole. `value` is a vault in the file `bytes`; `name` is the file's.
std::optional<LineFault> fault_of(const yaml::Value& value, std::string_view bytes, const std::string& name);

/// For a file that is not parsed: `!vault|`, a key glued to a vault, and !vault-plain.
std::vector<LineFault> faults_of_lines(std::string_view bytes);

}  // namespace regvault::workspace
