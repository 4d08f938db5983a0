/// The name "ansible-vault": which programs have it on this machine, and giving it to this one.
///
/// A shim is a symbolic link ansible-vault -> regvault in a directory of the user's choice. Nothing else is ever
/// replaced or removed: ansible-core owns its own ansible-vault.
///
///     std::string link = enable_shim("/home/me/.local/bin");
///     for (const AnsibleVault& program : ansible_vaults(environment)) …   // {"/home/me/.local/bin/ansible-vault",
///     true}
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <regvault/system/environment.hpp>

namespace regvault::tools {

inline constexpr std::string_view kAnsibleVault = "ansible-vault";

struct AnsibleVault {
  std::string path;
  bool is_regvault = false;  ///< any regvault, not only this one
};

/// Those in PATH, in its order: a shell starts the first.
std::vector<AnsibleVault> ansible_vaults(const Environment& environment);

/// This program's own file.
std::string program_path();

struct Shim {
  std::string path;
  bool changed = false;
};

/// Throws Error: file_access; failed (reason "not-ours") when `directory` holds an ansible-vault that is no shim.
Shim enable_shim(const std::string& directory);
Shim disable_shim(const std::string& directory);

}  // namespace regvault::tools
