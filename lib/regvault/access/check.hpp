/// Whether a registry login will work, found out step by step before it matters.
///
///     CheckRequest request{.registry = "ghcr.io", .images = {parse_image("ghcr.io/octo/app:1")}};
///     request.credentials = &credentials;
///     CheckResult result = check(request, send);
///     for (const Finding& finding : result.findings) … finding.outcome, finding.detail, finding.advice
///
/// Steps, in order: token (its shape, offline) → registry (is one there) → anonymous → credentials → account (GitHub:
/// scopes, expiry) → pull of each image → package (GitHub: visibility, repository) → push (when asked for: an upload is
/// opened and cancelled). A step that an earlier one decides is skipped, and says why.
///
/// The functions of registry_client.hpp and github_account.hpp are the single questions; each step is one or two.
/// Nothing is thrown for what a registry says or does not say: that is a finding. Throws Error(usage) for a request
/// that makes no sense (an image of another registry, an API URL that is none).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/access/github_account.hpp>
#include <regvault/access/registry_client.hpp>

namespace regvault::access {

enum class Outcome { ok, failed, warning, skipped };

std::string_view name_of(Outcome outcome);

/// The detail of a finding "anonymous" about a public image.
inline constexpr std::string_view kAnybodyCanPull = "anybody can pull it";

struct Finding {
  std::string step = {};     ///< "token", "registry", "anonymous", "credentials", "account", "pull", "package", "push"
  std::string subject = {};  ///< what was asked about: the registry, an image, a repository
  Outcome outcome = Outcome::ok;
  std::string detail = {};  ///< one line
  std::string advice = {};  ///< one line; empty: nothing to do
  std::string cause = {};   ///< a slug of registry/cause.hpp, or empty
};

struct CheckRequest {
  std::string registry = {};  ///< a host as in ImageReference
  std::vector<ImageReference> images = {};
  const Credentials* credentials = nullptr;  ///< nullptr: anonymously. Must outlive the check
  bool push = false;
  bool force = false;                          ///< send a token that looks wrong
  std::optional<std::string> github_api = {};  ///< default: GitHub's for ghcr.io, HOST/api/v3 for containers.HOST
  int warn_days = 14;
  std::optional<Account> account = {};  ///< GitHub's answer about this token, when it is known: it is not asked again
  RegistryOptions options = {};
  std::chrono::sys_seconds now = {};
};

struct CheckResult {
  std::vector<Finding> findings = {};
  std::optional<Account> account = {};                   ///< GitHub's answer, if it was asked
  std::optional<int> days_left = {};                     ///< nullopt: not known, or it does not expire
  std::optional<std::chrono::seconds> retry_after = {};  ///< a server asked to be left alone for so long

  bool passed() const;  ///< nothing failed
  bool near_expiry() const { return near_expiry_; }

  /// The first that failed; nullptr: passed.
  const Finding* failure() const;

  bool near_expiry_ = false;
};

CheckResult check(const CheckRequest& request, const net::Send& send);

/// The API that knows about a registry's tokens; nullopt: it is not GitHub's.
std::optional<std::string> github_api_of(std::string_view registry);

/// The finding about a token by itself. Only a registry of GitHub's minds which kind it is.
Finding inspect(std::string_view token, bool of_github);

/// The finding about an account: scopes for what is wanted, and expiry.
Finding judge(const Account& account, const CheckRequest& request);

}  // namespace regvault::access
