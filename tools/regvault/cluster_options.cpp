#include "regvault/cluster_options.hpp"

#include <CLI/CLI.hpp>

namespace regvault::tools {

void add_cluster_options(CLI::App& app, kubernetes::Cluster& cluster) {
  constexpr const char* kGroup = "Which cluster (default: kubectl's own)";
  app.add_option("--context", cluster.context, "kubectl's context")->type_name("C")->group(kGroup);
  app.add_option("--kubeconfig", cluster.kubeconfig, "kubectl's configuration file")->type_name("FILE")->group(kGroup);
}

std::string in_namespace(const std::string& name, const std::string& name_space) {
  return name_space.empty() ? name : name + " in namespace " + name_space;
}

}  // namespace regvault::tools
