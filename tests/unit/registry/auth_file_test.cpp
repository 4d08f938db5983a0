#include <gtest/gtest.h>
#include <regvault/registry/auth_file.hpp>

#include <regvault/base/encoding.hpp>
#include <regvault/base/error.hpp>

namespace regvault {
namespace {

const RegistryReference kGhcr{"ghcr.io", ""};
const RegistryReference kOcto{"ghcr.io", "octo"};
const RegistryReference kHub{"docker.io", ""};

std::string entry(std::string_view both) {
  return R"({"auth":")" + base64_encode(both) + "\"}";
}

AuthFile file_of(const std::string& auths) {
  return AuthFile::parse("{\"auths\":" + auths + "}", "auth.json");
}

std::string written(const AuthFile& file) {
  return std::string(file.written().view());
}

struct EntryRow {
  std::string_view name;
  std::string auths;
  RegistryReference registry;
  std::optional<std::string> podman, docker;
};

TEST(AuthFile, TheEntryAnEngineUses) {
  const EntryRow rows[] = {
      {"exact", "{\"ghcr.io\":" + entry("a:b") + "}", kGhcr, "ghcr.io", "ghcr.io"},
      {"other", "{\"quay.io\":" + entry("a:b") + "}", kGhcr, {}, {}},
      {"by address", "{\"https://ghcr.io/v2/\":" + entry("a:b") + "}", kGhcr, "https://ghcr.io/v2/",
       "https://ghcr.io/v2/"},
      {"exact before address", "{\"https://ghcr.io\":" + entry("a:b") + ",\"ghcr.io\":" + entry("c:d") + "}", kGhcr,
       "ghcr.io", "ghcr.io"},
      {"an empty entry is none", "{\"ghcr.io\":{}}", kGhcr, {}, {}},
      {"an empty exact entry ends the search",
       "{\"ghcr.io\":{},\"https://ghcr.io\":" + entry("a:b") + "}",
       kGhcr,
       {},
       {}},
      {"a namespace is not the registry", "{\"ghcr.io/octo\":" + entry("a:b") + "}", kGhcr, {}, "ghcr.io/octo"},
      {"hub, as docker writes it", "{\"https://index.docker.io/v1/\":" + entry("a:b") + "}", kHub,
       "https://index.docker.io/v1/", "https://index.docker.io/v1/"},
      {"hub, as podman writes it", "{\"docker.io\":" + entry("a:b") + "}", kHub, "docker.io", {}},
      {"an identity token counts", R"({"ghcr.io":{"identitytoken":"x"}})", kGhcr, "ghcr.io", "ghcr.io"},
  };
  for (const EntryRow& row : rows) {
    SCOPED_TRACE(row.name);
    AuthFile file = file_of(row.auths);
    EXPECT_EQ(file.entry_for(row.registry, Engine::podman), row.podman);
    EXPECT_EQ(file.entry_for(row.registry, Engine::docker), row.docker);
  }
}

TEST(AuthFile, PodmanPrefersTheNarrowerNamespace) {
  AuthFile both = file_of("{\"ghcr.io\":" + entry("a:b") + ",\"ghcr.io/octo\":" + entry("c:d") + "}");
  EXPECT_EQ(both.entry_for(kOcto, Engine::podman), "ghcr.io/octo");
  AuthFile host = file_of("{\"ghcr.io\":" + entry("a:b") + "}");
  EXPECT_EQ(host.entry_for(kOcto, Engine::podman), "ghcr.io");
}

TEST(AuthFile, Dockercfg) {
  AuthFile file =
      AuthFile::parse("{\"https://ghcr.io/v1/\":" + entry("a:b") + "}", ".dockercfg", AuthFile::Format::dockercfg);
  EXPECT_EQ(file.entry_for(kGhcr, Engine::podman), "https://ghcr.io/v1/");
  EXPECT_TRUE(file.holds("https://ghcr.io/v1/", "a", "b"));
}

struct HoldsRow {
  std::string_view name, entry;
  bool expected;
};

TEST(AuthFile, HoldsExactlyThisUserAndPassword) {
  const std::string right = base64_encode("octo:pass:word");
  const HoldsRow rows[] = {
      {"right", R"({"auth":")", true},
      {"with an email", R"({"email":"a@b.c","auth":")", true},
      {"with an identity token", R"({"identitytoken":"x","auth":")", false},
      {"with an empty identity token", R"({"identitytoken":"","auth":")", true},
  };
  for (const HoldsRow& row : rows) {
    SCOPED_TRACE(row.name);
    AuthFile file = file_of("{\"ghcr.io\":" + std::string(row.entry) + right + "\"}}");
    EXPECT_EQ(file.holds("ghcr.io", "octo", "pass:word"), row.expected);
    EXPECT_FALSE(file.holds("ghcr.io", "octo", "pass:wort"));
    EXPECT_FALSE(file.holds("ghcr.io", "octa", "pass:word"));
    EXPECT_FALSE(file.holds("quay.io", "octo", "pass:word"));
  }
  EXPECT_FALSE(file_of(R"({"ghcr.io":{"auth":"%%%"}})").holds("ghcr.io", "octo", "x"));
  EXPECT_FALSE(file_of(R"({"ghcr.io":{"username":"octo","password":"x"}})").holds("ghcr.io", "octo", "x"));
}

TEST(AuthFile, UsernamesThatCanBeShown) {
  EXPECT_EQ(file_of("{\"ghcr.io\":" + entry("octo:x") + "}").username_of("ghcr.io"), "octo");
  EXPECT_EQ(file_of("{\"ghcr.io\":" + entry("justatoken") + "}").username_of("ghcr.io"), std::nullopt);
  EXPECT_EQ(file_of("{\"ghcr.io\":" + entry("ghp_abc:x-oauth-basic") + "}").username_of("ghcr.io"), std::nullopt);
  EXPECT_EQ(file_of("{\"ghcr.io\":" + entry("\xff:x") + "}").username_of("ghcr.io"), std::nullopt);
}

TEST(AuthFile, CredentialsForTheRegistry) {
  std::optional<StoredCredentials> stored =
      file_of("{\"ghcr.io\":" + entry("octo:a:b") + "}").credentials_of("ghcr.io");
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->username, "octo");
  EXPECT_EQ(stored->password.view(), "a:b");
  EXPECT_FALSE(file_of("{\"ghcr.io\":" + entry("justatoken") + "}").credentials_of("ghcr.io"));
  EXPECT_FALSE(file_of("{\"ghcr.io\":" + entry("octo:x") + "}").credentials_of("quay.io"));
}

