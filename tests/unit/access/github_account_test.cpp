#include <regvault/access/github_account.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "script.hpp"

namespace regvault::access {
namespace {

using testing::ElementsAre;
using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds kExpiry = std::chrono::sys_days(std::chrono::year(2026) / 6 / 3) + 19h + 52min + 44s;
constexpr std::string_view kToken = "geheim";
const std::string kApi = "https://api.github.com";

Account account_with(std::vector<net::Header> headers) {
  Script script({{"GET " + kApi + "/user *", 200, R"({"login":"octocat","id":1})", std::move(headers)}});
  return GithubApi(kApi, script.send()).account(kToken);
}

TEST(GithubAccount, ScopesAndExpiry) {
  Account account = account_with({{"X-OAuth-Scopes", "read:packages, write:packages"},
                                  {"github-authentication-token-expiration", "2026-06-03 19:52:44 UTC"}});
  EXPECT_TRUE(account.answer.allowed());
  EXPECT_EQ(account.login, "octocat");
  EXPECT_THAT(*account.scopes, ElementsAre("read:packages", "write:packages"));
  EXPECT_EQ(account.expires, kExpiry);

  EXPECT_TRUE(account_with({{"x-oauth-scopes", ""}}).scopes->empty());
  EXPECT_FALSE(account_with({{"x-oauth-scopes", ""}}).may_read_packages());
  EXPECT_FALSE(account_with({}).scopes.has_value());
  EXPECT_TRUE(account_with({}).may_read_packages());  // a kind of token without scopes
  EXPECT_FALSE(account_with({}).expires.has_value());
  EXPECT_TRUE(account_with({{"x-oauth-scopes", "write:packages"}}).may_read_packages());
  EXPECT_FALSE(account_with({{"x-oauth-scopes", "read:packages"}}).may_write_packages());
  EXPECT_FALSE(account_with({{"x-oauth-scopes", "repo, xread:packages"}}).may_read_packages());
}

TEST(GithubAccount, Expiration) {
  const std::pair<std::string, std::optional<std::chrono::sys_seconds>> rows[] = {
      {"2026-06-03 19:52:44 UTC", kExpiry},
      {"2026-06-03 21:52:44 +0200", kExpiry},
      {"2026-06-03 12:22:44 -0730", kExpiry},
      {" 2026-06-03 19:52:44 UTC ", kExpiry},
      {"2026-06-03 19:52:44", std::nullopt},
      {"2026-13-03 19:52:44 UTC", std::nullopt},
      {"2026-02-30 19:52:44 UTC", std::nullopt},
      {"2026-06-03 24:52:44 UTC", std::nullopt},
      {"2026-06-03 19:52:44 CEST", std::nullopt},
      {"2026-06-03T19:52:44Z", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& [text, time] : rows) EXPECT_EQ(parse_expiration(text), time) << text;
  EXPECT_EQ(days_left(kExpiry, kExpiry - 14 * 24h), 14);
  EXPECT_EQ(days_left(kExpiry, kExpiry - 14 * 24h + 1s), 13);
  EXPECT_EQ(days_left(kExpiry, kExpiry + 1s), -1);
}

TEST(GithubAccount, IsAskedOnceAToken) {
  Script script({{"GET " + kApi + "/user *", 401, R"({"message":"Bad credentials"})"}});
  GithubApi github(kApi, script.send());
  EXPECT_EQ(github.account(kToken).answer.cause, "credentials-refused");
  EXPECT_EQ(github.account(kToken).answer.said, "Bad credentials");
  EXPECT_EQ(script.sent.size(), 1U);
  github.account("another");
  EXPECT_EQ(script.sent.size(), 2U);
}

TEST(GithubAccount, Refusals) {
  struct Case {
    Row row;
    std::string cause, sign_on_url;
  };
  const std::string request = "GET " + kApi + "/user";
  const Case cases[] = {
      {{request, 401, R"({"message":"Bad credentials"})"}, "credentials-refused", ""},
      {{request,
        403,
        R"({"message":"Resource protected by organization SAML enforcement."})",
        {{"X-GitHub-SSO", "required; url=https://github.com/orgs/acme/sso?a=b"}}},
       "single-sign-on",
       "https://github.com/orgs/acme/sso?a=b"},
      {{request, 403, R"({"message":"You have exceeded a secondary rate limit."})", {{"Retry-After", "60"}}},
       "rate-limit",
       ""},
      {{request, 403, R"({"message":"API rate limit exceeded for user ID 1."})", {{"X-RateLimit-Remaining", "0"}}},
       "rate-limit",
       ""},
      {{request, 503, ""}, "registry-fault", ""},
      {{request, 200, "[]"}, "not-a-registry", ""},
      {{request, 200, "{}"}, "not-a-registry", ""},
  };
  for (const Case& c : cases) {
    Script script({c.row});
    Account account = GithubApi(kApi, script.send()).account(kToken);
    EXPECT_EQ(account.answer.cause, c.cause);
    EXPECT_EQ(account.sign_on_url, c.sign_on_url);
  }
}

TEST(GithubPackage, OfAUserOrAnOrganization) {
  const std::string user = "GET " + kApi + "/users/octo/packages/container/team%2Fapp *";
  const std::string organization = "GET " + kApi + "/orgs/octo/packages/container/team%2Fapp *";
  Script script({{user, 404, R"({"message":"Not Found"})"},
                 {organization, 200, R"({"visibility":"internal","repository":{"full_name":"octo/app"}})"}});
  Package package = GithubApi(kApi, script.send()).package("octo", "team/app", kToken);
  EXPECT_TRUE(package.answer.allowed());
  EXPECT_TRUE(package.of_organization);
  EXPECT_EQ(package.visibility, "internal");
  EXPECT_EQ(package.repository, "octo/app");
  EXPECT_EQ(package.settings_url, "https://github.com/orgs/octo/packages/container/team%2Fapp/settings");

  Script alone({{user, 200, R"({"visibility":"private"})"}});
  package = GithubApi(kApi, alone.send()).package("octo", "team/app", kToken);
  EXPECT_EQ(package.repository, "");
  EXPECT_EQ(package.settings_url, "https://github.com/users/octo/packages/container/team%2Fapp/settings");
  EXPECT_EQ(alone.sent.size(), 1U);

  Script nowhere({{user, 404, "{}"}, {organization, 404, "{}"}});
  EXPECT_EQ(GithubApi(kApi, nowhere.send()).package("octo", "team/app", kToken).answer.cause, "name-unknown");
}

TEST(GithubWorkflow, Permissions) {
  const std::string request = "GET " + kApi + "/repos/octo/app/actions/permissions/workflow *";
  Script script({{request, 200, R"({"default_workflow_permissions":"read"})"}});
  WorkflowPermissions permissions = GithubApi(kApi, script.send()).workflow_permissions("octo/app", kToken);
  EXPECT_EQ(permissions.by_default, "read");
  EXPECT_EQ(permissions.settings_url, "https://github.com/octo/app/settings/actions");
  Script not_admin({{request, 403, R"({"message":"Must have admin rights to Repository."})"}});
  permissions = GithubApi(kApi, not_admin.send()).workflow_permissions("octo/app", kToken);
  EXPECT_FALSE(permissions.answer.allowed());
  EXPECT_EQ(permissions.answer.said, "Must have admin rights to Repository.");
  EXPECT_EQ(permissions.answer.cause, "missing-scope");
}

TEST(GithubRevoke, SendsTheTokenInTheBodyAlone) {
  std::string body;
  net::Send send = [&](const net::HttpRequest& request) -> net::HttpResponse {
    EXPECT_EQ(request.method + " " + request.url.text(), "POST https://api.github.com/credentials/revoke");
    EXPECT_TRUE(request.authorization.empty());
    body = request.body.view();
    return {.status = 202, .body = SecretBytes::copy_of("{}")};
  };
  EXPECT_TRUE(GithubApi(kApi, send).revoke("geheim\"").allowed());
  EXPECT_EQ(body, R"({"credentials":["geheim\""]})");
  Script limited({{"POST " + kApi + "/credentials/revoke", 429, R"({"message":"geheim: slow down"})"}});
  RegistryAnswer answer = GithubApi(kApi, limited.send()).revoke("geheim");
  EXPECT_EQ(answer.cause, "rate-limit");
  EXPECT_EQ(answer.said, "********: slow down");
}

TEST(GithubApi, OfEnterprise) {
  auto web = [](const std::string& api) { return GithubApi(api, {}).web_url(); };
  EXPECT_EQ(web("https://api.github.com"), "https://github.com");
  EXPECT_EQ(web("https://github.acme.com/api/v3/"), "https://github.acme.com");
  EXPECT_EQ(web("https://api.acme.ghe.com"), "https://acme.ghe.com");
  EXPECT_EQ(web("http://127.0.0.1:80/"), "http://127.0.0.1");
  Script script({{"GET https://github.acme.com/api/v3/user *", 200, R"({"login":"octocat"})"}});
  EXPECT_EQ(GithubApi("https://github.acme.com/api/v3/", script.send()).account(kToken).login, "octocat");
  EXPECT_THROW(web("github.com"), Error);
}

TEST(NewTokenUrl, IsPercentEncoded) {
  EXPECT_EQ(new_token_url("https://github.com", "read:packages,delete:packages", "CI & co/1 ä"),
            "https://github.com/settings/tokens/new?scopes=read:packages,delete:packages"
            "&description=CI%20%26%20co%2F1%20%C3%A4");
}

}  // namespace
}  // namespace regvault::access
