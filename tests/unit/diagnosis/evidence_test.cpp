#include <gtest/gtest.h>
#include <regvault/diagnosis/evidence.hpp>

#include <regvault/base/encoding.hpp>

namespace regvault::diagnosis {
namespace {

std::string token_of(const std::string& prefix, std::size_t size) {
  std::string out = prefix;
  for (std::size_t i = 0; i < size; ++i) out += "aB3dE5gH7jK9mN1pQ"[(i * 7) % 17];
  return out;
}

TEST(Evidence, SecretsAreHidden) {
  const std::string token = token_of("ghp_", 36), fine = token_of("github_pat_", 82), gitlab = token_of("glpat-", 20);
  const std::string auth = base64_encode("octo:" + token), jwt = token_of("eyJ", 40) + "." + token_of("eyJ", 80);
  for (const std::string& secret : {token, fine, gitlab, auth, token_of("ghs_", 16)}) {
    const std::string line = "before " + secret + ", after";
    EXPECT_EQ(without_secrets(line), "before ********, after") << line;
    EXPECT_EQ(without_secrets("Authorization: Basic " + secret), "Authorization: Basic ********");
    EXPECT_EQ(without_secrets("{\"auth\":\"" + secret + "\"}"), "{\"auth\":\"********\"}");
  }
  EXPECT_EQ(without_secrets(jwt).find(jwt.substr(5, 20)), std::string::npos);
  EXPECT_EQ(without_secrets("docker login -u octo -p hunter2 ghcr.io"), "docker login -u octo -p ******** ghcr.io");
  EXPECT_EQ(without_secrets("docker login --password=hunter2"), "docker login --password=********");
  EXPECT_EQ(without_secrets("password: \"s3cr3t!\", x"), "password: \"********\", x");
  EXPECT_EQ(without_secrets("https://octo:hunter2@ghcr.io/v2/"), "https://********@ghcr.io/v2/");
}

TEST(Evidence, TheRestStays) {
  for (std::string_view line : {
           "Error: initializing source docker://ghcr.io/Octo/My-App2-server-Image:latest: denied",
           "Copying blob sha256:4693057ce2364720d39e57e85a5b8e0bd9ac3573716237736d6470ec5b7b7230",
           "unexpected status from GET request to https://ghcr.io/token?scope=repository%3Aacme%2Fapi%3Apull: 403 "
           "Forbidden",
           "unable to retrieve auth token: invalid username/password",
           "denied: permission_denied: The token provided does not match expected scopes.",
           "failed to fetch oauth token: denied",
           "password: ${{ secrets.GITHUB_TOKEN }}",
           "pod api-6f7c9d8b5-x2x7k in argowf, no basic auth credentials",
           "HTTP Basic: Access denied. The provided password or token is incorrect",
       }) {
    EXPECT_EQ(without_secrets(line), line);
  }
}

TEST(Evidence, CutAroundThePlace) {
  std::string line = std::string(400, 'a') + " HERE " + std::string(400, 'b');
  std::string shown = evidence(line, 401);
  EXPECT_NE(shown.find(" HERE "), shown.npos);
  EXPECT_LE(shown.size(), 310u);
  EXPECT_TRUE(shown.starts_with("… ") && shown.ends_with(" …"));
  EXPECT_EQ(evidence("  a  \t b\x01\xff  ", 0), "a b ?");
  std::string secrets;
  for (int i = 0; i < 20; ++i) secrets += token_of("ghp_", 36) + " ";
  EXPECT_NE(evidence(secrets + "HERE", secrets.size()).find("HERE"), std::string::npos) << "hiding moves the place";
}

}  // namespace
}  // namespace regvault::diagnosis
