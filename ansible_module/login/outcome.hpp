/// What became of one login of a task: what was changed, or why not.
///
///     std::vector<Outcome> outcomes = outcomes_of(task, account, warn);   // the others go on when one fails
///     put_result(answer, task, account, outcomes);
///     refuse_failures(outcomes);
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/registry/auth_locations.hpp>
#include <regvault/registry/engine_failure.hpp>
#include <regvault/registry/login.hpp>

#include "arguments.hpp"

namespace regvault::login {

struct Failure {
  Error error;
  std::string engine;         ///< the one that failed; empty: none had been asked
  std::string engine_output;  ///< what it said
};

struct Outcome {
  RegistryReference registry;
  std::string username;
  bool absent = false;
  std::vector<EntryChange> changes = {};
  std::optional<Failure> failure = std::nullopt;
};

/// Takes the passwords out of the task.
std::vector<Outcome> outcomes_of(Task& task, const Account& account, const WarningSink& warn);

/// Throws what failed, several as one.
void refuse_failures(const std::vector<Outcome>& outcomes);

}  // namespace regvault::login
