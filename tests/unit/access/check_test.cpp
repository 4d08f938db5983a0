#include <regvault/access/check.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "script.hpp"

namespace regvault::access {
namespace {

using testing::ElementsAre;
using namespace std::chrono_literals;

// A made-up password: what looks like a token of GitHub's is made in check_test.py.
const std::string kPassword = "geheim";
constexpr std::chrono::sys_seconds kNow = std::chrono::sys_days(std::chrono::year(2026) / 5 / 1);

const Row kPing = challenge("ghcr.io", kGhcrChallenge);
const std::string kToken = "GET https://ghcr.io/token?service=ghcr.io";
const std::string kPull = "&scope=repository%3Aocto%2Fapp%3Apull";
const std::string kPush = kPull + "%2Cpush";
const std::string kManifest = "https://ghcr.io/v2/octo/app/manifests/1";
const std::string kUpload = "https://ghcr.io/v2/octo/app/blobs/uploads/";
const std::string kApi = "https://api.github.com";
const std::string kPackage = "GET " + kApi + "/users/octo/packages/container/app *";

Row allowed(const std::string& request) {
  return {request, 200, R"({"token":"t"})"};
}
Row user(const std::string& scopes, const std::string& expires = "") {
  Row row{"GET " + kApi + "/user *", 200, R"({"login":"octocat"})", {{"X-OAuth-Scopes", scopes}}};
  if (!expires.empty()) row.headers.push_back({"github-authentication-token-expiration", expires});
  return row;
}

/// "step outcome cause" of each finding.
std::vector<std::string> lines(const CheckResult& result) {
  std::vector<std::string> out;
  for (const Finding& finding : result.findings) {
    out.push_back(finding.step + " " + std::string(name_of(finding.outcome)) +
                  (finding.cause.empty() ? "" : " " + finding.cause));
  }
  return out;
}

class Check : public testing::Test {
 protected:
  CheckResult run(std::vector<Row> rows) {
    Script script(std::move(rows));
    credentials_.username = "octocat";
    credentials_.password = SecretBytes::copy_of(kPassword);
    request_.now = kNow;
    CheckResult result = check(request_, script.send());
    sent_ = script.sent;
    for (const Finding& finding : result.findings) EXPECT_EQ(finding.detail.find(kPassword), std::string::npos);
    return result;
  }
  long sent_with(const std::string& part) const {
    return std::ranges::count_if(sent_, [&](const auto& line) { return line.find(part) != std::string::npos; });
  }

