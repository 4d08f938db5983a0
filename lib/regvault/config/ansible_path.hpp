/// Paths as Ansible understands them in its settings and vault options.
///
///     ansible_path("~/keys/../vault.pw", "/srv/site", environment) == "/home/ops/vault.pw"
///     ansible_path("vault.pw", "/srv/site", environment) == "/srv/site/vault.pw"
///
/// The rule is Ansible's `unfrackpath(follow=False)`: variables and `~` are expanded, what is relative starts at
/// `base`, then `.`, `..` and doubled slashes are taken out of the text. Symlinks are not resolved, so a script still
/// sees the name it was called by.
#pragma once

#include <string>
#include <string_view>

#include <regvault/system/environment.hpp>

namespace regvault::config {

std::string ansible_path(std::string_view path, const std::string& base, const Environment& environment);

/// `path` without its extension, and the extension with its dot, as Python's os.path.splitext splits them: a name that
/// only starts with a dot has no extension.
struct SplitPath {
  std::string_view stem;
  std::string_view extension;
};
SplitPath split_extension(std::string_view path);

/// Everything before the last slash ("/" for a name in the root).
std::string directory_of(std::string_view path);

/// The path of `name` in a directory.
std::string joined(const std::string& directory, std::string_view name);

bool is_there(const std::string& path);

/// What lies in such a directory is not to be trusted: any user may have put it there.
bool is_world_writable(const std::string& directory);

}  // namespace regvault::config
