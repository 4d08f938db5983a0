/// What can be done with a new token, each by what knows how: the playbook by Ansible, the pull secret by kubectl, the
/// Actions secret by gh, the rest by the registry and GitHub.
///
///     StepContext context{.plan = plan, .keys = keys, .network = network, .old_token = …, .new_token = …, session};
///     check_new_token(context);                            // before anything is written
///     for (const rotation::Task& task : tasks) run_task(task, context);
#pragma once

#include <string>
#include <string_view>

#include <regvault/config/rotation_plan.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/rotation/tasks.hpp>

#include "regvault/network_options.hpp"
#include "session.hpp"

namespace regvault::tools {

struct StepContext {
  const config::RotationPlan& plan;
  const keys::KeyRequest& keys;  ///< handed on to Ansible, as far as they are no secrets
  const NetworkOptions& network;
  std::string_view old_token = {};
  std::string_view new_token = {};
  Session& session;
};

/// Asks the registry, and GitHub where it is its. Throws Error(refused) when they refuse the new token, and
/// Error(program_failed) when nobody could be asked.
void check_new_token(const StepContext& context);

/// Everything about a task that can be known before it is run. Throws Error(usage), Error(malformed), Error(not_found).
void look_over(const rotation::Task& task, const StepContext& context);

/// Doing it a second time changes nothing more. Throws Error, Interrupted.
void run_task(const rotation::Task& task, const StepContext& context);

}  // namespace regvault::tools
