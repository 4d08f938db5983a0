/// What a GitHub Actions workflow does with registries: its logins and pushes, step by step, and what its token may.
///
///     Workflow workflow = read_workflow(bytes, "ci.yml");
///     workflow.jobs[0].steps[1].login->registry     // "ghcr.io"; `env` is filled in, other expressions stay
///
/// Known are docker/login-action, docker/metadata-action, docker/build-push-action, their siblings of redhat-actions,
/// and in `run` the words docker, podman, buildah, skopeo, crane and regvault. What a script does behind these words
/// is not seen. Source: docs.github.com, workflow syntax.
///
/// Throws Error(malformed) for what is no YAML, or no workflow.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace regvault::diagnosis {

/// What `permissions:` says about packages.
struct Permission {
  enum class Packages { unsaid, none, read, write } packages = Packages::unsaid;
  std::size_t line = 0;
};

struct WorkflowLogin {
  std::string registry;  ///< "docker.io" when none is said
  std::string password;  ///< the expressions in it
  bool has_username = false, has_password = false;
};

struct WorkflowPush {
  std::vector<std::string> images;  ///< as far as they are known
  bool lowercased = false;          ///< by docker/metadata-action
  bool labelled = false;            ///< with org.opencontainers.image.source
  bool builds = false;              ///< it is built here, and could be labelled here
  std::string condition;            ///< what decides whether it is pushed: `if:`, `push:`
};

struct WorkflowStep {
  std::size_t line = 0;
  std::optional<WorkflowLogin> login;
  std::optional<WorkflowPush> push;
};

struct WorkflowJob {
  std::string name;
  std::size_t line = 0;
  Permission permission;
  std::string condition;
  std::string calls;  ///< a reusable workflow, in place of steps
  bool inherits_secrets = false;
  std::vector<WorkflowStep> steps;
};

struct Workflow {
  Permission permission;
  bool on_pull_request = false;
  bool on_call = false;  ///< it is a reusable workflow
  std::vector<WorkflowJob> jobs;
};

Workflow read_workflow(std::string bytes, const std::string& name);

}  // namespace regvault::diagnosis
