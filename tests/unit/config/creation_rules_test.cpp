#include <regvault/config/creation_rules.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <regvault/base/text.hpp>
#include <regvault/config/glob.hpp>

namespace regvault::config {
namespace {

using testing::IsEmpty;

std::vector<std::string> steps(std::string_view text) {
  std::vector<std::string> out;
  for (std::string_view step : split(text, '/')) out.emplace_back(step);
  return out;
}

TEST(Glob, MatchesStepByStep) {
  struct Row {
    std::string_view pattern, path;
    bool wanted;
  };
  const Row rows[] = {
      {"a/b", "a/b", true},
      {"a/b", "a/b/c", true},
      {"a/b", "a", false},
      {"a/b", "a/c", false},
      {"a/*", "a/b", true},
      {"a/*", "a/b/c", true},
      {"a/*/d", "a/b/c/d", false},
      {"*_pat", "ghcr_pat", true},
      {"*_pat", "ghcr_pats", false},
      {"v[ao]lt?", "volts", true},
      {"**", "a", true},
      {"**/x", "x", true},
      {"**/x", "a/b/x", true},
      {"**/x", "a/b/xx", false},
      {"a/**/x", "a/x", true},
      {"a/**/x", "a/b/c/x", true},
      {"a/**/x", "b/a/x", false},
      {"a/**/b/**/c", "a/b/x/b/c", true},
      {"a/**/b/**/c", "a/x/b/x", false},
      {"**/a/b", "a/a/b", true},
      {"**/a/b", "a/b/a", true},
      {"**/a/b", "b/a", false},
      {"\\*", "*", true},
      {"\\*", "x", false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(glob_matches(steps(row.pattern), steps(row.path)), row.wanted) << row.pattern << " for " << row.path;
  }
}

TEST(Glob, ManyStarsTakeNoLongTime) {
  std::vector<std::string> pattern, path(2000, "a");
  for (int i = 0; i < 100; ++i) pattern.insert(pattern.end(), {"**", "a"});
  pattern.emplace_back("b");
  EXPECT_FALSE(glob_matches(pattern, path));
}

CreationRule only_rule(const std::string& lines) {
  return parse_rules("creation_rules:\n  - path: x\n" + lines, "rules").creation_rules.at(0);
}

TEST(CreationRules, KeysHoldAnywhereOrFromTheTop) {
  CreationRule rule =
      only_rule("    keys: [\"*_pat\", all.vars.db, users.*.password, 'a.\"b.c\"', \"all.**.token\"]\n");
  for (const char* key : {"ghcr_pat", "all.vars.ghcr_pat", "all.vars.ghcr_pat[0].x", "all.vars.db", "all.vars.db.user",
                          "users[3].password", "users.x.password", "a.\"b.c\"", "all.token", "all.a.b.token"}) {
    EXPECT_TRUE(rule.wants_encrypted(yaml::parse_path(key))) << key;
  }
  for (const char* key : {"pat", "ghcr_pat_expires", "vars.db", "x.all.vars.db", "users[3].name", "a.b.c", "token"}) {
    EXPECT_FALSE(rule.wants_encrypted(yaml::parse_path(key))) << key;
  }
}

TEST(CreationRules, WhatIsWrongIsSaidWithItsLine) {
  struct Row {
    std::string_view name, text, wanted;
  };
  const Row rows[] = {
      {"no mapping", "- a\n", "rules:1: a mapping is expected"},
      {"no YAML", "creation_rules: [\n", "rules:"},
      {"unknown at the top", "a: 1\ncreation_rulez: []\n", "rules:1: there is no setting \"a\""},
      {"no list", "creation_rules:\n  path: x\n", "rules:2: creation_rules is a list of rules"},
      {"a rule that is none", "creation_rules:\n  - x\n", "rules:2: a mapping is expected"},
      {"mistyped", "creation_rules:\n  - path: x\n    vault-id: a\n", "rules:3: there is no setting \"vault-id\""},
      {"no path", "creation_rules:\n  - vault_id: a\n", "rules:2: the rule has no path"},
      {"empty path", "creation_rules:\n  - path: ''\n", "rules:2: path is a text"},
      {"a list of labels", "creation_rules:\n  - path: x\n    vault_id: [a]\n", "rules:3: vault_id is a text"},
      {"no key", "creation_rules:\n  - path: x\n    keys: ['a..b']\n", "rules:3: "},
      {"a mapping of keys", "creation_rules:\n  - path: x\n    keys: {a: b}\n", "rules:3: keys is a text"},
  };
  for (const Row& row : rows) {
    try {
      (void)parse_rules(std::string(row.text), "rules");
      ADD_FAILURE() << row.name << ": accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code, ErrorCode::malformed) << row.name;
      EXPECT_TRUE(std::string_view(error.what()).starts_with(row.wanted)) << row.name << ": " << error.what();
    }
  }
  EXPECT_THAT(parse_rules("", "rules").creation_rules, IsEmpty());
  EXPECT_THAT(parse_rules("# none yet\ncreation_rules: []\n", "rules").creation_rules, IsEmpty());
}

class Folders : public testing::Test {
 protected:
  Folders() {
    std::string pattern = testing::TempDir() + "regvault-rules-XXXXXX";
    directory_ = std::filesystem::canonical(mkdtemp(pattern.data()));
  }
  ~Folders() override { std::filesystem::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ + "/" + name; }
  void write(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << bytes;
  }

  /// The label for a file; "-": no rule, "": a rule without one.
  std::string label_for(const std::string& file) {
    warnings_.clear();
    CreationRules rules([this](std::string_view text) { warnings_.emplace_back(text); });
    const CreationRule* rule = rules.find(path(file));
    return rule ? rule->vault_id.value_or("") : "-";
  }

  std::string directory_;
  std::vector<std::string> warnings_;
};

constexpr const char* kRules =
    "creation_rules:\n"
    "  - path: [inventories/prod, /prod.yml]\n"
    "    vault_id: prod\n"
    "  - path: \"*.key\"\n"
    "  - path: group_vars/\n"
    "    vault_id: groups\n";

TEST_F(Folders, TheNearestUpToTheTopOfTheRepository) {
  write("site/.git/HEAD", "");
  write("site/.regvault.yml", kRules);
  write("site/inner/.regvault.yml", "creation_rules:\n  - path: '**'\n    vault_id: inner\n");
  write("site/repository/.git", "gitdir: elsewhere\n");
  write("site/inventories/prod/hosts.yml", "");
  const std::pair<const char*, const char*> rows[] = {
      {"site/inventories/prod/hosts.yml", "prod"},
      {"site/inventories/prod/group_vars/all.yml", "prod"},
      {"site/inventories/production/hosts.yml", "-"},
      {"site/prod.yml", "prod"},
      {"site/deep/prod.yml", "-"},
      {"site/deep/tls.key", ""},
      {"site/group_vars/all/vault.yml", "groups"},
      {"site/deep/group_vars/all.yml", "groups"},
      {"site/not/there/yet.yml", "-"},
      {"site/inner/prod.yml", "inner"},
      {"site/repository/prod.yml", "-"},
      {"prod.yml", "-"},
  };
  for (const auto& [file, wanted] : rows) EXPECT_EQ(label_for(file), wanted) << file;
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(Folders, WithoutARepositoryOnlyTheOneBesideTheFile) {
  write("site/.regvault.yml", "creation_rules:\n  - path: '**'\n    vault_id: a\n");
  EXPECT_EQ(label_for("site/vars.yml"), "a");
  EXPECT_EQ(label_for("site/deeper/vars.yml"), "-");
}

TEST_F(Folders, ARelativePathStartsInTheWorkingDirectory) {
  write("site/.git/HEAD", "");
  write("site/.regvault.yml", kRules);
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(path("site"));
  CreationRules rules;
  for (const char* file : {"prod.yml", "./group_vars/missing.yml", "missing/../prod.yml", "missing/tls.key"}) {
    const CreationRule* rule = rules.find(file);
    ASSERT_NE(rule, nullptr) << file;
    EXPECT_TRUE(rule->name().starts_with(".regvault.yml:")) << rule->name();
  }
  EXPECT_EQ(rules.find("missing/prod.yml"), nullptr);
  EXPECT_EQ(rules.find(""), nullptr);
  std::filesystem::current_path(before);
}

TEST_F(Folders, WhereTheFileIsCountsNotTheSymlink) {
  write("site/.git/HEAD", "");
  write("site/.regvault.yml", kRules);
  write("site/group_vars/all.yml", "");
  std::filesystem::create_symlink(path("site/group_vars/all.yml"), path("link.yml"));
  EXPECT_EQ(label_for("link.yml"), "groups");
}

TEST_F(Folders, ADirectoryForEverybodyIsNotTrusted) {
  write("site/.regvault.yml", "creation_rules:\n  - path: '**'\n    vault_id: a\n");
  chmod(path("site").c_str(), 0777);
  EXPECT_EQ(label_for("site/vars.yml"), "-");
  EXPECT_EQ(warnings_,
            std::vector<std::string>{"others may write to \"" + path("site") + "\": its .regvault.yml is not used"});
}

TEST_F(Folders, ABrokenOneIsAnError) {
  write("site/.regvault.yml", "creation_rules: 1\n");
  CreationRules rules;
  for (int i = 0; i < 2; ++i) EXPECT_THROW((void)rules.find(path("site/vars.yml")), Error);
}

}  // namespace
}  // namespace regvault::config
