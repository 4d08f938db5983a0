/// A secret of GitHub Actions, set through GitHub's command line: `gh secret set NAME`, the value on its standard
/// input.
///
///     ActionsSecret secret{.name = "GHCR_PAT", .repository = "acme/site"};
///     check(secret);                                     // before anybody is asked for the value
///     set_actions_secret(secret, token.view(), session);
///
/// gh encrypts the value for GitHub itself; it takes line ends off its end. Its own login counts (GH_TOKEN,
/// GITHUB_TOKEN, `gh auth login`).
#pragma once

#include <string>
#include <string_view>

#include "session.hpp"

namespace regvault::tools {

struct ActionsSecret {
  std::string name = {};
  std::string repository = {};    ///< [HOST/]OWNER/REPO
  std::string environment = {};   ///< of the repository; empty: all of it
  std::string organization = {};  ///< instead of a repository
  std::string visibility = {};    ///< of an organization's secret: all or private; empty: gh's default
};

/// Throws Error(usage) for a name that GitHub does not take, and for a place that is none.
void check(const ActionsSecret& secret);

/// "GHCR_PAT of acme/site": for messages.
std::string name_of(const ActionsSecret& secret);

/// Throws Error: not_found (gh is not installed), program_failed (it refuses), both with the reason "gh".
void set_actions_secret(const ActionsSecret& secret, std::string_view value, const Session& session);

}  // namespace regvault::tools
