/// What Ansible's configuration says about vaults and inventories: ansible.cfg and ANSIBLE_*, read as Ansible reads
/// them.
///
///     AnsibleConfig config = load_ansible_config(process_environment(), "/srv/site", warn);
///     if (config.vault_password_file) …          // an absolute path
///
/// A variable that is set, even to nothing, comes before ansible.cfg's [defaults], which comes before the default.
///
///   variable                        key                      value
///   ANSIBLE_VAULT_PASSWORD_FILE     vault_password_file      a path; from the file: relative to the file's directory
///   ANSIBLE_VAULT_IDENTITY_LIST     vault_identity_list      [label@]source, …; relative to the working directory
///   ANSIBLE_VAULT_IDENTITY          vault_identity           the label of secrets that were given none
///   ANSIBLE_VAULT_ENCRYPT_IDENTITY  vault_encrypt_identity   the label of the key to encrypt with
///   ANSIBLE_VAULT_ID_MATCH          vault_id_match           any text is yes, "false" and "no" as well; empty is no
///   ANSIBLE_VAULT_ENCRYPT_SALT      vault_encrypt_salt       as it is; empty: a random one (Ansible 2.15)
///   ANSIBLE_ASK_VAULT_PASS          ask_vault_pass           yes is: y yes t true on 1, in any case
///   (not looked at)                 editor, pager            a command line (Ansible 2.15)
///
///   ANSIBLE_INVENTORY               inventory                paths, …; relative as vault_password_file
///   ANSIBLE_HASH_BEHAVIOUR          hash_behaviour           replace or merge
///   ANSIBLE_YAML_FILENAME_EXT       yaml_valid_extensions    .yml, …
///   ANSIBLE_PRECEDENCE              precedence               in which order groups' variables count
///   ANSIBLE_VARS_ENABLED            vars_plugins_enabled     names of plugins
///   ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS  force_valid_group_names  always, silently; never, ignore
///   ANSIBLE_INVENTORY_IGNORE        inventory_ignore_extensions, or [inventory] ignore_extensions
///   ANSIBLE_INVENTORY_IGNORE_REGEX  inventory_ignore_patterns, or [inventory] ignore_patterns
///   ANSIBLE_INVENTORY_ENABLED       [inventory] enable_plugins      names of plugins
///
/// One file is read, the first that is there and readable of: $ANSIBLE_CONFIG (a directory: the ansible.cfg in it),
/// ansible.cfg in the working directory (not if others may write to that directory; there is a warning then),
/// ~/.ansible.cfg, /etc/ansible/ansible.cfg. Quotes around a whole value in the file are taken off (but not around a
/// path), those around a variable's are not, as in Ansible since 2.15.
///
/// Throws Error(malformed) for a file Ansible refuses (see ini.hpp; its name must end in .cfg or .ini), and
/// Error(file_access).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/system/environment.hpp>

namespace regvault::config {

/// How inventories are read.
struct InventoryConfig {
  std::vector<std::string> sources = {"/etc/ansible/hosts"};  ///< when none are given; absolute
  bool merge_hashes = false;
  std::vector<std::string> yaml_extensions = {".yml", ".yaml", ".json"};
  std::vector<std::string> precedence = {"all_inventory",    "groups_inventory",         "all_plugins_inventory",
                                         "all_plugins_play", "groups_plugins_inventory", "groups_plugins_play"};
  std::vector<std::string> vars_plugins = {"host_group_vars"};
  std::vector<std::string> plugins = {"host_list", "script", "auto", "yaml", "ini", "toml"};
  std::vector<std::string> ignored_extensions = {".pyc", ".pyo", ".swp",  ".bak", "~",    ".rpm",  ".md",
                                                 ".txt", ".rst", ".orig", ".ini", ".cfg", ".retry"};
  std::vector<std::string> ignored_patterns = {};  ///< regular expressions
  bool valid_group_names = false;
};

struct AnsibleConfig {
  std::optional<std::string> file;                 ///< the ansible.cfg that was read
  std::optional<std::string> vault_password_file;  ///< absolute
  std::vector<std::string> vault_identity_list;
  std::string vault_identity = "default";
  std::optional<std::string> vault_encrypt_identity;
  bool vault_id_match = false;
  std::string vault_encrypt_salt;  ///< empty: a random salt
  bool ask_vault_pass = false;
  std::string editor;  ///< the file's key (the variables are for who runs it); empty: none
  std::string pager;
  InventoryConfig inventory;
};

/// `working_directory` is absolute; empty when there is none (it was removed).
AnsibleConfig load_ansible_config(const Environment& environment, const std::string& working_directory,
                                  const WarningSink& warn);

}  // namespace regvault::config
