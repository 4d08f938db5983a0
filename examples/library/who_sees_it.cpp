// who_sees_it INVENTORY VARIABLE: for every place that sets a variable, the hosts that get their value from there.
//
//     $ who_sees_it inventory.yml iaas_console.ghcr_pat
//     /srv/site/inventory.yml:5 (encrypted): gpu-01 gpu-02
//     /srv/site/group_vars/lab.yml:2 hides it from: lab-01
#include <cstdio>
#include <map>
#include <string>
#include <string_view>

#include <regvault/config/ansible_config.hpp>
#include <regvault/config/ansible_path.hpp>
#include <regvault/inventory/explain.hpp>
#include <regvault/keys/key_source.hpp>

namespace {

namespace inventory = regvault::inventory;
using inventory::Role;
using regvault::escaped;

/// Where the host's value comes from; of a value that refers to another one, where that stands.
std::string answer(const inventory::Chain& chain) {
  for (auto link = chain.links.rbegin(); link != chain.links.rend(); ++link) {  // the last one counts
    if (link->role == Role::unread) return "nobody knows, because of " + escaped(link->unread->source) + ":";
    const std::string place = escaped(link->place.file->path) + ":" + std::to_string(link->place.line);
    if (link->role == Role::hides) return place + " hides it from:";
    if (link->role != Role::wins) continue;
    if (chain.referred) return answer(*chain.referred);
    return place + (link->form == inventory::Form::vault ? " (encrypted):" : ":");
  }
  return "not set for:";
}

}  // namespace

int main(int argc, char** argv) try {
  using namespace regvault;
  if (argc != 3) {
    std::fputs("usage: who_sees_it INVENTORY VARIABLE\n", stderr);
    return 2;
  }
  const WarningSink warn = [](std::string_view text) {
    std::fprintf(stderr, "warning: %.*s\n", static_cast<int>(text.size()), text.data());
  };
  const keys::Surroundings here = keys::process_surroundings(warn);
  const config::AnsibleConfig config = config::load_ansible_config(here.environment, here.working_directory, warn);
  const std::string source = config::ansible_path(argv[1], here.working_directory, here.environment);
  // Without keys: inline vaults are told by their tag, and files that are one vault are named as unread.
  const inventory::Model model =
      inventory::load({source}, {.playbook_directory = here.working_directory, .config = config.inventory});

  std::map<std::string, std::string> hosts_of;  // by where their value comes from
  for (const std::string& host : model.hosts()) {
    hosts_of[answer(inventory::explain(model, host, yaml::parse_path(argv[2])))] += " " + escaped(host);
  }
  for (const auto& [place, hosts] : hosts_of) std::printf("%s%s\n", place.c_str(), hosts.c_str());
  for (const inventory::Unread& unread : model.unread()) warn(escaped(unread.source) + ": " + unread.message);
} catch (const regvault::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