TEST(AuthFile, SetKeepsEveryOtherKeyAndTheOrder) {
  AuthFile file =
      AuthFile::parse(R"({"credsStore":"","auths":{"quay.io":{"auth":"cTpx"},"ghcr.io":{"auth":"b2xk","email":"a@b.c",
      "identitytoken":"t"},"z.io":{}},"psFormat":"table <1>","proxies":{"default":{"n":1}}})",
                      "config.json");
  file.set(kGhcr, Engine::podman, "octo", "x");
  EXPECT_EQ(written(file),
            "{\n\t\"credsStore\": \"\",\n\t\"auths\": {\n\t\t\"quay.io\": {\n\t\t\t\"auth\": \"cTpx\"\n\t\t},\n"
            "\t\t\"ghcr.io\": {\n\t\t\t\"auth\": \"b2N0bzp4\"\n\t\t},\n\t\t\"z.io\": {}\n\t},\n"
            "\t\"psFormat\": \"table <1>\",\n\t\"proxies\": {\n\t\t\"default\": {\n\t\t\t\"n\": 1\n\t\t}\n\t}\n}");
}

TEST(AuthFile, SetInAnEmptyFile) {
  for (std::string_view empty : {"", " \n\t", "{}", R"({"auths":null})", R"({"auths":{}})"}) {
    SCOPED_TRACE(empty);
    AuthFile file = AuthFile::parse(empty, "auth.json");
    file.set(kGhcr, Engine::podman, "octo", "x");
    EXPECT_EQ(written(file), "{\n\t\"auths\": {\n\t\t\"ghcr.io\": {\n\t\t\t\"auth\": \"b2N0bzp4\"\n\t\t}\n\t}\n}");
  }
}

