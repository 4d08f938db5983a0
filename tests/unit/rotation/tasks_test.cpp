#include <regvault/rotation/tasks.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regvault/config/rules_file.hpp>

namespace regvault::rotation {
namespace {

std::vector<std::string> names_of(const std::string& steps) {
  const config::RulesFile rules =
      config::parse_rules("rotations:\n  - {path: x, key: a, steps: [" + steps + "]}\n", "rules");
  std::vector<std::string> names;
  for (const Task& task : tasks_of(rules.rotations.at(0))) names.push_back(task.name);
  return names;
}

TEST(Tasks, OneForEachObjectAndPlace) {
  EXPECT_THAT(names_of("playbook: [a.yml, b.yml], pull_secret: ghcr"),
              testing::ElementsAre("playbook a.yml", "playbook b.yml", "pull secret ghcr"));
}

TEST(Tasks, AreNamedForPeople) {
  EXPECT_THAT(
      names_of("{pull_secret: [ghcr, quay], namespaces: [argowf, prod]}, "
               "{actions_secret: PAT, repos: acme/app, organization: acme}, check: ghcr.io/acme/app, revoke: old"),
      testing::ElementsAre("pull secret ghcr in argowf", "pull secret ghcr in prod", "pull secret quay in argowf",
                           "pull secret quay in prod", "Actions secret PAT of acme/app", "Actions secret PAT of acme",
                           "pull of ghcr.io/acme/app", "revocation of the token that was old"));
}

TEST(Tasks, TheSameTwiceIsOne) {
  EXPECT_THAT(names_of("check: [i, i], check: i"), testing::ElementsAre("pull of i"));
}

TEST(Tasks, AnActionsSecretBelongsToSomebody) {
  EXPECT_THROW(names_of("actions_secret: PAT"), Error);
}

}  // namespace
}  // namespace regvault::rotation
