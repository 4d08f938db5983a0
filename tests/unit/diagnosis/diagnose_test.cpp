#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <regvault/diagnosis/diagnose.hpp>

namespace regvault::diagnosis {
namespace {

using access::Outcome;
using testing::ElementsAre;
using Weight = Finding::Weight;

/// "CAUSE" of a fault, "CAUSE?" of a warning, "(CAUSE)" of a note.
std::vector<std::string> shown(const std::vector<Finding>& findings) {
  std::vector<std::string> out;
  for (const Finding& finding : findings) {
    std::string cause(finding.cause);
    out.push_back(finding.weight == Weight::fault     ? cause
                  : finding.weight == Weight::warning ? cause + "?"
                                                      : "(" + cause + ")");
  }
  return out;
}

access::Finding step(std::string name, Outcome outcome, std::string cause = {}, std::string detail = {}) {
  return {.step = std::move(name),
          .subject = "ghcr.io/octo/app:1",
          .outcome = outcome,
          .detail = std::move(detail),
          .cause = std::move(cause)};
}

struct Case {
  std::string_view text;  ///< a cause; empty: no text
  std::vector<access::Finding> steps;
  bool with_credentials;
};

std::vector<Finding> decided(const Case& given) {
  access::CheckResult result{.findings = given.steps};
  Evidence evidence{.checked = &result, .with_credentials = given.with_credentials};
  if (!given.text.empty()) evidence.by_text = {{given.text, Weight::fault, "line 1", "text", ""}};
  return put_together(std::move(evidence));
}

TEST(PutTogether, TheRegistryKnowsBetter) {
  EXPECT_THAT(shown(decided({"credentials-refused", {step("pull", Outcome::failed, "manifest-unknown")}, true})),
              ElementsAre("manifest-unknown", "(credentials-refused)"));
  EXPECT_THAT(shown(decided({"", {step("pull", Outcome::failed, "no-package-read")}, true})),
              ElementsAre("no-package-read"));
  EXPECT_THAT(shown(decided({"denied-or-missing", {step("anonymous", Outcome::failed, "no-credentials")}, false})),
              ElementsAre("no-credentials", "(denied-or-missing)"));
}

TEST(PutTogether, WithoutALoginItKnowsLess) {
  EXPECT_THAT(shown(decided({"missing-scope", {step("anonymous", Outcome::failed, "no-credentials")}, false})),
              ElementsAre("missing-scope", "(no-credentials)"));
  EXPECT_THAT(shown(decided({"missing-scope", {step("registry", Outcome::failed, "unreachable")}, false})),
              ElementsAre("unreachable", "(missing-scope)"));
}

TEST(PutTogether, APublicImage) {
  const access::Finding open = step("anonymous", Outcome::ok, "", std::string(access::kAnybodyCanPull));
  std::vector<Finding> found = decided({"denied-or-missing", {open}, false});
  EXPECT_THAT(shown(found), ElementsAre("credentials-refused"));
  EXPECT_NE(found[0].advice().find("the image is public"), std::string_view::npos);
  found = decided({"", {open, step("credentials", Outcome::failed, "credentials-refused")}, true});
  EXPECT_NE(found[0].advice().find("the image is public"), std::string_view::npos);
}

TEST(PutTogether, NowItWorks) {
  EXPECT_THAT(shown(decided({"no-package-read", {step("pull", Outcome::ok)}, true})),
              ElementsAre("no-package-read", "(no-package-read)"));
  EXPECT_TRUE(decided({"", {step("pull", Outcome::ok)}, true}).empty());
}

TEST(PutTogether, OtherSteps) {
  EXPECT_THAT(shown(decided({"",
                             {step("account", Outcome::warning), step("package", Outcome::warning, "name-unknown"),
                              step("pull", Outcome::skipped)},
                             true})),
              ElementsAre("token-expires?", "(name-unknown)"));
  EXPECT_THAT(shown(decided({"", {step("registry", Outcome::failed, "certificates")}, true})),
              ElementsAre("not-asked"));
}

TEST(PutTogether, FilesExplainRefusals) {
  auto with_file = [](std::string_view text, std::string_view file, Weight weight) {
    Evidence evidence;
    evidence.by_text = {{text, Weight::fault, "line 1", "text", ""}};
    evidence.by_files = {{file, weight, "file", "entry", ""}};
    return shown(put_together(std::move(evidence)));
  };
  EXPECT_THAT(with_file("credentials-refused", "newline-in-auth", Weight::fault),
              ElementsAre("newline-in-auth", "(credentials-refused)"));
  EXPECT_THAT(with_file("bad-reference", "newline-in-auth", Weight::fault),
              ElementsAre("bad-reference", "newline-in-auth"));
  EXPECT_THAT(with_file("credentials-refused", "auth-file-exposed", Weight::warning),
              ElementsAre("credentials-refused", "auth-file-exposed?"));
}

TEST(RegistryDecides, NotWhatIsHere) {
  auto decides = [](std::string_view cause) { return registry_decides({{cause, Weight::fault, "", "", ""}}); };
  EXPECT_TRUE(registry_decides({}));
  for (const char* cause :
       {"credentials-refused", "no-credentials", "denied-or-missing", "image-pull", "unreachable"}) {
    EXPECT_TRUE(decides(cause)) << cause;
  }
  for (const char* cause : {"helper-missing", "bad-reference", "pull-secret-missing", "workflow-permissions"}) {
    EXPECT_FALSE(decides(cause)) << cause;
  }
}

}  // namespace
}  // namespace regvault::diagnosis
