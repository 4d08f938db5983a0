#include <gtest/gtest.h>
#include <regvault/registry/engine_failure.hpp>
#include <regvault/registry/presentable.hpp>

#include <algorithm>
#include <array>

#include <regvault/base/encoding.hpp>

namespace regvault {
namespace {

const std::string kPassword = "s3cret-Pa55";

const RegistryReference kGhcr{"ghcr.io", ""};

std::string shown(std::string_view text) {
  std::string both = "octo:" + kPassword;
  return presentable(text, {both, kPassword}, 5);
}

struct Row {
  Engine engine;
  std::string_view output, message, reason, hint_part;
};

constexpr std::array<std::string_view, 5> kRefusals{"credentials-refused", "missing-scope", "single-sign-on",
                                                    "token-kind", "address-not-allowed"};

// The outputs are podman 4.3.1's and docker 28.2.2's, with names changed.
TEST(EngineFailure, OutputsExplained) {
  constexpr Engine podman = Engine::podman, docker = Engine::docker;
  const Row rows[] = {
      {podman, "Error: logging into \"ghcr.io\": invalid username/password",
       "podman: ghcr.io refused the credentials (invalid username/password)", "credentials-refused",
       "check the user name"},
      {docker, "Error response from daemon: Get \"https://ghcr.io/v2/\": denied: denied",
       "docker: ghcr.io refused the credentials (denied)", "credentials-refused", "classic tokens only"},
      {docker, "Error response from daemon: login attempt to https://ghcr.io/v2/ failed with status: 401 Unauthorized",
       "docker: ghcr.io refused the credentials (401 Unauthorized)", "credentials-refused", "check the user name"},
      {podman, "Error: mkdir /run/user/1000/libpod: permission denied: no runtime directory",
       "podman: login to ghcr.io failed (exit code 125): Error: mkdir /run/user/1000/libpod: permission denied: no "
       "runtime "
       "directory",
       "engine", ""},
      {docker,
       "Error response from daemon: denied: permission_denied: The token provided does not match expected scopes.",
       "docker: ghcr.io refused the token: a scope is missing", "missing-scope", "read:packages"},
      {docker,
       "denied: Resource protected by organization SAML enforcement. You must grant your Personal Access token access",
       "docker: ghcr.io refused the token: its organization wants single sign-on (SAML)", "single-sign-on", "SSO"},
      {docker, "denied: the `acme` organization forbids access via a personal access token (classic)",
       "docker: ghcr.io refused the token: its kind is not allowed (its organization forbids classic tokens)",
       "token-kind", "owner"},
      {podman, "denied: the `acme` organization has an IP allow list enabled",
       "podman: ghcr.io refused the login: this host's address is not on the organization's list",
       "address-not-allowed", "allow the address"},
      {docker, "unauthorized: User cannot be authenticated with the token provided.",
       "docker: ghcr.io refused the credentials (user cannot be authenticated)", "credentials-refused", "expired?"},
      {podman, "Error: invalid character '<' looking for beginning of value",
       "podman: ghcr.io answers with a web page, not as a registry does", "not-a-registry", "captive portal"},
      {docker, "You have exceeded a secondary rate limit", "docker: ghcr.io limits the number of requests",
       "rate-limit", "wait"},
      {podman,
       "Error: authenticating creds for \"ghcr.io\": Requesting bearer token: invalid status code from registry 403 "
       "(Forbidden)",
       "podman: ghcr.io refused the credentials (403 Forbidden)", "credentials-refused", "check the user name"},
      {docker,
       "Error response from daemon: Get \"https://registry-1.docker.io/v2/\": unauthorized: incorrect username or "
       "password",
       "docker: ghcr.io refused the credentials (incorrect username or password)", "credentials-refused", "check"},
      {podman,
       "Error: pinging container registry ghcr.io: Get \"https://ghcr.io/v2/\": x509: certificate signed by unknown "
       "authority",
       "podman: ghcr.io has a certificate of an unknown authority", "tls-unknown-authority", "cert_dir"},
      {docker,
       "Get \"https://ghcr.io/v2/\": tls: failed to verify certificate: x509: certificate signed by unknown authority",
       "docker: ghcr.io has a certificate of an unknown authority", "tls-unknown-authority",
       "/etc/docker/certs.d/HOST/ca.crt"},
      {podman, "x509: certificate has expired or is not yet valid: current time …",
       "podman: ghcr.io has a certificate that is not valid now", "tls-expired", "clock"},
      {podman, "x509: certificate is valid for a.io, not ghcr.io",
       "podman: ghcr.io has a certificate that does not fit", "tls", "name"},
      {podman, "Get \"https://ghcr.io/v2/\": http: server gave HTTP response to HTTPS client",
       "podman: ghcr.io speaks plain HTTP, not HTTPS", "plain-http", "tls_verify: false"},
      {podman, "dial tcp 127.0.0.1:1: connect: connection refused",
       "podman: ghcr.io cannot be reached (connection refused)", "unreachable", "network"},
      {docker, "dial tcp: lookup ghcr.io: no such host", "docker: ghcr.io cannot be reached (no such host)",
       "unreachable", "network"},
      {docker, "Get \"https://ghcr.io/v2/\": net/http: TLS handshake timeout",
       "docker: ghcr.io does not answer (TLS handshake timeout)", "timeout", "network"},
      {podman, "dial tcp 10.0.0.1:443: i/o timeout", "podman: ghcr.io does not answer (i/o timeout)", "timeout",
       "network"},
      {docker, "toomanyrequests: too many failed login attempts", "docker: ghcr.io limits the number of requests",
       "rate-limit", "wait"},
      {podman, "Get \"https://ghcr.io/v2/\": EOF", "podman: ghcr.io cannot be reached (it closed the connection)",
       "unreachable", "network"},
      {docker, "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
       "docker: ghcr.io: the container engine does not answer", "engine-not-running", "group docker"},
      {podman, "time=\"…\" level=warning msg=\"x\"\nError: cannot re-exec process\n",
       "podman: login to ghcr.io failed (exit code 125): Error: cannot re-exec process", "engine", ""},
      {podman, "", "podman: login to ghcr.io failed (exit code 125)", "engine", ""},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.output);
    EngineFailure failure = explained(row.engine, kGhcr, row.output, shown(row.output), "exit code 125");
    EXPECT_EQ(failure.message, row.message);
    EXPECT_EQ(failure.reason, row.reason);
    EXPECT_NE(failure.hint.find(row.hint_part), std::string::npos) << failure.hint;
    bool refused = std::ranges::find(kRefusals, row.reason) != kRefusals.end();
    EXPECT_EQ(failure.code, refused ? ErrorCode::refused : ErrorCode::program_failed);
    EXPECT_EQ(failure.engine, row.engine);
  }
}

TEST(Presentable, WithoutSecretsAndNoise) {
  EXPECT_EQ(shown("the password " + kPassword + " is " + kPassword), "the password ******** is ********");
  EXPECT_EQ(shown("Authorization: Basic " + base64_encode("octo:" + kPassword)), "Authorization: Basic ********");
  EXPECT_EQ(shown(base64_encode(kPassword)), "********");
  EXPECT_EQ(shown("a\x1b[31mred\x07\tb\xff\xc3\xa4"), "a?[31mred? b???");
  EXPECT_EQ(shown("\xc3\xa4"), "\xc3\xa4");
  EXPECT_EQ(shown("1\n2\n3\n\n4\n5\n6\n7\n"), "3\n4\n5\n6\n7");
  EXPECT_EQ(shown("time=\"x\" level=warning msg=\"y\"\nError: z"), "Error: z");
  EXPECT_EQ(shown(""), "");
  EXPECT_EQ(shown(std::string(5000, 'x')).size(), 1000u);
}

}  // namespace
}  // namespace regvault
