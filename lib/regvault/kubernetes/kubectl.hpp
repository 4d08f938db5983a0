/// The user's kubectl, which knows clusters, contexts and logins: we speak to no API ourselves.
///
///     Kubectl kubectl(environment, {.context = "prod"});
///     SecretBytes json = kubectl.said({"get", "secret", name, "-o", "json"}, {.name_space = "argowf"});
///
/// What holds a secret goes through standard input and output only. What kubectl says when it fails becomes an Error:
///
///     not_found       NotFound; reason "no-namespace" with a hint when it is the namespace
///     refused         Forbidden, Unauthorized
///     program_failed  everything else; reason "conflict" and "exists" for those answers of the API
///
/// Throws Error(not_found, reason "kubectl") when it is not on PATH.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/secret/secret_bytes.hpp>
#include <regvault/system/environment.hpp>
#include <regvault/system/noted_signals.hpp>

namespace regvault::kubernetes {

/// Which cluster; empty: as kubectl decides.
struct Cluster {
  std::string context = {};
  std::string kubeconfig = {};
};

class Kubectl {
 public:
  Kubectl(const Environment& environment, Cluster cluster);

  struct Call {
    std::string name_space = {};                 ///< empty: the context's
    std::string_view standard_input = {};        ///< may be secret
    std::vector<std::string_view> secrets = {};  ///< not to be shown where kubectl repeats them in an error
    const NotedSignals* signals = nullptr;
    std::chrono::seconds timeout{60};
  };

  /// Its standard output. Throws what is said above, and Interrupted.
  SecretBytes said(const std::vector<std::string>& arguments, const Call& call) const;

 private:
  std::string program_;
  Cluster cluster_;
};

}  // namespace regvault::kubernetes
