/// What GitHub's API tells about a token and about packages.
///
///     GithubApi github("https://api.github.com", send);
///     Account account = github.account(token.view());          // GET /user, once a token
///     if (account.answer.allowed()) … account.login, account.scopes, account.expires
///
/// A "no" is an answer, as in registry_client.hpp; what is no answer is thrown. The token goes to the API's own origin
/// only, and redirects are not followed. (https://docs.github.com/rest)
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/access/registry_client.hpp>

namespace regvault::access {

inline constexpr std::string_view kGithubApi = "https://api.github.com";

struct Account {
  RegistryAnswer answer = {};
  std::string login = {};
  std::optional<std::vector<std::string>> scopes = {};   ///< nullopt: this kind of token has none
  std::optional<std::chrono::sys_seconds> expires = {};  ///< nullopt: never
  std::string sign_on_url = {};                          ///< where to authorize the token, when that is wanted

  /// write:packages has read:packages in it, and delete:packages nothing.
  bool may_read_packages() const;
  bool may_write_packages() const;
};

struct Package {
  RegistryAnswer answer = {};
  bool of_organization = false;
  std::string visibility = {};  ///< "public", "private", "internal"
  std::string repository = {};  ///< "octo/app"; empty: linked to none
  std::string settings_url = {};
};

struct WorkflowPermissions {
  RegistryAnswer answer = {};
  std::string by_default = {};  ///< "read" or "write"
  std::string settings_url = {};
};

class GithubApi {
 public:
  /// Throws Error(usage) for a URL that cannot be asked.
  GithubApi(std::string_view api_url, net::Send send);

  const Account& account(std::string_view token);

  /// NAME may have slashes in it. Tries the user OWNER, then the organization. 404 is also what a package that the
  /// token may not see gives.
  Package package(const std::string& owner, const std::string& name, std::string_view token);

  /// `repository` is "octo/app". Admins only.
  WorkflowPermissions workflow_permissions(const std::string& repository, std::string_view token);

  /// Ends a token, whoever has it: no login is needed. allowed(): GitHub has taken it (202).
  RegistryAnswer revoke(std::string_view token);

  const std::string& web_url() const { return web_url_; }  ///< "https://github.com"
  std::string package_settings_url(const std::string& owner, const std::string& name, bool of_organization) const;

 private:
  net::HttpRequest request(const std::string& path, std::string_view token) const;
  net::HttpResponse ask(const net::HttpRequest& request, std::string_view token, std::string_view cause_of_403,
                        RegistryAnswer& answer) const;

  net::Url api_;
  std::string web_url_;
  net::Send send_;
  SecretBytes asked_;  // the token of account_
  std::optional<Account> account_;
};

/// "2026-06-03 19:52:44 UTC" or "2026-06-03 19:52:44 +0200"; nullopt: neither.
std::optional<std::chrono::sys_seconds> parse_expiration(std::string_view text);

/// Whole days until then, rounded down: 0 is today, less than 0 is over.
int days_left(std::chrono::sys_seconds expires, std::chrono::sys_seconds now);

/// The prefilled page for a new token: `scopes` as GitHub names them, separated by commas; `note` says what it is for.
std::string new_token_url(const std::string& web_url, std::string_view scopes, std::string_view note);

}  // namespace regvault::access
