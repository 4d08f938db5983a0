/// Inventory sources: files, directories of files, host lists. Which of Ansible's plugins would read each, and its
/// result, as far as it can be known without running anything.
///
///     std::vector<Unread> unread;
///     read_sources({"/srv/site/inventory", "web01,web02"}, config, reader, graph, unread);
///
/// In Ansible's order: a text with a comma that is no file is a host list; an executable file is a program (with "#!"
/// or of ELF's format; what the system would not execute falls through, as it does there); YAML with a key "plugin" at
/// the top belongs to that plugin; then YAML, INI and TOML. Programs and plugins are not run, and reported. A file that
/// ends in an error leaves behind what stands before it, as it does there, and is reported, too.
#pragma once

#include <string>
#include <vector>

#include <regvault/config/ansible_config.hpp>
#include <regvault/inventory/contents.hpp>
#include <regvault/inventory/graph.hpp>

namespace regvault::inventory {

/// `sources`: absolute paths, and host lists. Calls graph.finish() at the end.
void read_sources(const std::vector<std::string>& sources, const config::InventoryConfig& config,
                  const FileReader& reader, Graph& graph, std::vector<Unread>& unread);

/// Not a file, and with a comma.
bool is_host_list(const std::string& source);

}  // namespace regvault::inventory
