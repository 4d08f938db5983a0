#include <regvault/config/ansible_path.hpp>

#include <gtest/gtest.h>

#include <map>

namespace regvault::config {
namespace {

Environment fake_environment(std::map<std::string, std::string> variables) {
  return [variables](const std::string& name) -> std::optional<std::string> {
    auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

TEST(AnsiblePath, FollowsUnfrackpath) {
  Environment environment = fake_environment({{"HOME", "/home/ops"}, {"KEYS", "~/keys"}, {"NONE", ""}});
  struct Row {
    std::string_view path, wanted;
  };
  const Row rows[] = {
      {"pw", "/srv/site/pw"},
      {"./a/../pw", "/srv/site/pw"},
      {"a//b/./pw", "/srv/site/a/b/pw"},
      {"../../../../pw", "/pw"},
      {"/pw/", "/pw"},
      {"", "/srv/site"},
      {".", "/srv/site"},
      {"/", "/"},
      {"//net/pw", "//net/pw"},
      {"///net/pw", "/net/pw"},
      {"//", "//"},
      {"~", "/home/ops"},
      {"~/pw", "/home/ops/pw"},
      {"a/~/pw", "/srv/site/a/~/pw"},
      {"$KEYS/pw", "/home/ops/keys/pw"},
      {"${KEYS}/pw", "/home/ops/keys/pw"},
      {"$UNSET/pw", "/srv/site/$UNSET/pw"},
      {"$NONE/pw", "/pw"},
      {"-", "/srv/site/-"},
      {"/dev/fd/63", "/dev/fd/63"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(ansible_path(row.path, "/srv/site", environment), row.wanted) << row.path;
  }
}

TEST(SplitExtension, FollowsPython) {
  struct Row {
    std::string_view path, stem, extension;
  };
  const Row rows[] = {
      {"a/ansible.cfg", "a/ansible", ".cfg"},
      {".ansible.cfg", ".ansible", ".cfg"},
      {"a/.cfg", "a/.cfg", ""},
      {"a.b/name", "a.b/name", ""},
      {"...", "...", ""},
      {"..a.b", "..a", ".b"},
      {"x-client.tar.gz", "x-client.tar", ".gz"},
      {"name.", "name", "."},
      {"", "", ""},
  };
  for (const Row& row : rows) {
    SplitPath split = split_extension(row.path);
    EXPECT_EQ(split.stem, row.stem) << row.path;
    EXPECT_EQ(split.extension, row.extension) << row.path;
  }
}

TEST(DirectoryOf, KnowsTheRoot) {
  EXPECT_EQ(directory_of("/a/b"), "/a");
  EXPECT_EQ(directory_of("/b"), "/");
}

}  // namespace
}  // namespace regvault::config
