/// An inventory in YAML or JSON: groups at the top, each with hosts, vars and children.
///
/// Read as Ansible's plugin "yaml" reads it: sections may be a single name, the same group may come often, other keys
/// are skipped.
#pragma once

#include <memory>

#include <regvault/inventory/graph.hpp>
#include <regvault/yaml/view.hpp>

namespace regvault::inventory {

/// Throws Error(malformed) where Ansible stops, too; what comes before is in the graph.
void read_yaml(const yaml::View& top, const std::shared_ptr<const SourceFile>& file, bool is_json, Graph& graph);

/// What `or {}`, `if value` take for nothing: null, "", false, 0, {}, [].
bool is_nothing(const yaml::View& view);

}  // namespace regvault::inventory
