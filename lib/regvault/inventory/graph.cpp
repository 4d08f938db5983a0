#include <regvault/inventory/graph.hpp>

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>
#include <tuple>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>

namespace regvault::inventory {
namespace {

[[noreturn]] void refuse(std::string message) {
  throw Error(ErrorCode::malformed, std::move(message), {}, {}, "bad-inventory");
}

void add_with_ancestors(const Group& group, std::set<const Group*>& into) {
  if (!into.insert(&group).second) return;
  for (const Group* parent : group.parents) add_with_ancestors(*parent, into);
}

bool is_above(const Group& group, const Group& other) {
  std::set<const Group*> above;
  for (const Group* parent : other.parents) add_with_ancestors(*parent, above);
  return above.contains(&group);
}

/// Python's int() of a text, or of what YAML makes of it.
std::optional<long> priority_in(std::string_view text) {
  std::string digits(stripped(text));
  if (digits == "true" || digits == "True") return 1;
  if (digits == "false" || digits == "False") return 0;
  if (digits.starts_with('+')) digits.erase(0, 1);
  std::erase(digits, '_');
  long value = 0;
  auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (fault != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace

bool is_localhost(std::string_view name) {
  return name == "localhost" || name == "127.0.0.1" || name == "::1";
}

Graph::Graph(bool valid_names) : valid_names_(valid_names) {
  add_group("all");
  add_group("ungrouped");
  add_child("all", "ungrouped");
}

std::string Graph::group_name(std::string_view name) const {
  std::string out(name);
  if (!valid_names_) return out;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto c = static_cast<unsigned char>(out[i]);
    const bool is_digit = c >= '0' && c <= '9';
    const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80 || (is_digit && i > 0);
    if (!good) out[i] = '_';
  }
  return out;
}

std::string Graph::add_group(std::string_view name) {
  if (name.empty()) refuse("a group without a name");
  if (has_group(name)) return std::string(name);
  std::string valid = group_name(name);
  auto [place, is_new] = groups_.try_emplace(valid, Group{.name = valid});
  if (is_new) in_order_.push_back(&place->second);
  return valid;
}

Group& Graph::group(std::string_view name) {
  auto found = groups_.find(name);
  if (found == groups_.end()) refuse("there is no group " + in_quotes(name));
  return found->second;
}

void Graph::add_child(std::string_view name, std::string_view child) {
  Group& parent = group(name);
  auto found = groups_.find(child);
  if (found == groups_.end()) {
    auto host = by_name_.find(child);
    if (host == by_name_.end()) refuse(in_quotes(child) + " is neither a group nor a host");
    std::vector<Group*>& groups = host->second->groups;
    if (std::ranges::count(groups, &parent) == 0) groups.push_back(&parent);
    return;
  }
  Group& group = found->second;
  if (&group == &parent || is_above(group, parent)) {
    refuse("the groups " + in_quotes(name) + " and " + in_quotes(child) + " would each be below the other");
  }
  if (std::ranges::count(parent.children, &group) != 0) return;
  parent.children.push_back(&group);
  group.parents.push_back(&parent);
}

void Graph::add_host(std::string_view name, std::string_view group_of_host, const HostOptions& options) {
  if (name.empty()) refuse("a host without a name");
  Group& its_group = group(group_of_host);
  auto known = by_name_.find(name);
  if (known == by_name_.end()) {
    Host& host = hosts_.emplace_back(Host{.name = std::string(name)});
    known = by_name_.emplace(host.name, &host).first;
    if (options.port) {
      host.variables.push_back({"ansible_port", options.place, std::make_shared<Value>(Value{.form = Form::plain})});
    }
    if (is_localhost(name) && !localhost_) localhost_ = &host;
  }
  std::vector<Group*>& groups = known->second->groups;
  if (std::ranges::count(groups, &its_group) == 0) groups.push_back(&its_group);
}

void Graph::set_variable(std::string_view entity, Variable variable, std::string_view text) {
  if (auto found = groups_.find(entity); found != groups_.end()) {
    if (variable.name != "ansible_group_priority") {
      found->second.variables.push_back(std::move(variable));
      return;
    }
    std::optional<long> priority = priority_in(text);
    if (!priority) refuse("ansible_group_priority of " + in_quotes(entity) + " is no number");
    found->second.priority = *priority;
    return;
  }
  auto host = by_name_.find(entity);
  if (host == by_name_.end()) refuse("there is no group or host " + in_quotes(entity));
  host->second->variables.push_back(std::move(variable));
}

void Graph::place_host(Host& host) {
  Group* all = &group("all");
  Group* ungrouped = &group("ungrouped");
  std::set<const Group*> above;
  for (const Group* direct : host.groups) add_with_ancestors(*direct, above);
  const bool in_ungrouped = above.contains(ungrouped);
  const bool in_others = std::ranges::any_of(above, [&](const Group* g) { return g != all && g != ungrouped; });
  if (in_ungrouped && in_others) host.left_ungrouped = std::erase(host.groups, ungrouped) != 0;
  if (!in_ungrouped && !in_others) place_ungrouped(host);
}

/// Where a group has the host's name, it is the group that becomes a child, with all its hosts.
void Graph::place_ungrouped(const Host& host) {
  add_child("ungrouped", host.name);
  auto found = groups_.find(host.name);
  if (found == groups_.end()) return;
  for (Host& other : hosts_) {
    const bool is_in = std::ranges::any_of(
        other.groups, [&](const Group* group) { return group == &found->second || is_above(found->second, *group); });
    if (is_in) other.left_ungrouped = false;
  }
}

void Graph::finish(bool any_was_read) {
  if (any_was_read) {
    for (Group* group : in_order_) {
      if (group->name != "all" && group->parents.empty()) add_child("all", group->name);
    }
    for (Host& host : hosts_) place_host(host);
  }

  std::set<const Group*> known;
  std::function<std::size_t(Group&)> depth_of = [&](Group& group) {
    if (!known.insert(&group).second) return group.depth;
    for (Group* parent : group.parents) group.depth = std::max(group.depth, depth_of(*parent) + 1);
    return group.depth;
  };
  for (Group* group : in_order_) depth_of(*group);
}

const Host* Graph::find_host(std::string_view name) const {
  auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

std::vector<const Group*> Graph::groups_of(const Host& host) const {
  std::set<const Group*> found;
  for (const Group* group : host.groups) add_with_ancestors(*group, found);
  found.erase(&all());
  if (host.left_ungrouped) found.erase(&groups_.at("ungrouped"));
  std::vector<const Group*> groups(found.begin(), found.end());
  std::ranges::sort(groups, [](const Group* a, const Group* b) {
    return std::tie(a->depth, a->priority, a->name) < std::tie(b->depth, b->priority, b->name);
  });
  return groups;
}

}  // namespace regvault::inventory
