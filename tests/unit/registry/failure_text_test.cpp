#include <gtest/gtest.h>
#include <regvault/registry/failure_text.hpp>

#include <set>
#include <string>

#include <regvault/registry/cause.hpp>

namespace regvault {
namespace {

TEST(Cause, SlugsAreUniqueAndSaid) {
  std::set<std::string_view> seen;
  for (const Cause& cause : causes()) {
    SCOPED_TRACE(cause.slug);
    EXPECT_TRUE(seen.insert(cause.slug).second);
    EXPECT_EQ(find_cause(cause.slug), &cause);
    EXPECT_EQ(cause.slug.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), cause.slug.npos);
    EXPECT_FALSE(cause.sentence.empty() || cause.tell.empty() || cause.advice.empty());
    for (std::string_view text : {cause.sentence, cause.advice}) {
      EXPECT_FALSE(text.ends_with('.')) << text;
      EXPECT_EQ(text.find('\n'), text.npos) << text;
    }
    EXPECT_FALSE(name_of(cause.decided_by).empty());
  }
  EXPECT_EQ(find_cause("no-such-cause"), nullptr);
}

/// Each row is reached: no row further up with another cause takes its text.
TEST(FailureText, EveryRowIsReached) {
  for (const FailureText& row : failure_texts()) {
    SCOPED_TRACE(row.text);
    ASSERT_NE(find_cause(row.cause), nullptr) << row.cause;
    EXPECT_FALSE(row.said_by.empty());
    std::string said = std::string(row.text) + (row.also.empty() ? "" : " (" + std::string(row.also) + ")");
    const FailureText* found = failure_in(said);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->cause, row.cause) << found->text;
  }
}

TEST(FailureText, WholeWordsAndEnds) {
  for (std::string_view near : {
           "no such hostname in table",
           "no such host key",
           "ssh: no such host-key",
           "xtoomanyrequestsx",
           "the GEOFENCE: EOFF",
           "unexpected: EOF marker in here document",
           "manifest unknownish",
           "HTTP 1401 Unauthorized",
           "Permission denied (publickey)",
           "failed to fetch oauth token: 500",
           "docker-credential-pass",
           "SAML login page",
       }) {
    EXPECT_EQ(failure_in(near), nullptr) << near;
  }
  EXPECT_NE(failure_in("lookup x: no such host\"}"), nullptr);
  EXPECT_NE(failure_in("lookup x: no such host (retrying)"), nullptr);
  EXPECT_EQ(failure_in("failed to fetch oauth token: a\n403 Forbidden")->cause, "denied-or-missing") << "another line";
}

TEST(FailureText, LinesAboutARegistry) {
  EXPECT_TRUE(is_about_a_registry("Get \"https://registry.acme.example/v2/\": dial tcp"));
  EXPECT_TRUE(is_about_a_registry("HEAD https://registry.acme.example/v2/app/manifests/1"));
  EXPECT_FALSE(is_about_a_registry("Get \"https://api.acme.example/v2/users\": connection refused"));
  EXPECT_FALSE(is_about_a_registry("postgres: login failed: connection refused"));
}

}  // namespace
}  // namespace regvault
