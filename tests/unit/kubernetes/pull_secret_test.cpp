/// The bytes of pull secrets. The expected ones were printed by kubectl 1.32.4.
#include <regvault/kubernetes/pull_secret.hpp>

#include <gtest/gtest.h>

#include <regvault/base/error.hpp>

namespace regvault::kubernetes {
namespace {

Credential credential(std::string registry, std::string username, std::string_view password, std::string email = {}) {
  return {.registry = std::move(registry),
          .username = std::move(username),
          .password = SecretBytes::copy_of(password),
          .email = std::move(email)};
}

std::string config_of(std::vector<Credential> credentials) {
  return std::string(docker_config(credentials).view());
}

std::vector<Credential> one(Credential credential) {
  std::vector<Credential> out;
  out.push_back(std::move(credential));
  return out;
}

TEST(PullSecret, ConfigAsKubectlWritesIt) {
  EXPECT_EQ(config_of(one(credential("ghcr.io", "octo", "abc", "a@b.c"))),
            R"({"auths":{"ghcr.io":{"username":"octo","password":"abc","email":"a@b.c","auth":"b2N0bzphYmM="}}})");
  EXPECT_EQ(config_of(one(credential("docker.io", "u", "p"))),
            R"({"auths":{"https://index.docker.io/v1/":{"username":"u","password":"p","auth":"dTpw"}}})");
  EXPECT_EQ(config_of(one(credential("ghcr.io", "a<b>c&d", "x\"\\\xe2\x80\xa8/\xc3\xa9\x7f"))),
            "{\"auths\":{\"ghcr.io\":{\"username\":\"a\\u003cb\\u003ec\\u0026d\",\"password\":"
            "\"x\\\"\\\\\\u2028/\xc3\xa9\x7f\",\"auth\":\"YTxiPmMmZDp4IlzigKgvw6l/\"}}}");
}

TEST(PullSecret, SeveralRegistriesSortedByTheirBytes) {
  std::vector<Credential> credentials;
  for (const char* name : {"quay.io", "docker.io", "ghcr.io"}) credentials.push_back(credential(name, "u", "p"));
  const std::string entry = R"({"username":"u","password":"p","auth":"dTpw"})";
  EXPECT_EQ(config_of(std::move(credentials)), "{\"auths\":{\"ghcr.io\":" + entry +
                                                   ",\"https://index.docker.io/v1/\":" + entry +
                                                   ",\"quay.io\":" + entry + "}}");
}

TEST(PullSecret, Manifest) {
  EXPECT_EQ(manifest({.name = "on", .namespaces = {"argowf"}}, "{}").view(),
            "apiVersion: v1\ndata:\n  .dockerconfigjson: e30=\nkind: Secret\nmetadata:\n  name: \"on\"\n"
            "  namespace: argowf\ntype: kubernetes.io/dockerconfigjson\n");
  EXPECT_EQ(manifest({.name = "a", .creation_timestamp = true}, "{}").view(),
            "apiVersion: v1\ndata:\n  .dockerconfigjson: e30=\nkind: Secret\nmetadata:\n  creationTimestamp: null\n"
            "  name: a\ntype: kubernetes.io/dockerconfigjson\n");
  const std::string two(manifest({.name = "a", .namespaces = {"b", "c"}}, "{}").view());
  EXPECT_NE(two.find("dockerconfigjson\n---\napiVersion: v1\n"), two.npos);
}

struct Mistake {
  Credential credential;
  std::string message;
};

TEST(PullSecret, MistakesAreToldWithoutTheSecret) {
  std::vector<Mistake> mistakes;
  auto add = [&](Credential wrong, std::string message) { mistakes.push_back({std::move(wrong), std::move(message)}); };
  add(credential("ghcr.io", "", "p"), "the user name for \"ghcr.io\" is empty");
  add(credential("ghcr.io", "u", ""), "the token for \"ghcr.io\" is empty");
  add(credential("", "u", "p"), "that is no registry's name");
  add(credential("ghcr.io/a b", "u", "p"), "that is no registry's name");
  add(credential("https://u:hunter2@ghcr.io", "u", "p"), "the name of a registry holds a user or a password");
  add(credential("ghcr.io", "u:v", "p"), "that is no user name: it has a colon in it, or is a token");
  add(credential("ghcr.io", "u ", "p"),
      "the user name for \"ghcr.io\" has white space around it, or a control character in it");
  add(credential("ghcr.io", "u", "\xff"), "the token for \"ghcr.io\" is not UTF-8 text");
  for (Mistake& mistake : mistakes) {
    SCOPED_TRACE(mistake.message);
    try {
      docker_config(one(std::move(mistake.credential)));
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.message, mistake.message);
    }
  }
  std::vector<Credential> twice;
  twice.push_back(credential("docker.io", "u", "p"));
  twice.push_back(credential("index.docker.io", "u", "p"));
  EXPECT_THROW(docker_config(twice), Error);
  EXPECT_THROW(docker_config({}), Error);
  EXPECT_THROW(manifest({.name = "a"}, std::string((1 << 20) + 1, ' ')), Error);
}

}  // namespace
}  // namespace regvault::kubernetes
