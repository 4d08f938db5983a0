/// Which Kubernetes cluster, for kubectl.
#pragma once

#include <regvault/kubernetes/kubectl.hpp>

namespace CLI {
class App;
}

namespace regvault::tools {

void add_cluster_options(CLI::App& app, kubernetes::Cluster& cluster);

/// "NAME", or "NAME in namespace NS", for a line of output.
std::string in_namespace(const std::string& name, const std::string& name_space);

}  // namespace regvault::tools
