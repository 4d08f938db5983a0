/// The name "docker-credential-regvault": a credential helper for docker, podman, skopeo, crane and Bazel, as
/// docker-credential-helpers speaks with its callers. docs/credential-helper.md is its specification.
///
///     printf ghcr.io | docker-credential-regvault get      {"ServerURL":"ghcr.io","Username":"octocat","Secret":"…"}
///
/// The protocol wants errors on standard output, in one line, with exit code 1. Warnings go to standard error, which
/// docker passes on. Nobody is asked, and nothing waits for long.
#pragma once

#include <string>
#include <vector>

#include "session.hpp"

namespace regvault::docker_credential {

/// `words` are those after the program's name.
int run(const std::vector<std::string>& words, tools::Session& session);

}  // namespace regvault::docker_credential
