/// The steps of a rotation plan, one by one: each can be done, fail and be done again by itself.
///
///     for (const Task& task : tasks_of(plan)) …      // "pull secret ghcr-credentials in argowf", "… in prod", …
#pragma once

#include <string>
#include <vector>

#include <regvault/config/rotation_plan.hpp>

namespace regvault::rotation {

enum class TaskKind { playbook, pull_secret, actions_secret, check, revoke };

struct Task {
  TaskKind kind = TaskKind::check;
  std::string object = {};         ///< the playbook, the secret's name, the image; of revoke: "old"
  std::string place = {};          ///< the namespace, or the repository (organization); else empty
  config::RotationStep step = {};  ///< that it is of, with the settings
  std::string name = {};           ///< for people, and for the journal: no other task of the plan has it
};

/// In the plan's order. A pull secret without a namespace is one in the context's. Throws Error(malformed) for an
/// Actions secret of which nobody says whose it is.
std::vector<Task> tasks_of(const config::RotationPlan& plan);

}  // namespace regvault::rotation
