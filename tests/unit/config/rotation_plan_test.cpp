#include <regvault/config/rotation_plan.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <regvault/config/rules_file.hpp>

namespace regvault::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kRules =
    "creation_rules:\n"
    "  - {path: \"**\", vault_id: prod}\n"
    "rotations:\n"
    "  - path: [inventory.yml, inventories/prod]\n"
    "    key: all.vars.*.ghcr_pat\n"
    "    username: octocat\n"
    "    steps:\n"
    "      - playbook: site.yml\n"
    "        inventory: [inventory.yml, more.yml]\n"
    "      - {pull_secret: ghcr, namespaces: [argowf, prod], context: prod}\n"
    "      - check: [ghcr.io/acme/app, ghcr.io/acme/job:1]\n"
    "      - revoke: old\n"
    "  - {path: vars.yml, key: quay_token, registry: quay.io, steps: [{actions_secret: QUAY, repos: acme/app}]}\n";

class RotationPlans : public testing::Test {
 protected:
  RotationPlans() {
    std::string pattern = testing::TempDir() + "regvault-config-XXXXXX";
    directory_ = std::filesystem::canonical(mkdtemp(pattern.data()));
    std::ofstream(directory_ + "/.regvault.yml") << kRules;
  }
  ~RotationPlans() override { std::filesystem::remove_all(directory_); }

  std::optional<RotationPlan> plan(const std::string& file, const char* key) const {
    return rotation_plan(directory_ + "/" + file, yaml::parse_path(key), {});
  }

  std::string directory_;
};

TEST_F(RotationPlans, TheFirstWhosePathAndKeyMatch) {
  std::optional<RotationPlan> found = plan("inventory.yml", "all.vars.iaas_console.ghcr_pat");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->registry, "ghcr.io");
  EXPECT_EQ(found->username, "octocat");
  EXPECT_EQ(found->directory, directory_);
  ASSERT_EQ(found->steps.size(), 4U);
  EXPECT_EQ(found->steps[0].kind, "playbook");
  EXPECT_THAT(found->steps[0].objects, ElementsAre("site.yml"));
  EXPECT_THAT(found->steps[0].setting("inventory"), ElementsAre("inventory.yml", "more.yml"));
  EXPECT_THAT(found->steps[0].setting("limit"), IsEmpty());
  EXPECT_THAT(found->steps[1].setting("namespaces"), ElementsAre("argowf", "prod"));
  EXPECT_THAT(found->steps[2].objects, ElementsAre("ghcr.io/acme/app", "ghcr.io/acme/job:1"));
  EXPECT_EQ(found->steps[3].kind, "revoke");

  EXPECT_EQ(plan("vars.yml", "quay_token")->registry, "quay.io");
  EXPECT_FALSE(plan("inventory.yml", "all.vars.ghcr_pat"));
  EXPECT_FALSE(plan("vars.yml", "all.vars.a.ghcr_pat"));
}

struct Mistake {
  const char* rotation;
  const char* message;
  std::size_t line;
};

TEST(Rotations, WhatIsWrongIsSaidWithItsLine) {
  const Mistake mistakes[] = {
      {"x", "a mapping is expected", 2},
      {"{key: a, steps: [revoke: old]}", "the rotation has no path", 2},
      {"{path: x, steps: [revoke: old]}", "the rotation has no key", 2},
      {"{path: x, key: a}", "the rotation has no steps", 2},
      {"{path: x, key: a, steps: {revoke: old}}", "steps is a list", 2},
      {"path: x\n    key: a\n    steps:\n      - revoke: new", "what is revoked is the old token", 5},
      {"path: x\n    key: a\n    steps:\n      - playbok: site.yml", "no step is called that", 5},
      {"path: x\n    key: a\n    steps:\n      - check: i\n        namespace: x", "there is no setting \"namespace\"",
       6},
      {"{path: x, key: a, steps: [check: {}]}", "check is a text", 2},
  };
  for (const Mistake& mistake : mistakes) {
    SCOPED_TRACE(mistake.rotation);
    try {
      (void)parse_rules("rotations:\n  - " + std::string(mistake.rotation) + "\n", "rules");
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_EQ(error.message, mistake.message);
      EXPECT_EQ(error.where.line, mistake.line);
    }
  }
}

}  // namespace
}  // namespace regvault::config
