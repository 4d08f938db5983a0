/// An inventory in INI: groups, their hosts, variables and children.
///
///     [web]
///     web[01:10].example.org http_port=8080 ansible_user=ops    # values are Python literals, else text
///     [web:vars]
///     region=eu-1
///     [site:children]
///     web
///
/// Read as Ansible's plugin "ini" reads it, quoting of the shell's kind included; what stands before the first section
/// is in "ungrouped".
#pragma once

#include <memory>
#include <string_view>

#include <regvault/inventory/graph.hpp>

namespace regvault::inventory {

/// Throws Error(malformed) with the line where Ansible stops, too; what stands before is in the graph.
void read_ini(std::string_view text, const std::shared_ptr<const SourceFile>& file, Graph& graph);

}  // namespace regvault::inventory