TEST(AuthFile, RemoveKeepsOrderAndOtherRegistries) {
  AuthFile file = file_of(R"({"a.io":{},"ghcr.io":{},"b.io":{},"https://ghcr.io/v1/":{},"ghcr.io/octo":{},"c.io":{}})");
  EXPECT_EQ(file.remove(kGhcr, Engine::podman), 2u);
  EXPECT_EQ(
      written(file),
      "{\n\t\"auths\": {\n\t\t\"a.io\": {},\n\t\t\"b.io\": {},\n\t\t\"ghcr.io/octo\": {},\n\t\t\"c.io\": {}\n\t}\n}");
  EXPECT_EQ(file.remove(kGhcr, Engine::podman), 0u);
  EXPECT_EQ(file.remove(kOcto, Engine::podman), 1u);
  EXPECT_EQ(AuthFile::parse("", "auth.json").remove(kGhcr, Engine::docker), 0u);
}

struct HelperRow {
  std::string_view name, text;
  RegistryReference registry;
  std::optional<std::string> podman, docker;
};

TEST(AuthFile, HelpersThatAreInCharge) {
  const HelperRow rows[] = {
      {"none", "{}", kGhcr, {}, {}},
      {"store: docker only", R"({"credsStore":"pass"})", kGhcr, {}, "pass"},
      {"of this registry", R"({"credHelpers":{"ghcr.io":"gh"}})", kGhcr, "gh", "gh"},
      {"of another", R"({"credHelpers":{"quay.io":"gh"}})", kGhcr, {}, {}},
      {"store and helper", R"({"credsStore":"pass","credHelpers":{"ghcr.io":"gh"}})", kGhcr, "gh", "gh"},
      {"excepted from the store", R"({"credsStore":"pass","credHelpers":{"ghcr.io":""}})", kGhcr, {}, {}},
      {"hub", R"({"credHelpers":{"https://index.docker.io/v1/":"gh"}})", kHub, {}, "gh"},
      {"empty store", R"({"credsStore":""})", kGhcr, {}, {}},
  };
  for (const HelperRow& row : rows) {
    SCOPED_TRACE(row.name);
    AuthFile file = AuthFile::parse(row.text, "config.json");
    EXPECT_EQ(file.helper_for(row.registry, Engine::podman), row.podman);
    EXPECT_EQ(file.helper_for(row.registry, Engine::docker), row.docker);
  }
}

struct MalformedRow {
  std::string_view text, message;
};

TEST(AuthFile, SetsAndForgetsAHelper) {
  AuthFile file = AuthFile::parse(R"({"x":1,"credHelpers":{"quay.io":"pass"}})", "auth.json");
  EXPECT_TRUE(file.set_helper(kGhcr, Engine::podman, "regvault"));
  EXPECT_FALSE(file.set_helper(kGhcr, Engine::podman, "regvault"));
  EXPECT_TRUE(file.set_helper(kHub, Engine::docker, "regvault"));
  EXPECT_EQ(file.helper_for(kGhcr, Engine::podman), "regvault");
  EXPECT_EQ(file.helper_for(kHub, Engine::docker), "regvault");
  EXPECT_TRUE(file.set_helper(kHub, Engine::docker, ""));
  EXPECT_TRUE(file.set_helper(kGhcr, Engine::podman, ""));
  EXPECT_FALSE(file.set_helper(kGhcr, Engine::podman, ""));
  EXPECT_EQ(written(file), "{\n\t\"x\": 1,\n\t\"credHelpers\": {\n\t\t\"quay.io\": \"pass\"\n\t}\n}");
}

TEST(AuthFile, Malformed) {
  const MalformedRow rows[] = {
      {"{", "/x/auth.json:1:2: not valid JSON: it ends too early"},
      {"[]", "\"/x/auth.json\" is not an auth file: it is an array, not an object"},
      {R"({"auths":[]})", "\"/x/auth.json\" is not an auth file: \"auths\" is an array, not an object"},
      {R"({"auths":{"a.io":"x"}})",
       "\"/x/auth.json\" is not an auth file: the entry of \"a.io\" is a string, not an object"},
      {R"({"credHelpers":1})", "\"/x/auth.json\" is not an auth file: \"credHelpers\" is a number, not an object"},
      {R"({"auths":{},"auths":{}})", "/x/auth.json:1:13: not valid JSON: the key is set twice in this object"},
  };
  for (const MalformedRow& row : rows) {
    SCOPED_TRACE(row.text);
    try {
      AuthFile::parse(row.text, "/x/auth.json");
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code, ErrorCode::malformed);
      EXPECT_STREQ(error.what(), std::string(row.message).c_str());
      EXPECT_EQ(error.hint, "repair it or move it away; it was not changed");
      EXPECT_EQ(error.reason, "malformed-auth-file");
    }
  }
}

}  // namespace
}  // namespace regvault
