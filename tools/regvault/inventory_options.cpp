#include "regvault/inventory_options.hpp"

#include <CLI/CLI.hpp>

#include <regvault/config/ansible_path.hpp>

#include "regvault/key_options.hpp"

namespace regvault::tools {
namespace {

bool has_keys(const keys::KeyRequest& request, const config::AnsibleConfig& config) {
  return !request.vault_ids.empty() || !request.password_files.empty() || request.ask ||
         !config.vault_identity_list.empty() || config.vault_password_file || config.ask_vault_pass;
}

std::vector<std::string> sources_of(const InventoryOptions& options, const config::AnsibleConfig& config,
                                    const Session& session) {
  if (options.sources.empty()) return config.inventory.sources;
  std::vector<std::string> sources;
  for (const std::string& source : options.sources) {
    const bool is_list = source.find(',') != std::string::npos;
    sources.push_back(is_list ? source : config::ansible_path(source, session.working_directory, session.environment));
  }
  return sources;
}

}  // namespace

void add_inventory_options(CLI::App& app, InventoryOptions& options) {
  app.add_option("-i,--inventory,--inventory-file", options.sources,
                 "An inventory file, a directory of them, or a list of hosts with a comma (repeatable)")
      ->type_name("INVENTORY")
      ->allow_extra_args(false);
  app.add_option("--playbook-dir", options.playbook_directory,
                 "Where the playbook is: its group_vars and host_vars count, too (default: here)")
      ->type_name("DIR");
}

inventory::Model load_inventory(const InventoryOptions& options, const keys::KeyRequest& request,
                                std::optional<keys::Keyring>& keyring, Session& session) {
  const config::AnsibleConfig config = load_config(session);
  vault_file::Keys keys;
  if (has_keys(request, config)) {
    keys = [config, &request, &keyring, &session]() -> keys::Keyring& {
      if (!keyring) keyring = load_keyring(request, config, session);
      return *keyring;
    };
  }
  const std::string play =
      config::ansible_path(options.playbook_directory, session.working_directory, session.environment);
  return inventory::load(sources_of(options, config, session),
                         {.playbook_directory = play, .config = config.inventory, .keys = keys});
}

}  // namespace regvault::tools