  Credentials credentials_;
  CheckRequest request_{
      .registry = "ghcr.io", .images = {parse_image("ghcr.io/octo/app:1")}, .credentials = &credentials_};
  std::vector<std::string> sent_;
};

TEST_F(Check, AllIsWell) {
  request_.push = true;
  CheckResult result = run({kPing,
                            allowed(kToken + " *"),
                            allowed(kToken + kPull + " *"),
                            {kToken + kPull, 401, errors("UNAUTHORIZED", "authentication required")},
                            allowed(kToken + kPush + " *"),
                            {"HEAD " + kManifest + " *", 200, "", {{"Docker-Content-Digest", kDigest}}},
                            {"POST " + kUpload + " *", 202},
                            user("read:packages, write:packages", "2026-06-03 19:52:44 UTC"),
                            {kPackage, 200, R"({"visibility":"private","repository":{"full_name":"octo/app"}})"}});
  EXPECT_THAT(lines(result), ElementsAre("token ok", "registry ok", "anonymous ok", "credentials ok", "account ok",
                                         "pull ok", "package ok", "push ok"));
  EXPECT_TRUE(result.passed());
  EXPECT_FALSE(result.near_expiry());
  EXPECT_EQ(result.days_left, 33);
  EXPECT_EQ(result.findings[4].detail, "scopes: read:packages, write:packages; expires in 33 days");
  EXPECT_EQ(result.findings[5].detail, kDigest);
  EXPECT_EQ(result.findings[6].detail, "private, linked to octo/app");
  EXPECT_EQ(result.findings[6].advice, "access: https://github.com/users/octo/packages/container/app/settings");
  EXPECT_EQ(sent_with("/user"), 2);  // one of them the package's
  EXPECT_EQ(sent_with(kApi + "/user *"), 1);
}

TEST_F(Check, AnUnreachableRegistryDecidesEverything) {
  request_.push = true;
  CheckResult result = run({});
  EXPECT_THAT(lines(result), ElementsAre("token ok", "registry failed unreachable", "credentials skipped",
                                         "pull skipped", "push skipped"));
  EXPECT_EQ(result.findings[1].detail, "cannot be reached (no such host)");
  EXPECT_EQ(result.findings[2].detail, "the registry cannot be asked");
  EXPECT_FALSE(result.findings[1].advice.empty());
}

TEST_F(Check, RefusedCredentialsAreSentTwiceAtMost) {
  request_.push = true;
  CheckResult result = run({kPing,
                            {kToken + " *", 403, errors("DENIED", "denied")},
                            {kToken + kPull, 401, "{}"},
                            {"GET " + kApi + "/user *", 401, R"({"message":"Bad credentials"})"}});
  EXPECT_THAT(lines(result),
              ElementsAre("token ok", "registry ok", "anonymous ok", "credentials failed credentials-refused",
                          "account failed credentials-refused", "pull skipped", "push skipped"));
  EXPECT_EQ(result.findings[3].detail, "the registry refused the credentials (403, DENIED: denied)");
  EXPECT_EQ(sent_with(" *"), 2);
}

TEST_F(Check, NearExpiry) {
  request_.images.clear();
  for (auto [warn_days, near] : {std::pair(33, true), std::pair(32, false)}) {
    request_.warn_days = warn_days;
    CheckResult result = run({kPing, allowed(kToken + " *"), user("read:packages", "2026-06-03 19:52:44 UTC")});
    EXPECT_TRUE(result.passed());
    EXPECT_EQ(result.near_expiry(), near);
    EXPECT_EQ(lines(result).back(), near ? "account warning token-expires" : "account ok");
  }
}

TEST_F(Check, Scopes) {
  request_.images.clear();
  auto account = [&](const std::string& scopes) {
    return run({kPing, allowed(kToken + " *"), user(scopes)}).findings.back();
  };
  EXPECT_EQ(account("read:packages").outcome, Outcome::ok);
  EXPECT_EQ(account("repo").cause, "missing-scope");
  EXPECT_EQ(account("repo").detail, "a scope is missing; scopes: repo");
  EXPECT_EQ(account("").detail, "a scope is missing; scopes: none");
  EXPECT_EQ(account("read:packages, repo, user:email").advice, "more than a registry needs: repo, user:email");
  request_.push = true;
  EXPECT_EQ(account("read:packages").outcome, Outcome::skipped);  // the push of no image
  EXPECT_EQ(run({kPing, allowed(kToken + " *"), user("read:packages")}).failure()->cause, "missing-scope");
}

TEST_F(Check, GithubUnreachableIsAWarning) {
  CheckResult result = run({kPing, allowed(kToken + " *"), allowed(kToken + kPull), {"HEAD " + kManifest, 200}});
  EXPECT_THAT(lines(result), ElementsAre("token ok", "registry ok", "anonymous ok", "credentials ok",
                                         "account warning unreachable", "pull ok", "package skipped"));
  EXPECT_TRUE(result.passed());
}

TEST_F(Check, AnAccountThatIsKnownIsNotAskedAgain) {
  request_.images.clear();
  request_.account = Account{.login = "octocat"};
  EXPECT_TRUE(run({kPing, allowed(kToken + " *")}).passed());
  EXPECT_EQ(sent_with(kApi), 0);
}

TEST_F(Check, AWorkflowsTokenHasNoAccount) {
  credentials_.username = "octocat";
  credentials_.password = SecretBytes::copy_of("ghs_" + std::string(36, 'a'));
  Script script({kPing, allowed(kToken + " *"), allowed(kToken + kPull), {"HEAD " + kManifest, 200}});
  CheckResult result = check(request_, script.send());
  EXPECT_THAT(lines(result), ElementsAre("token ok", "registry ok", "anonymous ok", "credentials ok", "account skipped",
                                         "pull ok", "package skipped"));
}

TEST_F(Check, ABusyRegistryTellsWhenToComeBack) {
  CheckResult result = run({{"GET https://ghcr.io/v2/", 429, "{}", {{"Retry-After", "7"}}}});
  EXPECT_EQ(result.retry_after, 7s);
  EXPECT_EQ(result.failure()->cause, "rate-limit");
}

TEST_F(Check, Anonymously) {
  request_.credentials = nullptr;
  CheckResult open = run({kPing, allowed(kToken + kPull), {"HEAD " + kManifest, 200}});
  EXPECT_THAT(lines(open), ElementsAre("registry ok", "anonymous ok"));
  CheckResult closed = run({kPing, {kToken + kPull, 401, errors("UNAUTHORIZED", "authentication required")}});
  EXPECT_THAT(lines(closed), ElementsAre("registry ok", "anonymous failed no-credentials"));
  CheckResult missing = run({kPing,
                             allowed(kToken + kPull),
                             {"HEAD " + kManifest, 404},
                             {"GET " + kManifest, 404, errors("MANIFEST_UNKNOWN", "x")}});
  EXPECT_THAT(lines(missing), ElementsAre("registry ok", "anonymous failed manifest-unknown"));
}

TEST_F(Check, AForeignRealmGetsNothing) {
  CheckResult result = run({challenge("ghcr.io", "Bearer realm=\"https://evil.example/token\"")});
  EXPECT_EQ(lines(result)[3], "credentials failed foreign-realm");
  EXPECT_EQ(result.findings[3].detail,
            "ghcr.io wants the credentials sent to https://evil.example, which is not its own host");
  EXPECT_EQ(sent_with("evil"), 0);
}

TEST_F(Check, OtherRegistriesHaveNoAccount) {
  request_.registry = "localhost:5000";
  request_.images = {parse_image("localhost:5000/app")};
  CheckResult result = run({{"GET https://localhost:5000/v2/ *", 200, "{}"},
                            challenge("localhost:5000", "Basic realm=\"r\""),
                            {"HEAD https://localhost:5000/v2/app/manifests/latest *", 200}});
  EXPECT_THAT(lines(result), ElementsAre("token ok", "registry ok", "anonymous ok", "credentials ok", "pull ok"));
  CheckResult open = run(
      {{"GET https://localhost:5000/v2/", 200, "{}"}, {"HEAD https://localhost:5000/v2/app/manifests/latest", 200}});
  EXPECT_THAT(lines(open), ElementsAre("token ok", "registry ok", "anonymous ok", "credentials skipped", "pull ok"));
}

TEST_F(Check, RateLimitsTellWhenToComeBack) {
  CheckResult result = run(
      {kPing, {kToken + kPull, 429, "{}", {{"Retry-After", "5"}}}, {kToken + " *", 429, "{}", {{"Retry-After", "9"}}}});
  EXPECT_EQ(result.retry_after, 9s);
  EXPECT_EQ(result.failure()->cause, "rate-limit");
}

TEST_F(Check, ImagesOfOneRegistry) {
  request_.images.push_back(parse_image("quay.io/octo/app"));
  EXPECT_THROW(run({}), Error);
}

TEST(Inspect, Tokens) {
  struct Case {
    std::string token;
    bool of_github;
    Outcome outcome;
    std::string cause;
  };
  const std::string fine = "github_pat_" + std::string(82, 'a'), refresh = "ghr_" + std::string(76, 'a');
  const Case cases[] = {
      {"dckr_pat_x", false, Outcome::ok, ""},
      {"tok en", false, Outcome::failed, "mistyped-token"},
      {"token\n", true, Outcome::failed, "mistyped-token"},
      {"ghp_" + std::string(36, 'a'), true, Outcome::failed, "mistyped-token"},
      {fine, true, Outcome::failed, "token-kind"},
      {fine, false, Outcome::ok, ""},
      {refresh, true, Outcome::failed, "token-kind"},
      {"ghs_" + std::string(36, 'a'), true, Outcome::ok, ""},
  };
  for (const Case& c : cases) {
    Finding finding = inspect(c.token, c.of_github);
    EXPECT_EQ(finding.outcome, c.outcome) << c.token.substr(0, 4);
    EXPECT_EQ(finding.cause, c.cause);
    EXPECT_EQ(finding.detail.find(c.token), std::string::npos);
  }
}

TEST(GithubApiOf, Registries) {
  EXPECT_EQ(github_api_of("ghcr.io"), "https://api.github.com");
  EXPECT_EQ(github_api_of("containers.github.acme.com"), "https://github.acme.com/api/v3");
  EXPECT_EQ(github_api_of("containers.acme.ghe.com"), "https://api.acme.ghe.com");
  EXPECT_EQ(github_api_of("docker.io"), std::nullopt);
  EXPECT_EQ(github_api_of("ghcr.io.evil.example"), std::nullopt);
}

}  // namespace
}  // namespace regvault::access
