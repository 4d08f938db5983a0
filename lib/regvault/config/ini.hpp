/// ansible.cfg as text: the dialect of INI that Python's configparser reads with Ansible's settings.
///
///     Ini ini = parse_ini("[defaults]\nvault_identity = dev  ; ours\n", "/etc/ansible/ansible.cfg");
///     ini_value(ini, "defaults", "vault_identity") == "dev"
///
/// The dialect: `key = value` or `key: value`, the first of the two characters counts; keys in any case; a line
/// indented deeper than its key continues the value; a line starting with `#` or `;` is a comment, and so is the rest
/// of a line from a `;` after white space (` #` starts none); `%` means nothing. White space is Unicode's.
///
/// Throws Error(malformed) with file and line for what Ansible refuses: a section or key that is there twice, a setting
/// before the first section, a line that is nothing of this, a byte order mark. Lines are not quoted: an ansible.cfg
/// can hold tokens.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace regvault::config {

using IniSection = std::map<std::string, std::string, std::less<>>;  ///< by lower-case key
using Ini = std::map<std::string, IniSection, std::less<>>;          ///< by section name

Ini parse_ini(std::string_view text, const std::string& file);

/// The value of `key` (lower case) in `section`; failing that in [DEFAULT], but only when there is that section at all.
std::optional<std::string> ini_value(const Ini& ini, std::string_view section, std::string_view key);

/// `text` without the white space at both ends that Python's str.strip() removes, Unicode's included.
std::string_view python_stripped(std::string_view text);

}  // namespace regvault::config
