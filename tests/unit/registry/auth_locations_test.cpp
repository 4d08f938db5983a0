#include <gtest/gtest.h>
#include <regvault/registry/auth_locations.hpp>

#include <unistd.h>

#include <map>

namespace regvault {
namespace {

struct Row {
  std::string_view name;
  uid_t uid;
  std::map<std::string, std::string> environment;
  std::map<std::string, Directory> directories;  // what is not here is missing
  std::optional<std::string> auth_file;
  std::vector<std::string> podman;
  std::size_t target = 0;
  std::string docker = "/home/octo/.docker/config.json";
};

Account account_of(const Row& row) {
  return {.user = {"octo", row.uid, row.uid, "/home/octo"},
          .environment =
              [&row](const std::string& name) {
                auto found = row.environment.find(name);
                return found == row.environment.end() ? std::nullopt : std::optional(found->second);
              },
          .directory =
              [&row](const std::string& path) {
                auto found = row.directories.find(path);
                return found == row.directories.end() ? Directory::missing : found->second;
              }};
}

const std::string kConfig = "/home/octo/.config/containers/auth.json";
const std::string kDocker = "/home/octo/.docker/config.json";
const std::string kOld = "/home/octo/.dockercfg";

TEST(AuthLocations, OrderAndTarget) {
  const Row rows[] = {
      {"root", 0, {}, {}, {}, {"/run/containers/0/auth.json", kConfig, kDocker, kOld}},
      {"root with a session",
       0,
       {{"XDG_RUNTIME_DIR", "/run/user/0"}},
       {},
       {},
       {"/run/user/0/containers/auth.json", kConfig, kDocker, kOld}},
      {"variables set to nothing",
       0,
       {{"XDG_RUNTIME_DIR", ""}, {"REGISTRY_AUTH_FILE", ""}, {"DOCKER_CONFIG", ""}},
       {},
       {},
       {"/run/containers/0/auth.json", kConfig, kDocker, kOld}},
      {"REGISTRY_AUTH_FILE first",
       0,
       {{"REGISTRY_AUTH_FILE", "/x/a.json"}, {"DOCKER_CONFIG", "/d"}},
       {},
       {},
       {"/x/a.json", kConfig, "/d/config.json", kOld},
       0,
       "/d/config.json"},
      {"podman follows DOCKER_CONFIG too",
       0,
       {{"DOCKER_CONFIG", "/d"}, {"XDG_RUNTIME_DIR", "/run/user/0"}},
       {},
       {},
       {"/d/config.json", kConfig, "/d/config.json", kOld},
       0,
       "/d/config.json"},
      {"XDG_CONFIG_HOME",
       0,
       {{"XDG_CONFIG_HOME", "/c"}},
       {},
       {},
       {"/run/containers/0/auth.json", "/c/containers/auth.json", kDocker, kOld}},
      {"HOME is not believed",
       0,
       {{"HOME", "/elsewhere"}},
       {},
       {},
       {"/run/containers/0/auth.json", kConfig, kDocker, kOld}},
      {"user with a session",
       1000,
       {{"XDG_RUNTIME_DIR", "/run/user/1000"}},
       {},
       {},
       {"/run/user/1000/containers/auth.json", kConfig, kDocker, kOld}},
      {"user, variable lost",
       1000,
       {},
       {{"/run/user/1000", Directory::own}},
       {},
       {"/run/user/1000/containers/auth.json", kConfig, kDocker, kOld}},
      {"user without a session",
       1000,
       {},
       {},
       {},
       {"/tmp/podman-run-1000/containers/auth.json", kConfig, kDocker, kOld}},
      {"user without a session, TMPDIR",
       1000,
       {{"TMPDIR", "/t"}},
       {{"/t/podman-run-1000", Directory::own}},
       {},
       {"/t/podman-run-1000/containers/auth.json", kConfig, kDocker, kOld}},
      {"someone took the name in /tmp",
       1000,
       {},
       {{"/tmp/podman-run-1000", Directory::unusable}},
       {},
       {"/home/octo/rundir/containers/auth.json", kConfig, kDocker, kOld}},
      {"a file of one's own", 0, {}, {}, "/etc/pull.json", {"/etc/pull.json"}, 0, "/etc/pull.json"},
      {"in the home", 0, {}, {}, "~/pull.json", {"/home/octo/pull.json"}, 0, "/home/octo/pull.json"},
      {"one that podman reads second",
       0,
       {},
       {},
       "~/.config/containers/auth.json",
       {"/run/containers/0/auth.json", kConfig, kDocker, kOld},
       1,
       kConfig},
      {"one that podman reads first",
       0,
       {},
       {},
       "/run/containers/0/auth.json",
       {"/run/containers/0/auth.json", kConfig, kDocker, kOld},
       0,
       "/run/containers/0/auth.json"},
      {"the old format is not written", 0, {}, {}, "~/.dockercfg", {kOld}, 0, kOld},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    Account account = account_of(row);
    AuthLocations podman =
        auth_locations(Engine::podman, account, {row.auth_file, row.auth_file ? std::nullopt : std::optional(false)});
    std::vector<std::string> paths;
    for (const AuthLocation& location : podman.reads) paths.push_back(location.path);
    EXPECT_EQ(paths, row.podman);
    EXPECT_EQ(podman.target, row.target);

    AuthLocations docker = auth_locations(Engine::docker, account, {row.auth_file});
    ASSERT_EQ(docker.reads.size(), 1u);
    EXPECT_EQ(docker.reads[0].path, row.docker);
  }
}

TEST(AuthLocations, OwnFiles) {
  Row row{"root", 0, {}, {}, {}, {}};
  Account account = account_of(row);
  EXPECT_EQ(auth_locations(Engine::podman, account, {}).own, (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(auth_locations(Engine::podman, account, {"~/.config/containers/auth.json"}).own,
            (std::vector<std::size_t>{1}));
  EXPECT_EQ(auth_locations(Engine::podman, account, {"/x"}).own, (std::vector<std::size_t>{0}));
  EXPECT_EQ(auth_locations(Engine::docker, account, {}).own, (std::vector<std::size_t>{0}));
}

TEST(AuthLocations, LoginsThatLast) {
  Row row{"root", 0, {}, {}, {}, {}};
  Account account = account_of(row);
  AuthLocations files = auth_locations(Engine::podman, account, {});
  EXPECT_EQ(files.target, 1u);
  EXPECT_EQ(files.reads[1].path, kConfig);
  EXPECT_EQ(files.reads[0].path, "/run/containers/0/auth.json");
  EXPECT_EQ(auth_locations(Engine::podman, account, {.persist = false}).target, 0u);
  EXPECT_EQ(auth_locations(Engine::docker, account, {.persist = true}).reads[0].path, kDocker);
}

TEST(AuthLocations, OfTheFamily) {
  Row row{"user without a session", 1000, {}, {}, {}, {}};
  Account account = account_of(row);
  auto first = [&](Engine engine) { return auth_locations(engine, account, {.persist = false}).reads[0].path; };
  EXPECT_EQ(first(Engine::buildah), "/tmp/podman-run-1000/containers/auth.json");
  EXPECT_EQ(first(Engine::skopeo), "/run/containers/1000/auth.json");
  EXPECT_EQ(auth_locations(Engine::none, account, {"/k/config.json"}).reads.size(), 1u);
}

TEST(AuthLocations, ThisAccountIsTheUserDatabases) {
  Account account = this_account();
  EXPECT_EQ(account.user.uid, geteuid());
  EXPECT_TRUE(account.user.home.starts_with('/'));
}

}  // namespace
}  // namespace regvault
