#include "regvault/commands/k8s.hpp"

#include <CLI/CLI.hpp>

#include "regvault/sub_verbs.hpp"

namespace regvault::tools {
namespace {

constexpr SubVerb kSubVerbs[] = {
    {"secret", "Print a pull secret as kubectl would, or store it in a cluster", configure_k8s_secret},
    {"show", "Show whose logins a pull secret has, and what is wrong with it", configure_k8s_show},
    {"attach", "Add a pull secret to manifests, or to a service account", configure_k8s_attach},
    {"pod", "Print a pod that tests the pull of an image", configure_k8s_pod},
    {"test", "Test in a cluster whether an image can be pulled", configure_k8s_test},
};

}  // namespace

Action configure_k8s(CLI::App& app, Session& session) {
  Action action = configure_sub_verbs(app, session, kSubVerbs);
  app.footer(
      "\n\"regvault k8s secret --help\" and so on explain each.\n\n"
      "Examples:\n"
      "  regvault k8s secret ghcr-credentials -n argowf -u octocat --from group_vars/all/vars.yml:ghcr_pat > "
      "secret.yml\n"
      "  regvault k8s show secret.yml\n"
      "  regvault k8s attach ghcr-credentials deployment.yml --diff");
  return action;
}

}  // namespace regvault::tools
