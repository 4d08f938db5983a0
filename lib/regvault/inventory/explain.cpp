#include <regvault/inventory/explain.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>

namespace regvault::inventory {
namespace {

/// What Ansible sets itself, whatever the inventory says.
constexpr std::string_view kMagic[] = {"ansible_check_mode",
                                       "ansible_facts",
                                       "ansible_play_hosts",
                                       "ansible_version",
                                       "group_names",
                                       "groups",
                                       "hostvars",
                                       "inventory_dir",
                                       "inventory_file",
                                       "inventory_hostname",
                                       "inventory_hostname_short",
                                       "omit",
                                       "play_hosts",
                                       "playbook_dir",
                                       "role_name",
                                       "role_path",
                                       "item"};

/// How far a path goes from a variable on.
struct Reached {
  const Variable* variable = nullptr;  // none: nothing sets the path
  std::size_t steps = 0;               // of the path, the variable's own name included

  explicit operator bool() const { return variable != nullptr; }
};

Reached reach(const Variable& top, const yaml::Path& path) {
  Reached reached{&top, 1};
  while (reached.steps < path.size()) {
    const Variable* next = reached.variable->value->member(path[reached.steps]);
    if (!next) break;
    reached = {next, reached.steps + 1};
  }
  return reached;
}

bool is_template(const Reached& reached) {
  return reached.variable->value->form == Form::template_text;
}

/// A template in the way may have the rest of the path.
bool arrives(const Reached& reached, const yaml::Path& path) {
  return reached.steps == path.size() || is_template(reached);
}

bool is_same(const Variable& a, const Variable& b) {
  const bool same_place = a.place.file == b.place.file && a.place.line == b.place.line;
  const bool both_mappings = a.value->form == Form::mapping && b.value->form == Form::mapping;  // merged ones are new
  return same_place && (a.value == b.value || both_mappings);
}

class Lookup {
 public:
  Lookup(const Model& model, const std::string& host) : model_(model), host_(host) {}

  Chain chain(const yaml::Path& path) {
    Chain chain{.path = path};
    asked_.push_back(path);
    std::vector<Setting> settings = model_.settings(host_, path[0].key);
    drop_repeated(settings);
    const std::optional<Variable> top = model_.combined(settings);
    Reached seen;
    if (top) seen = reach(*top, path);
    if (top && !arrives(seen, path)) seen = {};
    chain.links = links(settings, path, seen);
    chain.is_set = static_cast<bool>(seen);
    if (seen && is_template(seen)) follow(seen, chain);
    if (!seen) {
      const bool is_magic = !top && std::ranges::count(kMagic, path[0].key) != 0;
      chain.unknown = is_magic ? Unknown::magic : Unknown::not_set;
    }
    return chain;
  }

 private:
  /// A directory that is given twice counts where it is given last.
  static void drop_repeated(std::vector<Setting>& settings) {
    for (std::size_t i = settings.size(); i-- > 0;) {
      auto repeated = [&](const Setting& other) {
        return other.variable == settings[i].variable && other.unread == settings[i].unread;
      };
      auto behind = settings.begin() + static_cast<std::ptrdiff_t>(i) + 1;
      if (std::any_of(behind, settings.end(), repeated)) settings.erase(behind - 1);
    }
  }

  static Link link_of(const Setting& setting) {
    return {.role = Role::unread, .level = setting.level, .entity = setting.entity, .unread = setting.unread};
  }

  /// What is known of the later places while the earlier ones are looked at.
  struct Later {
    bool has_winner = false;
    bool is_closed = false;  // one of them lets nothing of earlier ones through
    bool has_hiding = false;
  };

  /// nullopt: the place has nothing to do with the path.
  std::optional<Role> role_of(const Reached& reached, const yaml::Path& path, const Reached& seen, Later& later) const {
    const bool merges = model_.merges_hashes() && reached.variable->value->form == Form::mapping;
    const bool was_closed = std::exchange(later.is_closed, later.is_closed || !merges);
    if (arrives(reached, path)) {
      if (seen && !later.has_winner && is_same(*reached.variable, *seen.variable)) {
        later.has_winner = true;
        return Role::wins;
      }
      const bool shows = later.has_winner && !was_closed && merges && seen.variable->value->form == Form::mapping;
      return shows ? Role::merged : Role::shadowed;
    }
    // of several that lack the path, the last one says it all; merged mappings hide nothing they lack
    if (seen || later.has_hiding || merges) return std::nullopt;
    later.has_hiding = true;
    return Role::hides;
  }

  /// From the last to the first, so that what hides others is known before them.
  std::vector<Link> links(const std::vector<Setting>& settings, const yaml::Path& path, const Reached& seen) const {
    std::vector<Link> links;
    Later later;
    for (auto setting = settings.rbegin(); setting != settings.rend(); ++setting) {
      Link link = link_of(*setting);
      if (setting->variable) {
        const Reached reached = reach(*setting->variable, path);
        const std::optional<Role> role = role_of(reached, path, seen, later);
        if (!role) continue;
        link.role = *role;
        fill(link, reached);
      }
      links.push_back(std::move(link));
    }
    std::ranges::reverse(links);
    return links;
  }

  static void fill(Link& link, const Reached& reached) {
    link.place = reached.variable->place;
    link.form = reached.variable->value->form;
    link.vault_label = reached.variable->value->vault_label;
    link.steps = reached.steps;
    link.node = reached.variable->value->node;
  }

  void follow(const Reached& winner, Chain& chain) {
    const std::optional<yaml::Path>& reference = winner.variable->value->reference;
    if (!reference) {
      chain.unknown = Unknown::is_template;
      return;
    }
    yaml::Path path = *reference;
    path.insert(path.end(), chain.path.begin() + static_cast<std::ptrdiff_t>(winner.steps), chain.path.end());
    if (std::ranges::count(asked_, path) != 0 || path.size() > 100) {
      chain.unknown = Unknown::endless;
      return;
    }
    chain.referred = std::make_unique<Chain>(this->chain(path));
  }

  const Model& model_;
  const std::string& host_;
  std::vector<yaml::Path> asked_;
};

[[noreturn]] void throw_no_host(const Model& model, const std::string& host) {
  const std::vector<std::string> hosts = model.hosts();
  const std::vector<std::string_view> names(hosts.begin(), hosts.end());
  std::optional<std::string_view> near = closest(host, names);
  throw Error(ErrorCode::not_found, "there is no host " + in_quotes(host) + " in the inventory",
              near ? "did you mean " + in_quotes(*near) + "?" : std::string(), {}, "no-host");
}

}  // namespace

std::string_view name_of(Role role) {
  constexpr std::array<std::string_view, 5> kNames = {"wins", "merged", "shadowed", "hides", "unread"};
  return kNames[static_cast<std::size_t>(role)];
}

Chain explain(const Model& model, const std::string& host, const yaml::Path& path) {
  if (path.empty() || path[0].index) {
    throw Error(ErrorCode::usage, "a variable is wanted, and maybe a path in it: iaas_console.ghcr_pat", {}, {},
                "bad-key");
  }
  if (!model.has_host(host)) throw_no_host(model, host);
  return Lookup(model, host).chain(path);
}

bool may_be_otherwise(const Chain& chain) {
  for (auto link = chain.links.rbegin(); link != chain.links.rend(); ++link) {
    if (link->unread) return true;
    if (link->role == Role::wins && link->form != Form::mapping) return false;  // those may be merged with earlier ones
  }
  return false;
}

}  // namespace regvault::inventory
