/// Where a host's value of a variable comes from: all the places, and which of them counts.
///
///     Chain chain = explain(model, "web01", yaml::parse_path("iaas_console.ghcr_pat"));
///     for (const Link& link : chain.links) use(link);      // lowest first; one has Role::wins, if the value is set
///
/// Without hash merging (hash_behaviour=merge), a mapping is replaced as a whole: the last place that sets the first
/// name of the path counts, and where that has no `ghcr_pat`, the host has none, whatever other places say.
///
/// A value that is nothing but a reference (`{{ vault_pat }}`) is followed to where that stands, `{{ a.b['c'] }}`
/// likewise. Of other templates nothing is known.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/inventory/model.hpp>

namespace regvault::inventory {

enum class Role {
  wins,      ///< the host sees this value
  merged,    ///< the host sees its parts that no later place replaces
  shadowed,  ///< a later place counts
  hides,     ///< sets the variable without this path, and so hides what is shadowed
  unread     ///< nobody knows what it sets
};

/// As the enumerator is called.
std::string_view name_of(Role role);

/// One place. For Role::hides, the place of what there is of the path, and its form.
struct Link {
  Role role = Role::shadowed;
  Place place = {};
  Level level = Level::all_inventory;
  std::string entity = {};  ///< the group or host
  Form form = Form::null;
  std::string vault_label = {};  ///< of a vault
  std::size_t steps = 0;         ///< of the path that lead to the place; fewer than all: see `role`, or a template
  std::optional<std::size_t> node = std::nullopt;  ///< Value::node
  const Unread* unread = nullptr;                  ///< of the model
};

/// Why the value itself is not known, though its place is.
enum class Unknown { nothing, not_set, is_template, magic, endless };

struct Chain {
  yaml::Path path = {};
  std::vector<Link> links = {};
  bool is_set = false;                        ///< one of the links wins
  Unknown unknown = Unknown::nothing;         ///< the chain ends here without a value
  std::unique_ptr<Chain> referred = nullptr;  ///< of the value that the winner refers to
};

/// Throws Error(not_found, "no-host") for a host that is not in the inventory (with a near name), Error(usage) for an
/// empty path.
Chain explain(const Model& model, const std::string& host, const yaml::Path& path);

/// Whether a place that nobody knows may count instead of what is known.
bool may_be_otherwise(const Chain& chain);

}  // namespace regvault::inventory
