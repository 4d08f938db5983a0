/// Hosts and groups while inventory sources are read, one after the other, as Ansible's InventoryData keeps them.
///
///     Graph graph;
///     graph.add_group("web");
///     graph.add_host("web01", "web", {.place = place});
///     graph.set_variable("web01", variable, "eu-1");
///     graph.finish(true);
///
/// Groups "all" and "ungrouped" are there from the beginning. A name that is a group's and a host's means the group
/// wherever variables are set or children added, as in Ansible. All functions throw Error(malformed) for what Ansible
/// refuses; what was done before stays, as it does there.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/inventory/value.hpp>

namespace regvault::inventory {

struct Group {
  std::string name;
  std::size_t depth = 0;  ///< the longest way from "all"; known after finish()
  long priority = 1;      ///< ansible_group_priority
  std::vector<Group*> parents = {}, children = {};
  std::vector<Variable> variables = {};  ///< in the order they were set; a name may be there several times
};

struct Host {
  std::string name;
  std::vector<Group*> groups = {};  ///< that name it as a host
  std::vector<Variable> variables = {};
  bool left_ungrouped = false;  ///< was taken out of "ungrouped", even if one of its groups is below that
};

class Graph {
 public:
  /// `valid_names`: other characters in group names than letters, digits and _ become _ (force_valid_group_names).
  explicit Graph(bool valid_names = false);
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  /// Returns the name it has.
  std::string add_group(std::string_view name);
  std::string group_name(std::string_view name) const;  ///< the name a group of that name would have
  bool has_group(std::string_view name) const { return groups_.contains(name); }

  /// `child`: a group, else a host.
  void add_child(std::string_view group, std::string_view child);

  struct HostOptions {
    Place place = {};                                ///< where the port stands
    std::optional<std::string> port = std::nullopt;  ///< counts when the host is new
  };
  void add_host(std::string_view name, std::string_view group, const HostOptions& options);
  bool has_host(std::string_view name) const { return by_name_.contains(name); }

  /// `text`: the value's, looked at for ansible_group_priority only.
  void set_variable(std::string_view entity, Variable variable, std::string_view text);

  /// When all sources are read: depths. If any could be read, groups without parents go below "all" before, and hosts
  /// without groups into "ungrouped".
  void finish(bool any_was_read);

  const std::deque<Host>& hosts() const { return hosts_; }  ///< in the order they were found
  const Host* find_host(std::string_view name) const;
  const Host* localhost() const { return localhost_; }  ///< the first of localhost, 127.0.0.1, ::1; nullptr: none
  const Group& all() const { return groups_.at("all"); }

  /// With all that are above them, without "all"; by depth, priority, name: the later one's variables count.
  std::vector<const Group*> groups_of(const Host& host) const;

 private:
  Group& group(std::string_view name);
  void place_host(Host& host);
  void place_ungrouped(const Host& host);

  bool valid_names_;
  std::map<std::string, Group, std::less<>> groups_;
  std::vector<Group*> in_order_;
  std::deque<Host> hosts_;
  std::map<std::string, Host*, std::less<>> by_name_;
  Host* localhost_ = nullptr;
};

/// A name that stands for this machine, in the inventory or not.
bool is_localhost(std::string_view name);

}  // namespace regvault::inventory
