/// An inventory as Ansible sees it: its hosts, their groups, and every place that sets a variable for a host.
///
///     Model model = load({"/srv/site/inventory.yml"}, {.playbook_directory = "/srv/site"});
///     for (const std::string& host : model.hosts()) …
///     Chain chain = explain(model, "web01", yaml::parse_path("iaas_console.ghcr_pat"));      // explain.hpp
///
/// Read are inventory files (YAML, JSON, INI), directories of them, host lists, and group_vars and host_vars beside the
/// inventory and beside the playbook. Nothing is run: what programs and plugins would add is reported as unread().
/// Neither are play, role, task and extra vars, facts, and what `run_vars_plugins = start` changes looked at.
///
/// Which one counts, lowest first (ansible-core 2.14; the groups' part in the order of the setting `precedence`):
///
///   all_inventory             vars of the group "all" in inventory files
///   groups_inventory          of the host's other groups there: by depth, ansible_group_priority, name
///   all_plugins_inventory     group_vars/all beside each source, in their order
///   all_plugins_play          group_vars/all beside the playbook
///   groups_plugins_inventory  group_vars/GROUP beside each source: their order before that of the groups
///   groups_plugins_play       group_vars/GROUP beside the playbook
///   host_inventory            the host's own in inventory files
///   host_plugins_inventory    host_vars/HOST beside each source
///   host_plugins_play         host_vars/HOST beside the playbook
///
/// Vars files are read when they are first needed, and kept: not for several threads at once.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/config/ansible_config.hpp>
#include <regvault/inventory/contents.hpp>
#include <regvault/inventory/value.hpp>

namespace regvault::inventory {

struct Options {
  std::string playbook_directory;  ///< absolute; for group_vars and host_vars; empty: none
  config::InventoryConfig config = {};
  vault_file::Keys keys = {};  ///< for files that are vaults; none: they stay closed
};

enum class Level {
  all_inventory,
  groups_inventory,
  all_plugins_inventory,
  all_plugins_play,
  groups_plugins_inventory,
  groups_plugins_play,
  host_inventory,
  host_plugins_inventory,
  host_plugins_play
};

/// As the enumerator is called.
std::string_view name_of(Level level);

/// A place where a variable is set for a host, or where it might be.
struct Setting {
  Level level;
  std::size_t part;    ///< of the level: what is combined first, before the level is with the others
  std::string entity;  ///< the group or host it is set for
  const Variable* variable = nullptr;
  const Unread* unread = nullptr;  ///< instead of a variable
};

class Model {
 public:
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;
  ~Model();

  /// In the order they were found.
  std::vector<std::string> hosts() const;

  /// The host is in the inventory, or a name of this machine (localhost), which Ansible always knows.
  bool has_host(std::string_view host) const;

  /// All that the host is in, later ones count; "all" comes first. None for an implicit localhost.
  std::vector<std::string> groups_of(std::string_view host) const;

  /// Every place that sets a variable for the host, lowest first; with a name: only those that set, or may set, it.
  /// Pointers are valid as long as the model.
  std::vector<Setting> settings(std::string_view host, std::optional<std::string_view> name = std::nullopt) const;

  /// Of settings of one variable: what the host sees; nullopt: nothing.
  std::optional<Variable> combined(const std::vector<Setting>& settings) const;

  /// What the host sees, by name.
  std::vector<Variable> variables(std::string_view host) const;

  bool merges_hashes() const;

  /// Sources that could not be read, or not to their end.
  const std::vector<Unread>& unread() const;

 private:
  struct State;
  explicit Model(std::unique_ptr<State> state);
  friend Model load(const std::vector<std::string>& sources, const Options& options);

  std::unique_ptr<State> state_;
};

/// `sources`: absolute paths (config::ansible_path), and host lists. Throws Error(malformed) when groups contain each
/// other through "all"; whatever is wrong with a single source is in unread().
Model load(const std::vector<std::string>& sources, const Options& options);

}  // namespace regvault::inventory
