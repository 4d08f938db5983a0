/// The inventory of a command: -i and --playbook-dir, else what ansible.cfg says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <regvault/inventory/model.hpp>
#include <regvault/keys/keyring.hpp>

#include "session.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace regvault::tools {

struct InventoryOptions {
  std::vector<std::string> sources;
  std::string playbook_directory;
};

void add_inventory_options(CLI::App& app, InventoryOptions& options);

/// Loads it; files that are vaults stay closed when nothing names a vault secret. `keyring` is filled when it is first
/// needed; all must outlive the model.
inventory::Model load_inventory(const InventoryOptions& options, const keys::KeyRequest& request,
                                std::optional<keys::Keyring>& keyring, Session& session);

}  // namespace regvault::tools
