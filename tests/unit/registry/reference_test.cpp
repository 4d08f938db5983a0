#include <gtest/gtest.h>
#include <regvault/registry/reference.hpp>

#include <regvault/base/error.hpp>

namespace regvault {
namespace {

struct Accepted {
  std::string_view given, name, podman_key, docker_key;
};

TEST(Reference, HostsInEveryFormUsersWrite) {
  const Accepted rows[] = {
      {"ghcr.io", "ghcr.io", "ghcr.io", "ghcr.io"},
      {"GHCR.IO", "ghcr.io", "ghcr.io", "ghcr.io"},
      {"https://ghcr.io", "ghcr.io", "ghcr.io", "ghcr.io"},
      {"https://ghcr.io/", "ghcr.io", "ghcr.io", "ghcr.io"},
      {"HTTPS://ghcr.io/v2/", "ghcr.io", "ghcr.io", "ghcr.io"},
      {"localhost:5000", "localhost:5000", "localhost:5000", "localhost:5000"},
      {"10.0.0.1:5000/", "10.0.0.1:5000", "10.0.0.1:5000", "10.0.0.1:5000"},
      {"[::1]:5000", "[::1]:5000", "[::1]:5000", "[::1]:5000"},
      {"docker.io", "docker.io", "docker.io", "https://index.docker.io/v1/"},
      {"index.docker.io", "docker.io", "docker.io", "https://index.docker.io/v1/"},
      {"registry-1.docker.io", "docker.io", "docker.io", "https://index.docker.io/v1/"},
      {"https://index.docker.io/v1/", "docker.io", "docker.io", "https://index.docker.io/v1/"},
      {"index.docker.io/v1/", "docker.io", "docker.io", "https://index.docker.io/v1/"},
  };
  for (const Accepted& row : rows) {
    SCOPED_TRACE(row.given);
    RegistryReference registry = parse_registry(row.given);
    EXPECT_EQ(registry.name(), row.name);
    EXPECT_EQ(auth_key(registry, Engine::podman), row.podman_key);
    EXPECT_EQ(auth_key(registry, Engine::docker), row.docker_key);
  }
}

TEST(Reference, NamespacesAreForPodman) {
  RegistryReference registry = parse_registry("ghcr.io/octo/app");
  EXPECT_EQ(auth_key(registry, Engine::podman), "ghcr.io/octo/app");
  EXPECT_EQ(namespace_keys(registry), (std::vector<std::string>{"ghcr.io/octo/app", "ghcr.io/octo", "ghcr.io"}));
  EXPECT_EQ(parse_registry("https://index.docker.io/octo").name(), "docker.io/octo");
  EXPECT_EQ(parse_registry("ghcr.io/v1").name(), "ghcr.io/v1");
  try {
    auth_key(registry, Engine::docker);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ErrorCode::unsupported);
    EXPECT_EQ(error.message, "docker has no logins for a part of a registry: \"ghcr.io/octo/app\"");
    EXPECT_EQ(error.hint, "write the host only (ghcr.io), or use podman alone");
  }
}

struct Refused {
  std::string_view given, why;
};

TEST(Reference, RefusesWhatIsNoRegistry) {
  const Refused rows[] = {
      {"", "it is empty"},
      {"http://ghcr.io", "it asks for plain HTTP"},
      {"ghcr.io/octo/app:1.0", "it names an image"},
      {"ghcr.io/octo/app@sha256:00", "it names an image"},
      {"ghcr.io/Octo", "its path is not valid"},
      {"ghcr.io//octo", "its path is not valid"},
      {"gh cr.io", "it has no valid host"},
      {" ghcr.io", "it has no valid host"},
      {"ghcr.io\n", "it has no valid host"},
      {"-ghcr.io", "it has no valid host"},
      {"--authfile=/etc/passwd", "it has no valid host"},
      {"ghcr.io:", "it has no valid host"},
      {"ghcr.io:0", "it has no valid host"},
      {"ghcr.io:65536", "it has no valid host"},
      {"ghcr.io:https", "it has no valid host"},
      {"[]:5000", "it has no valid host"},
      {"[::1", "it has no valid host"},
      {"https://", "it has no valid host"},
      {"ftp://ghcr.io", "it has no valid host"},
  };
  for (const Refused& row : rows) {
    SCOPED_TRACE(row.given);
    try {
      parse_registry(row.given);
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code, ErrorCode::usage);
      EXPECT_EQ(error.message, in_quotes(row.given) + " is not the name of a registry: " + std::string(row.why));
    }
  }
}

TEST(Reference, AUserOrPasswordIsRefusedAndNotShown) {
  for (std::string_view given : {"user@ghcr.io", "octo:pass@ghcr.io", "https://octo:pa/ss@ghcr.io/octo",
                                 "http://octo:pass@ghcr.io", "oci://octo:pass@ghcr.io", "ghcr.io@pass"}) {
    SCOPED_TRACE(given);
    try {
      parse_registry(given);
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code, ErrorCode::usage);
      EXPECT_EQ(error.message, "the name of a registry holds a user or a password (what is before \"@\")");
    }
  }
}

struct Comparable {
  std::string_view key, podman, docker;
};

TEST(Reference, KeysOtherToolsWrote) {
  const Comparable rows[] = {
      {"ghcr.io", "ghcr.io", "ghcr.io"},
      {"https://ghcr.io", "ghcr.io", "ghcr.io"},
      {"http://ghcr.io/v1/", "ghcr.io", "ghcr.io"},
      {"ghcr.io/octo", "ghcr.io/octo", "ghcr.io"},
      {"https://index.docker.io/v1/", "docker.io", "index.docker.io"},
      {"registry-1.docker.io", "docker.io", "registry-1.docker.io"},
  };
  for (const Comparable& row : rows) {
    SCOPED_TRACE(row.key);
    EXPECT_EQ(comparable_key(row.key, Engine::podman), row.podman);
    EXPECT_EQ(comparable_key(row.key, Engine::docker), row.docker);
  }
  EXPECT_EQ(comparable_key("ghcr.io/v1/", Engine::podman, true), "ghcr.io");
}

}  // namespace
}  // namespace regvault
