/// What is wrong with a GitHub Actions workflow that pushes images.
///
///     std::vector<Finding> found = examine_workflow(bytes, "ci.yml", {.repository = "Octo/App"});
///     found[0].where      // "ci.yml:7"
///     found[0].evidence   // "the job's permissions replace the workflow's, and say nothing of packages"
///
/// Looked at are: `permissions` (packages: write, where GITHUB_TOKEN pushes to ghcr.io), a login before each push in
/// the same job, its registry, user name and password, the image's name (lower case, the right owner), the label that
/// links it to its repository, and pull requests from forks. Throws what read_workflow() says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <regvault/diagnosis/finding.hpp>

namespace regvault::diagnosis {

/// What is known of the repository the workflow is in.
struct WorkflowSurroundings {
  std::optional<std::string> repository = std::nullopt;  ///< "Octo/App"
  std::optional<bool> token_may_write = std::nullopt;    ///< its default, where the workflow says nothing
};

std::vector<Finding> examine_workflow(std::string bytes, const std::string& name,
                                      const WorkflowSurroundings& surroundings);

/// Where a repository's default is set.
std::string settings_url(const std::string& repository);

}  // namespace regvault::diagnosis
