/// Pull secrets read back, and what is found wrong with them.
#include <regvault/kubernetes/examine.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regvault/base/encoding.hpp>
#include <regvault/base/error.hpp>
#include <regvault/kubernetes/pull_secret.hpp>

namespace regvault::kubernetes {
namespace {

std::string auth(std::string_view text) {
  return base64_encode(text);
}

std::string secret(const std::string& config, const std::string& type = "kubernetes.io/dockerconfigjson",
                   const std::string& key = ".dockerconfigjson") {
  return "kind: Secret\nmetadata:\n  name: s\ntype: " + type + "\ndata:\n  " + key + ": " + base64_encode(config) +
         "\n";
}

std::string entry(const std::string& members) {
  return "{\"auths\":{\"ghcr.io\":{" + members + "}}}";
}

/// "CAUSE: TEXT" for each finding.
std::vector<std::string> findings(const std::string& manifest) {
  std::vector<std::string> out;
  for (const PullSecret& found : pull_secrets_in(manifest, "s.yml")) {
    for (const Finding& finding : found.findings) out.push_back(finding.cause + ": " + finding.text);
  }
  return out;
}

TEST(Examine, OursHasNothingWrong) {
  std::vector<Credential> credentials;
  credentials.push_back({.registry = "ghcr.io", .username = "octo", .password = SecretBytes::copy_of("a-token")});
  credentials.push_back({.registry = "docker.io", .username = "bot", .password = SecretBytes::copy_of("other")});
  const SecretBytes config = docker_config(credentials);
  for (Form form : {Form::yaml, Form::json}) {
    const SecretBytes text = manifest({.name = "s", .namespaces = {"a", "b"}, .form = form}, config.view());
    const std::vector<PullSecret> secrets = pull_secrets_in(text.view(), "s.yml");
    ASSERT_EQ(secrets.size(), 2u);
    EXPECT_EQ(secrets[1].name_space, "b");
    EXPECT_TRUE(secrets[0].findings.empty());
    ASSERT_EQ(secrets[0].logins.size(), 2u);
    EXPECT_EQ(secrets[0].logins[0].registry, "ghcr.io");
    EXPECT_EQ(secrets[0].logins[0].username, "octo");
    EXPECT_EQ(secrets[0].logins[0].password.view(), "a-token");
    EXPECT_EQ(secrets[0].logins[1].registry, "https://index.docker.io/v1/");
  }
  EXPECT_TRUE(findings(std::string(config.view())).empty());
  EXPECT_TRUE(findings(base64_encode(config.view())).empty());
}

struct Row {
  std::string name, manifest;
  std::vector<std::string> expected;
};

const std::string kGood = "{\"auths\":{\"ghcr.io\":{\"auth\":\"" + base64_encode("octo:token") + "\"}}}";

std::vector<Row> rows() {
  const std::string type = "kubernetes.io/dockerconfigjson", good64 = base64_encode(kGood);
  const std::string head = "kind: Secret\nmetadata:\n  name: s\ntype: " + type + "\n";
  return {
      {"https key", secret("{\"auths\":{\"https://ghcr.io/\":{\"auth\":\"" + auth("a:b") + "\"}}}"), {}},
      {"username and password are enough", secret(entry(R"("username":"u","password":"p")")), {}},
      {"stringData", head + "stringData:\n  .dockerconfigjson: '" + kGood + "'\n", {}},
      {"old type",
       secret("{\"ghcr.io\":{\"auth\":\"" + auth("a:b") + "\"}}", "kubernetes.io/dockercfg", ".dockercfg"),
       {}},
      {"trailing newline of the text", secret(kGood + "\n"), {}},
      {"no padding", secret("{\"auths\":{\"ghcr.io\":{\"auth\":\"YTpi\"}}}"), {}},
      {"opaque",
       secret(kGood, "Opaque"),
       {"pull-secret-invalid: its type is \"Opaque\", not kubernetes.io/dockerconfigjson: the kubelet passes it over"}},
      {"no type",
       "kind: Secret\ndata:\n  .dockerconfigjson: " + good64 + "\n",
       {"pull-secret-invalid: its type is \"Opaque\", not kubernetes.io/dockerconfigjson: the kubelet passes it over"}},
      {"wrong key",
       secret(kGood, type, "config.json"),
       {"pull-secret-invalid: its type wants the key \".dockerconfigjson\", not \"config.json\""}},
      {"old key",
       secret(kGood, type, ".dockercfg"),
       {"pull-secret-invalid: its type wants the key \".dockerconfigjson\", not \".dockercfg\"",
        "pull-secret-invalid: it has \"auths\", which the type kubernetes.io/dockercfg has not"}},
      {"nothing in it", head + "data: {}\n", {"pull-secret-invalid: its type wants the key \".dockerconfigjson\""}},
      {"text in data",
       head + "data:\n  .dockerconfigjson: '" + kGood + "'\n",
       {"pull-secret-invalid: \"data\" holds the text itself: that belongs into stringData"}},
      {"no base64", head + "data:\n  .dockerconfigjson: '%%%'\n", {"pull-secret-invalid: its value is not base64"}},
      {"base64 in lines",
       head + "data:\n  .dockerconfigjson: |\n    " + good64.substr(0, 20) + "\n    " + good64.substr(20) + "\n",
       {}},
      {"base64 folded",
       head + "data:\n  .dockerconfigjson: >\n    " + good64.substr(0, 20) + "\n    " + good64.substr(20) + "\n",
       {"wrapped-base64: its base64 has blanks inside: lines folded with \">\""}},
      {"base64 in stringData",
       head + "stringData:\n  .dockerconfigjson: " + good64 + "\n",
       {"pull-secret-invalid: it is encoded once too often: base64 of base64, or base64 in stringData"}},
      {"auth wrapped in a string",
       secret(entry("\"auth\":\"" + auth("octo:token").substr(0, 5) + "\n" + auth("octo:token").substr(5) + "\"")),
       {"wrapped-base64: there is a line break inside of a string: base64 without -w0"}},
      {"auth wrapped with an escape",
       secret(entry("\"auth\":\"b2N0\\nbzp0b2tlbg==\"")),
       {"wrapped-base64: \"auth\" has white space inside: base64 without -w0"}},
      {"newline in auth",
       secret(entry("\"auth\":\"" + auth("octo:token\n") + "\"")),
       {"newline-in-auth: \"auth\" has a line end or other white space beside the token: echo without -n"}},
      {"no colon",
       secret(entry("\"auth\":\"" + auth("token") + "\"")),
       {"bad-auth-entry: \"auth\" has no colon: it is base64 of USER:TOKEN"}},
      {"no user",
       secret(entry("\"auth\":\"" + auth(":token") + "\"")),
       {"bad-auth-entry: \"auth\" has an empty user name or token"}},
      {"auth not base64", secret(entry(R"("auth":"octo:token")")), {"bad-auth-entry: \"auth\" is not base64"}},
      {"auth and password disagree",
       secret(entry("\"username\":\"octo\",\"password\":\"old\",\"auth\":\"" + auth("octo:token") + "\"")),
       {"bad-auth-entry: \"auth\" says something else than username and password: \"auth\" counts"}},
      {"empty entry", secret(entry("")), {"empty-auth-entry: it is empty: it has no login"}},
      {"empty entry with a store",
       secret("{\"auths\":{\"ghcr.io\":{}},\"credsStore\":\"desktop\"}"),
       {"empty-auth-entry: it is empty: the login is in a credential store (desktop)"}},
      {"identity token",
       secret(entry(R"("identitytoken":"x")")),
       {"empty-auth-entry: it has an identity token only, which the kubelet does not use"}},
      {"no password", secret(entry(R"("username":"octo")")), {"empty-auth-entry: it has a user name, but no password"}},
      {"entry is text",
       secret("{\"auths\":{\"ghcr.io\":\"x\"}}"),
       {"bad-auth-entry: the entry of \"ghcr.io\" is no object: nothing of it can be read"}},
      {"capitals",
       secret("{\"auths\":{\"GHCR.io\":{\"auth\":\"" + auth("a:b") + "\"}}}"),
       {"pull-secret-invalid: the registry's name has capitals, and fits no image"}},
      {"no registry", secret("{\"auths\":{}}"), {"pull-secret-invalid: there is no registry in it"}},
      {"no auths", secret("{\"x\":1}"), {"pull-secret-invalid: it has no \"auths\""}},
      {"old form",
       secret("{\"ghcr.io\":{\"auth\":\"" + auth("a:b") + "\"}}"),
       {"pull-secret-invalid: it has no \"auths\" around its registries: the form of the old type "
        "kubernetes.io/dockercfg"}},
      {"no JSON",
       secret("hello there: x"),
       {"pull-secret-invalid: it is no docker configuration: not valid JSON: unexpected character"}},
      {"JSON, no object", secret("[]"), {"pull-secret-invalid: it is no docker configuration: no JSON object"}},
      {"empty", secret(""), {"pull-secret-invalid: it is empty"}},
      {"annotation",
       "kind: Secret\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: x\ntype: " +
           type + "\ndata:\n  .dockerconfigjson: " + good64 + "\n",
       {": an annotation of kubectl apply holds it once more (last-applied-configuration)"}},
  };
}

TEST(Examine, EveryMistake) {
  for (const Row& row : rows()) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(findings(row.manifest), row.expected);
  }
}

TEST(Examine, NoSecretIsInAFinding) {
  for (const Row& row : rows()) {
    for (const std::string& finding : findings(row.manifest)) {
      EXPECT_EQ(finding.find("octo:token"), finding.npos) << row.name;
    }
  }
  const std::string manifest = secret("{\"auths\":{\"https://u:hunter2@ghcr.io\":{\"auth\":\"" + auth("a:b") + "\"}}}");
  const PullSecret found = std::move(pull_secrets_in(manifest, "s.yml").front());
  EXPECT_EQ(found.logins[0].registry, "(not shown)");
  EXPECT_EQ(found.findings[0].registry, "(not shown)");
}

TEST(Examine, OtherObjectsArePassedOver) {
  EXPECT_TRUE(findings("kind: Service\n---\n" + secret(kGood) + "---\n").empty());
  EXPECT_TRUE(findings("kind: List\nitems:\n- kind: Secret\n  type: kubernetes.io/dockerconfigjson\n  data:\n"
                       "    .dockerconfigjson: " +
                       base64_encode(kGood) + "\n")
                  .empty());
  EXPECT_THROW(pull_secrets_in("kind: Service\n", "s.yml"), Error);
  EXPECT_THROW(pull_secrets_in("{", "s.json"), Error);
  EXPECT_THROW(pull_secrets_in("", "s.json"), Error);
}

TEST(Examine, ListsWithoutEnd) {
  EXPECT_THROW(pull_secrets_in("&l\nkind: List\nitems: [*l]\n", "s.yml"), Error);
  std::string doubled = "a0: &a0 {kind: Secret}\n";
  for (int i = 1; i < 40; ++i) {
    const std::string below = "*a" + std::to_string(i - 1), name = "a" + std::to_string(i);
    doubled += name + ": &" + name + " {kind: List, items: [" + below + ", " + below + "]}\n";
  }
  EXPECT_EQ(pull_secrets_in(doubled + "kind: List\nitems: [*a39]\n", "s.yml").size(), 1u);
}

}  // namespace
}  // namespace regvault::kubernetes
