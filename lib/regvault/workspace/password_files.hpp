/// Files that hold a vault password, and whether others can get at them.
///
///     for (const PasswordFile& file : find_password_files(files, search)) {
///       if (file.is_tracked || file.others_can_read) …
///     }
///
/// A file is one when it is named by the options, the environment or ansible.cfg, also by an ansible.cfg among `files`;
/// or when its own name says so: .vault_pass, vault_pass.txt, vault-password-prod, .ansible_vault_password. Those are
/// looked for among `files` and beside those that were found below a directory, where git ignores them, too.
///
/// Scripts, and files that are vaults or PGP messages, hold no password in the clear and are left out.
///
/// Never throws but std::bad_alloc: a configuration that does not parse, or names what is not there, names no file.
#pragma once

#include <string>
#include <vector>

#include <regvault/keys/key_source.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/workspace/walk.hpp>

namespace regvault::workspace {

struct PasswordFile {
  std::string path;              ///< below the working directory: from there
  bool is_tracked = false;       ///< by git
  bool others_can_read = false;  ///< every user: by its mode and those of the directories above it
};

struct PasswordSearch {
  keys::KeyRequest request = {};  ///< --vault-id, --vault-password-file
  Environment environment = process_environment();
  std::string working_directory = {};  ///< absolute; where relative paths start. Empty: this process's
};

/// Every file once, sorted by path.
std::vector<PasswordFile> find_password_files(const std::vector<FoundFile>& files, const PasswordSearch& search);

}  // namespace regvault::workspace
