/// The test pod, and what is read out of the API's answers about it.
#include <regvault/kubernetes/pull_test.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regvault/base/error.hpp>

namespace regvault::kubernetes {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Verdict = PullResult::Verdict;

constexpr const char* kNoEvents = R"({"items":[]})";

std::string pod_with(const std::string& state, const std::string& more = "") {
  return R"({"spec":{"nodeName":"gpu-01"},"status":{"containerStatuses":[{"imageID":"x@sha256:1","state":)" + state +
         more + "}]}}";
}

TEST(PullTest, PodManifest) {
  const std::string yaml = pod_manifest({.image = "ghcr.io/acme/app:1", .secrets = {"on"}, .name_space = "argowf"});
  for (const char* part :
       {"  name: regvault-pull-test-", "  namespace: argowf\n", "  - name: \"on\"\n", "    image: ghcr.io/acme/app:1\n",
        "    imagePullPolicy: Always\n", "  restartPolicy: Never\n", "    command: [\"true\"]\n", "      limits:\n"}) {
    EXPECT_THAT(yaml, HasSubstr(part));
  }
  EXPECT_THAT(pod_manifest({.image = "x", .command = {"sh", "-c", "echo: [a, b]"}}),
              HasSubstr("    command: [sh, \"-c\", \"echo: [a, b]\"]\n"));
  EXPECT_NE(unique_pod_name(), unique_pod_name());
  for (const char* image : {"", "a b", "a\nb"}) EXPECT_THROW(pod_manifest({.image = image}), Error) << image;
}

TEST(PullTest, Judged) {
  EXPECT_EQ(judged(R"({"status":{}})", kNoEvents).verdict, Verdict::undecided);
  EXPECT_EQ(judged(pod_with(R"({"waiting":{"reason":"ContainerCreating"}})"), kNoEvents).verdict, Verdict::undecided);
  EXPECT_EQ(judged(pod_with(R"({"running":{}})"), kNoEvents).verdict, Verdict::pulled);
  EXPECT_EQ(judged(pod_with(R"({"terminated":{"exitCode":1}})"), kNoEvents).verdict, Verdict::pulled);
  EXPECT_EQ(judged(pod_with(R"({"waiting":{"reason":"RunContainerError"}})"), kNoEvents).verdict, Verdict::pulled);
  EXPECT_EQ(judged(R"({"status":{}})", R"({"items":[{"reason":"Pulled"}]})").verdict, Verdict::pulled);

  const PullResult failed =
      judged(pod_with(R"({"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling"}})"),
             R"({"items":[{"reason":"Failed","type":"Warning","message":"denied: denied"},
                          {"reason":"Failed","type":"Warning","message":"denied: denied"},
                          {"reason":"Scheduled","type":"Normal","message":"to gpu-01"}]})");
  EXPECT_EQ(failed.verdict, Verdict::failed);
  EXPECT_EQ(failed.node, "gpu-01");
  EXPECT_THAT(failed.messages, ElementsAre("denied: denied", "Back-off pulling"));
}

TEST(PullTest, APodThatIsNotScheduledSaysWhy) {
  const PullResult result = judged(
      R"({"status":{"conditions":[{"type":"PodScheduled","status":"False","message":"0/3 nodes are available"}]}})",
      kNoEvents);
  EXPECT_EQ(result.verdict, Verdict::undecided);
  EXPECT_THAT(result.messages, ElementsAre("0/3 nodes are available"));
}

}  // namespace
}  // namespace regvault::kubernetes
