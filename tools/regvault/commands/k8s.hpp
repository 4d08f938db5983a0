/// The verbs below `regvault k8s`, one file each; docs/commands/k8s.md is their specification.
#pragma once

#include "regvault/commands.hpp"

namespace regvault::tools {

Action configure_k8s_attach(CLI::App& app, Session& session);
Action configure_k8s_pod(CLI::App& app, Session& session);
Action configure_k8s_secret(CLI::App& app, Session& session);
Action configure_k8s_show(CLI::App& app, Session& session);
Action configure_k8s_test(CLI::App& app, Session& session);

}  // namespace regvault::tools
