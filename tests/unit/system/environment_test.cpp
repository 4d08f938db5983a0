#include <regvault/system/environment.hpp>

#include <map>

#include "scratch.hpp"

namespace regvault {
namespace {

Environment fake(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

struct PathRow {
  std::string_view given, expanded;
};

TEST(ExpandedPath, AsPythonDoes) {
  // Each row is what Python's os.path.expanduser(os.path.expandvars(PATH)) gives with these variables.
  Environment environment =
      fake({{"HOME", "/home/octo"}, {"TEAM", "ops"}, {"EMPTY", ""}, {"TILDE", "~/x"}, {"LOOP", "$LOOP"}});
  const PathRow rows[] = {
      {"", ""},
      {"plain/path", "plain/path"},
      {"~", "/home/octo"},
      {"~/", "/home/octo/"},
      {"~/keys", "/home/octo/keys"},
      {"a/~", "a/~"},
      {"./~/x", "./~/x"},
      {"~root", "/root"},
      {"~root/.ssh", "/root/.ssh"},
      {"~no-such-user/x", "~no-such-user/x"},
      {"$TEAM", "ops"},
      {"a/$TEAM/b", "a/ops/b"},
      {"${TEAM}s", "opss"},
      {"$TEAMs", "$TEAMs"},
      {"$TEAM-s", "ops-s"},
      {"$NOTSET/a", "$NOTSET/a"},
      {"${NOTSET}/a", "${NOTSET}/a"},
      {"a${EMPTY}b", "ab"},
      {"${TEAM", "${TEAM"},
      {"${}", "${}"},
      {"$", "$"},
      {"$$TEAM", "$ops"},
      {"$/", "$/"},
      {"cost: 5$", "cost: 5$"},
      {"$LOOP", "$LOOP"},
      {"$TILDE", "/home/octo/x"},
      {"$größe", "$größe"},
  };
  for (const PathRow& row : rows) EXPECT_EQ(expanded_path(row.given, environment), row.expanded) << row.given;
}

TEST(ExpandedPath, HomeOfTheUserDatabaseWithoutHOME) {
  EXPECT_EQ(expanded_path("~/x", fake({})), find_user(getuid())->home + "/x");
}

TEST(ExpandedPath, AHomeThatEndsInASlash) {
  EXPECT_EQ(expanded_path("~/x", fake({{"HOME", "/h/"}})), "/h/x");
  EXPECT_EQ(expanded_path("~", fake({{"HOME", "/"}})), "/");
  EXPECT_EQ(expanded_path("~/x", fake({{"HOME", "/"}})), "/x");
  EXPECT_EQ(expanded_path("~/x", fake({{"HOME", ""}})), "/x");
}

TEST(ProcessEnvironment, TellsUnsetFromEmpty) {
  setenv("REGVAULT_TEST_EMPTY", "", 1);
  unsetenv("REGVAULT_TEST_UNSET");
  Environment environment = process_environment();
  EXPECT_EQ(environment("REGVAULT_TEST_EMPTY"), "");
  EXPECT_EQ(environment("REGVAULT_TEST_UNSET"), std::nullopt);
}

TEST(FindUser, ByNumberAndByName) {
  std::optional<User> root = find_user(uid_t{0});
  ASSERT_TRUE(root);
  EXPECT_EQ(root->name, "root");
  EXPECT_EQ(root->home, "/root");
  EXPECT_EQ(root->gid, 0u);
  EXPECT_EQ(find_user("root")->uid, 0u);
  EXPECT_EQ(find_user("nobody")->uid, find_user(find_user("nobody")->uid)->uid);
}

TEST(FindUser, NotThere) {
  EXPECT_FALSE(find_user(uid_t{54321}));
  EXPECT_FALSE(find_user("no-such-user"));
  EXPECT_FALSE(find_user(""));
  EXPECT_FALSE(find_user("0"));  // a number is no name, though getent takes it for a uid
  EXPECT_FALSE(find_user("-h"));
}

TEST(FindUser, AsksTheNameServiceForWhatPasswdDoesNotHold) {
  Scratch scratch;
  std::string getent = scratch.write("getent",
                                     "#!/bin/sh\n[ \"$*\" = 'passwd -- ldapper' ] && "
                                     "echo 'ldapper:x:70001:70002:Lda P:/nfs/ldapper:/bin/bash'\n");
  chmod(getent.c_str(), 0755);
  int status = status_of_child([&] {
    setenv("PATH", (scratch.path() + ":/usr/bin:/bin").c_str(), 1);
    std::optional<User> user = find_user("ldapper");
    return user && user->uid == 70001 && user->gid == 70002 && user->home == "/nfs/ldapper" && !find_user("other");
  });
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace regvault
