#include <regvault/credential_store/configuration.hpp>

#include "fixture.hpp"

namespace regvault::credential_store {
namespace {

using ConfigurationTest = CredentialStoreTest;

constexpr const char* kTwo = R"({"registries": {
  "ghcr.io": {"file": "/srv/i.yml", "key": "all.vars.pat", "username": "octocat", "vault_id": "prod@~/prod.txt"},
  "ghcr.io/acme": {"file": "~/acme.yml", "key": "a.\"b.c\"[0]", "username_key": "a.user", "vault_id": "/a/pw"},
  "*": {"file": "/srv/logins.yml", "vault_id": "me@regvault-client", "writable": true}}})";

TEST_F(ConfigurationTest, Reads) {
  Configuration c = configuration(kTwo);
  ASSERT_EQ(c.entries.size(), 3U);
  EXPECT_EQ(c.entries[0].file, "/srv/i.yml");
  EXPECT_EQ(yaml::to_string(c.entries[0].key), "all.vars.pat");
  EXPECT_EQ(c.entries[0].username, "octocat");
  EXPECT_EQ(c.entries[0].vault_id, "prod@" + path("prod.txt"));
  EXPECT_FALSE(c.entries[0].writable);
  EXPECT_EQ(c.entries[1].file, path("acme.yml"));
  EXPECT_EQ(yaml::to_string(c.entries[1].username_key), "a.user");
  EXPECT_EQ(c.entries[1].vault_id, "@/a/pw");
  EXPECT_FALSE(c.entries[2].registry);
  EXPECT_TRUE(c.entries[2].writable);
}

TEST_F(ConfigurationTest, FindsTheEntryForAServer) {
  Configuration c = configuration(kTwo);
  struct Row {
    std::string server, read_from, kept_in;
  };
  const std::vector<Row> rows = {
      {"ghcr.io", "ghcr.io", "ghcr.io"},         {"https://GHCR.io/v2/", "ghcr.io", "ghcr.io"},
      {"ghcr.io/other", "ghcr.io", "*"},         {"ghcr.io/acme", "ghcr.io/acme", "ghcr.io/acme"},
      {"ghcr.io/acme/app", "ghcr.io/acme", "*"}, {"quay.io", "*", "*"},
  };
  for (const Row& row : rows) {
    RegistryReference server = server_named(row.server).value();
    EXPECT_EQ(c.for_server(server)->name, row.read_from) << row.server;
    EXPECT_EQ(c.of_server(server)->name, row.kept_in) << row.server;
  }
  EXPECT_EQ(configuration("{}").for_server(server_named("ghcr.io").value()), nullptr);
  EXPECT_EQ(configuration("{}").of_server(server_named("ghcr.io").value()), nullptr);
}

TEST_F(ConfigurationTest, NamesServersAsDockerDoes) {
  EXPECT_EQ(server_name(server_named("docker.io").value()), "https://index.docker.io/v1/");
  EXPECT_EQ(server_name(server_named("https://index.docker.io/v1/").value()), "https://index.docker.io/v1/");
  EXPECT_EQ(server_name(server_named("ghcr.io/acme").value()), "ghcr.io/acme");
  for (const char* none : {"", "http://ghcr.io", "ghcr.io/acme:1", "a b"}) EXPECT_FALSE(server_named(none)) << none;
}

TEST_F(ConfigurationTest, Places) {
  EXPECT_EQ(configuration_path(account_), path(".config/regvault/credentials.json"));
  xdg_ = "/x";
  EXPECT_EQ(configuration_path(account_), "/x/regvault/credentials.json");
  xdg_ = "x";
  EXPECT_EQ(configuration_path(account_), path(".config/regvault/credentials.json"));
  EXPECT_TRUE(load_configuration(path("none/credentials.json"), account_).entries.empty());
}

TEST_F(ConfigurationTest, RefusesWhatOthersMayWrite) {
  std::string file = write("d/credentials.json", kTwo);
  chmod(path("d").c_str(), 0700);
  chmod(file.c_str(), 0664);
  EXPECT_EQ(error_of([&] { load_configuration(file, account_); }),
            "\"" + file + "\" may be written to by other users | chmod go-w \"" + file + "\"");
  chmod(file.c_str(), 0644);
  EXPECT_EQ(load_configuration(file, account_).entries.size(), 3U);
  chmod(path("d").c_str(), 0777);
  EXPECT_EQ(error_of([&] { load_configuration(file, account_); }),
            "\"" + path("d") + "\" may be written to by other users | chmod go-w \"" + path("d") + "\"");
  chmod(path("d").c_str(), 01777);
  EXPECT_EQ(load_configuration(file, account_).entries.size(), 3U) << "as in /tmp: nobody else may replace it";
  EXPECT_EQ(error_of([&] { load_configuration(path("d"), account_); }), "\"" + path("d") + "\": it is no regular file");
}

TEST_F(ConfigurationTest, WritesEntries) {
  std::string file = path("new/regvault/credentials.json");
  Entry ghcr = configuration(kTwo).entries[0], any = configuration(kTwo).entries[2];
  EXPECT_TRUE(write_entry(file, any, account_, warn()));
  EXPECT_TRUE(write_entry(file, ghcr, account_, warn()));
  EXPECT_FALSE(write_entry(file, ghcr, account_, warn()));
  ghcr.name = "https://ghcr.io";
  ghcr.username = "hubot";
  EXPECT_TRUE(write_entry(file, ghcr, account_, warn()));
  Configuration c = load_configuration(file, account_);
  ASSERT_EQ(c.entries.size(), 2U);
  EXPECT_EQ(c.entries[0].name, "*");
  EXPECT_EQ(c.entries[1].name, "ghcr.io") << "its old spelling stays";
  EXPECT_EQ(c.entries[1].username, "hubot");
  EXPECT_EQ(std::filesystem::status(path("new")).permissions(), std::filesystem::perms::owner_all);
  std::string before = read("new/regvault/credentials.json");
  ghcr.file = "relative.yml";
  EXPECT_NE(error_of([&] { write_entry(file, ghcr, account_, warn()); }), "(no error)");
  EXPECT_EQ(read("new/regvault/credentials.json"), before);
}

// What is refused in an entry: tests/cli/docker_credential_test.py has the whole table.
TEST_F(ConfigurationTest, Refuses) {
  EXPECT_EQ(error_of([&] { configuration("{\"registries\": {\"ghcr.io\": {}}}"); }),
            "\"c.json\": the entry \"ghcr.io\" has no \"file\"");
  EXPECT_EQ(error_of([&] { configuration("{\"registries\": {\"ghcr.io\": {\"fil\": 1}}}"); }),
            "\"c.json\": the entry \"ghcr.io\" has an unknown member \"fil\" | did you mean \"file\"?");
  EXPECT_EQ(
      error_of([&] { configuration("{\"registries\": {\"a b\": {}}}"); }),
      "\"c.json\": the entry \"a b\" has no registry's name: \"a b\" is not the name of a registry: it has no valid "
      "host | write the host, for example ghcr.io or localhost:5000");
  EXPECT_EQ(error_of([&] {
              configuration(
                  "{\"registries\": {\"*\": {\"file\": \"/f\", \"vault_id\": \"/p\", "
                  "\"writable\": true, \"key\": \"a\"}}}");
            }),
            "\"c.json\": the entry \"*\" has a \"key\": it keeps a login for each registry");
}

}  // namespace
}  // namespace regvault::credential_store
