#include <regvault/access/registry_client.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "script.hpp"

namespace regvault::access {
namespace {

using testing::ElementsAre;

const std::string kManifest = "https://ghcr.io/v2/octo/app/manifests/1";
const std::string kTokenUrl = "https://ghcr.io/token?service=ghcr.io";
const std::string kPullToken = kTokenUrl + "&scope=repository%3Aocto%2Fapp%3Apull";

Credentials octocat(const std::string& password = "geheim") {
  return {"octocat", SecretBytes::copy_of(password)};
}

template <typename Function>
std::string failure(Function function) {
  try {
    function();
  } catch (const Error& error) {
    return error.reason + ": " + error.message;
  }
  return "nothing thrown";
}

TEST(Challenge, IsFoundInHeaders) {
  struct Case {
    std::vector<net::Header> headers;
    std::string kind, realm, service;
  };
  const Case cases[] = {
      {{{"WWW-Authenticate", kGhcrChallenge}}, "bearer", "https://ghcr.io/token", "ghcr.io"},
      {{{"www-authenticate", "Basic realm=\"Registry Realm\""}}, "basic", "Registry Realm", ""},
      {{{"Www-Authenticate", "BASIC realm=x"}, {"Www-Authenticate", "bearer realm=\"https://a/b\""}},
       "bearer",
       "https://a/b",
       ""},
      {{{"WWW-Authenticate", "Basic realm=\"a, b\", Bearer realm=\"https://a/\\\"b\" , service = s"}},
       "bearer",
       "https://a/\"b",
       "s"},
      {{{"WWW-Authenticate", "Negotiate, Basic realm=\"r\""}}, "basic", "r", ""},
      {{{"WWW-Authenticate", "Negotiate"}}, "none", "", ""},
      {{{"WWW-Authenticate", "=,=\"\\"}}, "none", "", ""},
      {{{"Server", "Basic realm=\"r\""}}, "none", "", ""},
  };
  for (const Case& c : cases) {
    std::optional<Challenge> challenge = parse_challenge(c.headers);
    std::string kind = !challenge ? "none" : challenge->kind == Challenge::Kind::basic ? "basic" : "bearer";
    EXPECT_EQ(kind, c.kind) << c.headers[0].value;
    if (!challenge) continue;
    EXPECT_EQ(challenge->realm, c.realm);
    EXPECT_EQ(challenge->service, c.service);
  }
}

TEST(RegistryClient, WhatIsNoRegistry) {
  struct Case {
    Row row;
    std::string failure;
  };
  const Case cases[] = {
      {{"GET https://ghcr.io/v2/", 404, "not here"},
       "not-a-registry: ghcr.io does not answer as a registry does (it answers 404)"},
      {{"GET https://ghcr.io/v2/", 200, "<html>", {{"Content-Type", "text/html; charset=utf-8"}}},
       "not-a-registry: ghcr.io answers with a web page, not as a registry does"},
      {{"GET https://ghcr.io/v2/", 403, " <!doctype html>"},
       "not-a-registry: ghcr.io answers with a web page, not as a registry does"},
      {{"GET https://ghcr.io/v2/", 302, "", {{"Location", "https://portal.example/"}}},
       "not-a-registry: ghcr.io redirects, which a registry does not"},
      {{"GET https://ghcr.io/v2/", 401, "{}"},
       "not-a-registry: ghcr.io does not answer as a registry does (it answers 401)"},
      {{"GET https://ghcr.io/v2/", 401, "{}", {{"WWW-Authenticate", "Bearer service=\"x\""}}},
       "not-a-registry: ghcr.io does not answer as a registry does (it answers 401)"},
      {{"GET https://ghcr.io/v2/", 429, "{}"}, "rate-limit: ghcr.io limits the number of requests"},
      {{"GET https://ghcr.io/v2/", 503, "{}"}, "registry-fault: ghcr.io has a fault of its own (it answers 503)"},
      {{"GET https://elsewhere/"}, "unreachable: ghcr.io cannot be reached (no such host)"},
  };
  for (const Case& c : cases) {
    Script script({c.row});
    RegistryClient registry("ghcr.io", script.send(), {});
    EXPECT_EQ(failure([&] { registry.ping(); }), c.failure);
  }
}

TEST(RegistryClient, IsAskedOnce) {
  Script script({challenge("ghcr.io", kGhcrChallenge)});
  RegistryClient registry("ghcr.io", script.send(), {});
  registry.ping();
  registry.ping();
  EXPECT_EQ(script.sent.size(), 1U);
}

TEST(RegistryClient, DockerHubHasOtherHosts) {
  Script script(
      {challenge("registry-1.docker.io", "Bearer realm=\"https://auth.docker.io/token\",service=\"registry\""),
       {"GET https://auth.docker.io/token?service=registry *", 200, R"({"access_token":"t"})"}});
  RegistryClient registry("docker.io", script.send(), {});
  Credentials credentials = octocat();
  EXPECT_EQ(registry.grant({}, &credentials).authorization.view(), "Bearer t");
}

TEST(RegistryClient, CredentialsStayAtHome) {
  struct Case {
    std::string registry, realm;
    RegistryOptions options;
    bool sent;
  };
  const Case cases[] = {
      {"ghcr.io", "https://ghcr.io/token", {}, true},
      {"ghcr.io", "https://ghcr.io:8443/token", {}, true},
      {"ghcr.io", "https://evil.example/token", {}, false},
      {"ghcr.io", "https://ghcr.io.evil.example/token", {}, false},
      {"ghcr.io", "https://auth.ghcr.io/token", {}, false},
      {"ghcr.io", "https://auth.docker.io/token", {}, false},
      {"ghcr.io", "http://ghcr.io/token", {}, false},
      {"ghcr.io", "http://ghcr.io/token", {.plain_http = true}, false},
      {"registry.gitlab.com", "https://gitlab.com/jwt/auth", {}, true},
      {"registry.acme.com", "https://gitlab.acme.com/jwt/auth", {}, false},
      {"registry.acme.com", "https://gitlab.acme.com/jwt/auth", {.token_hosts = {"gitlab.acme.com"}}, true},
      {"registry.acme.com", "http://gitlab.acme.com/jwt/auth", {.token_hosts = {"gitlab.acme.com"}}, false},
      {"localhost:5000", "http://localhost:5001/token", {}, false},
      {"localhost:5000", "http://localhost:5001/token", {.plain_http = true}, true},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.registry + " " + c.realm);
    Script script(
        {challenge(c.registry, "Bearer realm=\"" + c.realm + "\""), {"GET " + c.realm, 200, R"({"token":"t"})"}});
    RegistryClient registry(c.registry, script.send(), c.options);
    Credentials credentials = octocat();
    std::string text = failure([&] { registry.grant({}, &credentials); });
    EXPECT_EQ(text == "nothing thrown", c.sent) << text;
    EXPECT_EQ(script.credentials.size(), c.sent ? 1U : 0U);
    if (c.sent) continue;
    EXPECT_TRUE(text.starts_with("foreign-realm: " + c.registry + " wants the credentials sent to ")) << text;
  }
}

TEST(RegistryClient, ARealmThatIsNone) {
  Script script({challenge("ghcr.io", "Bearer realm=\"token\"")});
  RegistryClient registry("ghcr.io", script.send(), {});
  EXPECT_EQ(failure([&] { registry.grant({}, nullptr); }),
            "not-a-registry: ghcr.io names no token server that can be asked");
}

TEST(RegistryClient, PlainHttpIsTheSecondTry) {
  std::vector<std::string> sent;
  net::Send plain = [&](const net::HttpRequest& request) -> net::HttpResponse {
    sent.push_back(request.url.text());
    if (request.url.is_https()) {
      throw Error(ErrorCode::program_failed, "localhost:5000 speaks plain HTTP, not HTTPS", {}, {}, "plain-http");
    }
    return {.status = 200, .body = SecretBytes::copy_of("{}")};
  };
  RegistryClient strict("localhost:5000", plain, {});
  EXPECT_EQ(failure([&] { strict.ping(); }), "plain-http: localhost:5000 speaks plain HTTP, not HTTPS");
  RegistryClient elsewhere("registry.acme.com", plain, {.plain_http = true});
  EXPECT_EQ(failure([&] { elsewhere.ping(); }), "plain-http: localhost:5000 speaks plain HTTP, not HTTPS");
  sent.clear();
  RegistryClient lax("localhost:5000", plain, {.plain_http = true});
  EXPECT_EQ(lax.ping().kind, Challenge::Kind::none);
  EXPECT_THAT(sent, ElementsAre("https://localhost:5000/v2/", "http://localhost:5000/v2/"));
}

TEST(RegistryClient, TokensThenManifest) {
  Script script({challenge("ghcr.io", kGhcrChallenge),
                 {"GET " + kPullToken + " *", 200, R"({"token":"djE6b2N0bw"})"},
                 {"HEAD " + kManifest + " *", 200, "", {{"Docker-Content-Digest", kDigest}}}});
  RegistryClient registry("ghcr.io", script.send(), {});
  Credentials credentials = octocat();
  Grant grant = registry.grant({"octo/app", "pull"}, &credentials);
  RegistryAnswer answer = registry.pull(parse_image("ghcr.io/octo/app:1"), grant);
  EXPECT_TRUE(answer.allowed());
  EXPECT_EQ(answer.digest, kDigest);
  EXPECT_THAT(script.credentials, ElementsAre("Basic b2N0b2NhdDpnZWhlaW0=", "Bearer djE6b2N0bw"));
}

TEST(RegistryClient, RefusalsOfTheTokenServer) {
  struct Case {
    bool anonymous;
    Row row;
    std::string cause, said;
  };
  const Case cases[] = {
      {false, {"", 403, errors("DENIED", "denied")}, "credentials-refused", "DENIED: denied"},
      {false,
       {"", 401, R"({"details":"incorrect username or password"})"},
       "credentials-refused",
       "incorrect username or password"},
      {false,
       {"", 403, errors("DENIED", "no: geheim b2N0b2NhdDpnZWhlaW0=")},
       "credentials-refused",
       "DENIED: no: ******** ********"},
      {false,
       {"", 403, errors("DENIED", "Resource protected by organization SAML enforcement")},
       "single-sign-on",
       "DENIED: Resource protected by organization SAML enforcement"},
      {false,
       {"", 403, errors("DENIED", "acme has an IP allow list enabled")},
       "address-not-allowed",
       "DENIED: acme has an IP allow list enabled"},
      {true,
       {"", 401, errors("UNAUTHORIZED", "authentication required")},
       "no-credentials",
       "UNAUTHORIZED: authentication required"},
      {true,
       {"", 403, errors("DENIED", "requested access to the resource is denied")},
       "no-credentials",
       "DENIED: requested access to the resource is denied"},
      {true,
       {"", 429, errors("TOOMANYREQUESTS", "slow down"), {{"Retry-After", "7"}}},
       "rate-limit",
       "TOOMANYREQUESTS: slow down"},
      {false, {"", 502, "<html>"}, "registry-fault", ""},
      {false, {"", 404, "{}"}, "manifest-unknown", ""},
  };
  for (const Case& c : cases) {
    Row row = c.row;
    row.request = "GET " + kPullToken;
    Script script({challenge("ghcr.io", kGhcrChallenge), row});
    RegistryClient registry("ghcr.io", script.send(), {});
    Credentials credentials = octocat();
    Grant grant = registry.grant({"octo/app"}, c.anonymous ? nullptr : &credentials);
    EXPECT_EQ(grant.answer.cause, c.cause);
    EXPECT_EQ(grant.answer.said, c.said);
    EXPECT_EQ(grant.answer.retry_after.has_value(), c.cause == "rate-limit");
    EXPECT_TRUE(grant.authorization.empty());
    // Nothing more is asked with it.
    EXPECT_EQ(registry.pull(parse_image("ghcr.io/octo/app:1"), grant).cause, c.cause);
    EXPECT_EQ(script.sent.size(), 2U);
  }
}

TEST(RegistryClient, ATokenServerWithoutAToken) {
  for (const char* body : {"{}", R"({"token":1})", "[]", "", "<html>"}) {
    Script script({challenge("ghcr.io", kGhcrChallenge), {"GET " + kTokenUrl, 200, body}});
    RegistryClient registry("ghcr.io", script.send(), {});
    EXPECT_TRUE(failure([&] { registry.grant({}, nullptr); }).starts_with("not-a-registry: ghcr.io ")) << body;
  }
}

TEST(RegistryClient, RefusalsOfTheManifest) {
  struct Case {
    bool anonymous;
    Row row;
    std::string cause;
  };
  const Case cases[] = {
      {false, {"", 403, errors("DENIED", "permission_denied: read_package")}, "no-package-read"},
      {false,
       {"", 403, errors("DENIED", "permission_denied: The token provided does not match expected scopes.")},
       "missing-scope"},
      {false, {"", 403, errors("DENIED", "denied")}, "no-package-read"},
      {false, {"", 403, errors("DENIED", "requested access to the resource is denied")}, "denied-or-missing"},
      {false, {"", 401, errors("UNAUTHORIZED", "authentication required")}, "denied-or-missing"},
      {true, {"", 401, errors("UNAUTHORIZED", "authentication required")}, "no-credentials"},
      {false, {"", 404, errors("MANIFEST_UNKNOWN", "manifest unknown")}, "manifest-unknown"},
      {false, {"", 404, errors("NAME_UNKNOWN", "repository name not known to registry")}, "name-unknown"},
      {false,
       {"", 404, errors("MANIFEST_UNKNOWN", "OCI index found, but Accept header does not support OCI indexes")},
       "old-client"},
      {false, {"", 500, ""}, "registry-fault"},
      {false, {"", 418, ""}, "not-a-registry"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.row.body);
    Row head = c.row, get = c.row;
    head.request = "HEAD " + kManifest;
    head.body.clear();
    get.request = "GET " + kManifest;
    Script script({challenge("ghcr.io", kGhcrChallenge), {"GET " + kPullToken, 200, R"({"token":"t"})"}, head, get});
    RegistryClient registry("ghcr.io", script.send(), {});
    Credentials credentials = octocat();
    Grant grant = registry.grant({"octo/app"}, c.anonymous ? nullptr : &credentials);
    EXPECT_EQ(registry.pull(parse_image("ghcr.io/octo/app:1"), grant).cause, c.cause);
  }
}

TEST(RegistryClient, WhatItRepeatsIsHidden) {
  Script script({challenge("ghcr.io", kGhcrChallenge),
                 {"GET " + kPullToken, 200, R"({"token":"the-token"})"},
                 {"HEAD " + kManifest, 403},
                 {"GET " + kManifest, 403, errors("DENIED", "not with the-token\\u001b[2J\\u009b")}});
  RegistryClient registry("ghcr.io", script.send(), {});
  Credentials credentials = octocat();
  RegistryAnswer answer = registry.pull(parse_image("ghcr.io/octo/app:1"), registry.grant({"octo/app"}, &credentials));
  EXPECT_EQ(answer.said, "DENIED: not with ********?[2J?");
}

TEST(RegistryClient, BasicAuthentication) {
  Script script({{"GET https://localhost:5000/v2/ *", 200, "{}"},
                 challenge("localhost:5000", "Basic realm=\"regvault-test\""),
                 {"HEAD https://localhost:5000/v2/app/manifests/latest *", 200}});
  RegistryClient registry("localhost:5000", script.send(), {});
  Credentials credentials = octocat();
  Grant grant = registry.grant({"app"}, &credentials);
  EXPECT_TRUE(registry.pull(parse_image("localhost:5000/app"), grant).allowed());
  EXPECT_EQ(registry.grant({"app"}, nullptr).answer.cause, "no-credentials");

  Script refusing({challenge("localhost:5000", "Basic realm=\"regvault-test\"")});
  RegistryClient strict("localhost:5000", refusing.send(), {});
  EXPECT_EQ(strict.grant({}, &credentials).answer.cause, "credentials-refused");
}

TEST(RegistryClient, BasicsPasswordIsHidden) {
  const std::string manifest = "https://localhost:5000/v2/app/manifests/latest *";
  Script script({{"GET https://localhost:5000/v2/ *", 200, "{}"},
                 challenge("localhost:5000", "Basic realm=\"regvault-test\""),
                 {"HEAD " + manifest, 403},
                 {"GET " + manifest, 403, errors("DENIED", "not with geheim, b2N0b2NhdDpnZWhlaW0=")}});
  RegistryClient registry("localhost:5000", script.send(), {});
  Credentials credentials = octocat();
  RegistryAnswer answer = registry.pull(parse_image("localhost:5000/app"), registry.grant({"app"}, &credentials));
  EXPECT_EQ(answer.said, "DENIED: not with ********, ********");
}

TEST(RegistryClient, ADigestThatIsNone) {
  for (const std::string& digest : {kDigest, kDigest + "\xc2\x9b", std::string("Basic b2N0b2NhdDpnZWhlaW0=")}) {
    Script script(
        {{"GET https://localhost:5000/v2/", 200, "{}"},
         {"HEAD https://localhost:5000/v2/app/manifests/latest", 200, "", {{"Docker-Content-Digest", digest}}}});
    RegistryClient registry("localhost:5000", script.send(), {});
    RegistryAnswer answer = registry.pull(parse_image("localhost:5000/app"), registry.grant({"app"}, nullptr));
    EXPECT_TRUE(answer.allowed());
    EXPECT_EQ(answer.digest, digest == kDigest ? kDigest : "");
  }
}

TEST(RegistryClient, PushOpensAnUploadAndCancelsIt) {
  const std::string upload = "https://ghcr.io/v2/octo/app/blobs/uploads/";
  const std::string token = "GET " + kTokenUrl + "&scope=repository%3Aocto%2Fapp%3Apull%2Cpush";
  auto outcome = [&](Row post, std::vector<std::string>& sent) {
    post.request = "POST " + upload + " *";
    Script script({challenge("ghcr.io", kGhcrChallenge),
                   {token, 200, R"({"token":"t"})"},
                   post,
                   {"DELETE " + upload + "123?state=x *", 405}});
    RegistryClient registry("ghcr.io", script.send(), {});
    Credentials credentials = octocat();
    RegistryAnswer answer = registry.push("octo/app", registry.grant({"octo/app", "pull,push"}, &credentials));
    sent.assign(script.sent.begin() + 2, script.sent.end());
    return answer.cause;
  };
  std::vector<std::string> sent;
  EXPECT_EQ(outcome({"", 202, "", {{"Location", "/v2/octo/app/blobs/uploads/123?state=x"}}}, sent), "");
  EXPECT_THAT(sent, ElementsAre("POST " + upload + " *", "DELETE " + upload + "123?state=x *"));
  EXPECT_EQ(outcome({"", 202, "", {{"Location", "https://elsewhere.example/123"}}}, sent), "");
  EXPECT_THAT(sent, ElementsAre("POST " + upload + " *"));
  EXPECT_EQ(outcome({"", 202}, sent), "");
  EXPECT_EQ(outcome({"", 403, errors("DENIED", "permission_denied: write_package")}, sent), "no-package-write");
  EXPECT_THAT(sent, ElementsAre("POST " + upload + " *"));
  EXPECT_EQ(outcome({"", 403, errors("DENIED", "permission_denied: create_package")}, sent), "wrong-namespace");
  EXPECT_EQ(outcome({"", 403, errors("DENIED", "installation not allowed to Create organization package")}, sent),
            "workflow-permissions");
  EXPECT_EQ(outcome({"", 401, ""}, sent), "no-package-write");
}

}  // namespace
}  // namespace regvault::access
