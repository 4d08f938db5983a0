#include <gtest/gtest.h>
#include <regvault/registry/engine_login.hpp>

#include <regvault/base/encoding.hpp>

namespace regvault {
namespace {

const std::string kPassword = "s3cret-Pa55";

EngineLogin login_of(Engine engine) {
  return {
      .engine = {engine, "/usr/bin/engine"}, .registry = {"ghcr.io", ""}, .username = "octo", .password = kPassword};
}

struct Row {
  Engine engine;
  std::string_view output, message, reason, hint_part;
};

// The outputs are podman 4.3.1's and docker 28.2.2's, with names changed.
TEST(EngineLogin, OutputsExplained) {
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
       "docker: ghcr.io refused the credentials (denied)", "credentials-refused", "check the user name"},
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
      {podman, "Get \"https://ghcr.io/v2/\": EOF", "podman: ghcr.io closed the connection", "unreachable", "network"},
      {podman, "time=\"…\" level=warning msg=\"x\"\nError: cannot re-exec process\n",
       "podman: login to ghcr.io failed (exit code 125): Error: cannot re-exec process", "engine", ""},
      {podman, "", "podman: login to ghcr.io failed (exit code 125)", "engine", ""},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.output);
    EngineFailure failure = explained(login_of(row.engine), row.output, "exit code 125");
    EXPECT_EQ(failure.message, row.message);
    EXPECT_EQ(failure.reason, row.reason);
    EXPECT_NE(failure.hint.find(row.hint_part), std::string::npos) << failure.hint;
    EXPECT_EQ(failure.code, row.reason == "credentials-refused" ? ErrorCode::refused : ErrorCode::program_failed);
    EXPECT_EQ(failure.engine, row.engine);
  }
}

TEST(EngineLogin, OutputMadePresentable) {
  EngineLogin login = login_of(Engine::podman);
  EXPECT_EQ(presentable("the password " + kPassword + " is " + kPassword, login), "the password ******** is ********");
  EXPECT_EQ(presentable("Authorization: Basic " + base64_encode("octo:" + kPassword), login),
            "Authorization: Basic ********");
  EXPECT_EQ(presentable(base64_encode(kPassword), login), "********");
  EXPECT_EQ(presentable("a\x1b[31mred\x07\tb\xff\xc3\xa4", login), "a?[31mred? b???");
  EXPECT_EQ(presentable("\xc3\xa4", login), "\xc3\xa4");
  EXPECT_EQ(presentable("1\n2\n3\n\n4\n5\n6\n7\n", login), "3\n4\n5\n6\n7");
  EXPECT_EQ(presentable("time=\"x\" level=warning msg=\"y\"\nError: z", login), "Error: z");
  EXPECT_EQ(presentable("", login), "");
  EXPECT_EQ(presentable(std::string(5000, 'x'), login).size(), 1000u);
}

}  // namespace
}  // namespace regvault
