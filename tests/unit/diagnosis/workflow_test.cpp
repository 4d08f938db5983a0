#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <regvault/diagnosis/workflow.hpp>

#include <fstream>
#include <sstream>

#include <regvault/base/error.hpp>

namespace regvault::diagnosis {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// "CAUSE LINE: EVIDENCE" of all but the notes; `all`: of those, too.
std::vector<std::string> found(const std::string& workflow, const WorkflowSurroundings& around = {}, bool all = false) {
  std::vector<std::string> out;
  for (const Finding& finding : examine_workflow(workflow, "ci.yml", around)) {
    EXPECT_NE(find_cause(finding.cause), nullptr) << finding.cause;
    if (finding.weight == Finding::Weight::note && !all) continue;
    out.push_back(std::string(finding.cause) + " " + finding.where.substr(7) + ": " + finding.evidence);
  }
  return out;
}

/// Lines 1 to 3, then the job's own lines from 4 on, then its steps.
std::string workflow(const std::string& top, const std::string& job, const std::string& steps) {
  return "on: push\n" + top + "\njobs:\n  image:\n    runs-on: ubuntu-latest\n" + job + "\n    steps:\n" + steps;
}

const std::string kLogin =
    "    - uses: docker/login-action@v3\n      with: {registry: ghcr.io, username: '${{ github.actor }}', password: "
    "'${{ secrets.GITHUB_TOKEN }}'}\n";
const std::string kPush =
    "    - uses: docker/build-push-action@v6\n      with: {push: true, tags: 'ghcr.io/octo/app:1', labels: "
    "'org.opencontainers.image.source=https://github.com/octo/app'}\n";
const std::string kWrite = "    permissions: {contents: read, packages: write}";
const WorkflowSurroundings kOcto{.repository = "octo/app"};

TEST(Workflow, Good) {
  EXPECT_THAT(found(workflow("", kWrite, kLogin + kPush), kOcto, true), IsEmpty());
  EXPECT_THAT(found(workflow("permissions: write-all", "", kLogin + kPush), kOcto, true), IsEmpty());
  EXPECT_THAT(found(workflow("permissions:\n  packages: write", "", kLogin + kPush), kOcto, true), IsEmpty());
  EXPECT_THAT(found(workflow("", "", kLogin + kPush), {.repository = "octo/app", .token_may_write = true}, true),
              IsEmpty());
  EXPECT_THAT(found(R"(
on:
  push: {branches: [main]}
  pull_request:
env:
  REGISTRY: ghcr.io
  IMAGE_NAME: ${{ github.repository }}
jobs:
  build-and-push-image:
    runs-on: ubuntu-latest
    permissions:
      contents: read
      packages: write
      attestations: write
      id-token: write
    steps:
      - uses: actions/checkout@v4
      - name: Log in to the Container registry
        uses: docker/login-action@65b78e6e13532edd9afa3aa52ac7964289d1a9c1
        with:
          registry: ${{ env.REGISTRY }}
          username: ${{ github.actor }}
          password: ${{ secrets.GITHUB_TOKEN }}
      - name: Extract metadata (tags, labels) for Docker
        id: meta
        uses: docker/metadata-action@9ec57ed1fcdbf14dcef7dfbe97b2010124a938b7
        with:
          images: ${{ env.REGISTRY }}/${{ env.IMAGE_NAME }}
      - name: Build and push Docker image
        uses: docker/build-push-action@f2a1d5e99d037542a71f64918e516c093c6f3fc4
        with:
          context: .
          push: ${{ github.event_name != 'pull_request' }}
          tags: ${{ steps.meta.outputs.tags }}
          labels: ${{ steps.meta.outputs.labels }}
)",
                    {.repository = "Octo/App"}, true),
              IsEmpty())
      << "GitHub's own example; docker/metadata-action makes names lower case";
  EXPECT_THAT(found(workflow("", kWrite, R"(    - run: |
        echo "${{ secrets.GITHUB_TOKEN }}" | docker login ghcr.io -u ${{ github.actor }} --password-stdin
        docker build . -t app --label org.opencontainers.image.source=https://github.com/octo/app
        docker tag app ghcr.io/octo/app:1 && docker push ghcr.io/octo/app:1
)"),
                    kOcto, true),
              IsEmpty());
  EXPECT_THAT(found("on: push\njobs: {test: {runs-on: ubuntu-latest, steps: [{run: make}]}}\n", {}, true), IsEmpty());
}

TEST(Workflow, Permissions) {
  const std::string none = "workflow-permissions 2: the permissions say nothing of packages, which means none";
  EXPECT_THAT(found(workflow("permissions: {contents: read}", "", kLogin + kPush), kOcto), ElementsAre(none));
  EXPECT_THAT(found(workflow("permissions: {}", "", kLogin + kPush), kOcto), ElementsAre(none));
  EXPECT_THAT(found(workflow("permissions: read-all", "", kLogin + kPush), kOcto),
              ElementsAre("workflow-permissions 2: the permissions give packages: read"));
  EXPECT_THAT(
      found(workflow("permissions: {packages: write}", "    permissions: {contents: read}", kLogin + kPush), kOcto),
      ElementsAre("workflow-permissions 6: the job's permissions replace the workflow's, and do not give packages: "
                  "write"));
  EXPECT_THAT(found(workflow("", "", kLogin + kPush), kOcto),
              ElementsAre("workflow-permissions 10: there are no permissions, so the repository's default counts "
                          "(https://github.com/octo/app/settings/actions)"));
  EXPECT_THAT(
      found(workflow("", "", kLogin + kPush), {.repository = "octo/app", .token_may_write = false}),
      ElementsAre("workflow-permissions 10: there are no permissions, and the repository's default is read-only"));
  std::string own = kLogin;
  own.replace(own.find("GITHUB_TOKEN"), 12, "CR_PAT");
  EXPECT_THAT(found(workflow("permissions: {}", "", own + kPush), kOcto), IsEmpty()) << "they are GITHUB_TOKEN's";
  EXPECT_THAT(found(workflow("permissions: {}", "", own + kPush), kOcto, true),
              ElementsAre("token-kind 8: the password is a secret of its own, not GITHUB_TOKEN"));
}

TEST(Workflow, Logins) {
  EXPECT_THAT(found(workflow("", kWrite, kPush), kOcto),
              ElementsAre("no-login-step 8: job \"image\" pushes to ghcr.io and has no login"));
  EXPECT_THAT(found(workflow("", kWrite, kPush + kLogin), kOcto),
              ElementsAre("no-login-step 8: the login to ghcr.io (line 10) comes after the push"));
  std::string hub = kLogin;
  hub.erase(hub.find("registry: ghcr.io, "), 19);
  EXPECT_THAT(found(workflow("", kWrite, hub + kPush), kOcto),
              ElementsAre("other-registry 10: the push goes to ghcr.io, the login (line 8) to docker.io"));
  std::string to_hub = kPush;
  to_hub.erase(to_hub.find("ghcr.io/"), 8);
  EXPECT_THAT(found(workflow("", kWrite, kLogin + to_hub), kOcto),
              ElementsAre("other-registry 10: the push goes to docker.io, the login (line 8) to ghcr.io"));
  EXPECT_THAT(found(workflow("", kWrite, kLogin + hub + kPush + to_hub), kOcto), IsEmpty()) << "one for each";
  std::string clear = kLogin;
  clear.replace(clear.find("'${{ secrets"), 29, "hunter2");
  EXPECT_THAT(found(workflow("", kWrite, clear + kPush), kOcto),
              ElementsAre("secret-in-clear 8: the password of the login is written out"));
  EXPECT_THAT(
      found(workflow("", kWrite, "    - uses: docker/login-action@v3\n      with: {registry: ghcr.io}\n" + kPush),
            kOcto),
      ElementsAre("no-password 8: the login has no password", "no-password 8: the login has no user name"));
}

TEST(Workflow, LoginsOfScripts) {
  auto script = [](const std::string& lines) { return workflow("", kWrite, "    - run: |\n" + lines); };
  EXPECT_THAT(found(script("        docker push ghcr.io/octo/app\n"), kOcto),
              ElementsAre("no-login-step 8: job \"image\" pushes to ghcr.io and has no login"));
  EXPECT_THAT(
      found(script("        echo $T | docker login -u octo --password-stdin\n        docker push ghcr.io/octo/app\n"),
            kOcto),
      ElementsAre("other-registry 8: the push goes to ghcr.io, the login (line 8) to docker.io"));
  EXPECT_THAT(found(script("        regvault login --engine docker --from vars.yml:pat -u octo ghcr.io\n"
                           "        docker push ghcr.io/octo/app\n")),
              IsEmpty());
  EXPECT_THAT(found(script("        echo $T | podman login -u octo --password-stdin ghcr.io\n"
                           "        skopeo copy oci:app docker://ghcr.io/octo/app\n"),
                    kOcto),
              IsEmpty());
  EXPECT_THAT(found(script("        # docker push ghcr.io/octo/app\n"), kOcto), IsEmpty());
  EXPECT_THAT(found(workflow("env: {T: '${{ secrets.GITHUB_TOKEN }}', R: ghcr.io}", "    permissions: {}",
                             "    - run: |\n        echo \"$T\" | docker login \"$R\" -u x --password-stdin\n"
                             "        docker buildx build . --push \\\n          --tag ${R}/octo/app\n"),
                    kOcto),
              ElementsAre("workflow-permissions 6: the permissions say nothing of packages, which means none"));
}

TEST(Workflow, Images) {
  auto with_image = [](const std::string& image) {
    std::string push = kPush;
    push.replace(push.find("ghcr.io/octo/app:1"), 18, image);
    return workflow("", kWrite, kLogin + push);
  };
  EXPECT_THAT(found(with_image("ghcr.io/Octo/app:1"), kOcto),
              ElementsAre("bad-reference 10: \"ghcr.io/Octo/app\" has capital letters"));
  EXPECT_THAT(found(with_image("ghcr.io/octo/app:Release-1"), kOcto), IsEmpty()) << "tags may";
  EXPECT_THAT(
      found(with_image("ghcr.io/${{ github.repository }}:${{ github.sha }}")),
      ElementsAre("bad-reference 10: \"ghcr.io/${{ github.repository }}\" has capital letters when the owner's or "
                  "repository's name has"));
  EXPECT_THAT(found(with_image("ghcr.io/${{ github.repository }}:1"), {.repository = "Octo/app"}),
              ElementsAre("bad-reference 10: \"ghcr.io/${{ github.repository }}\" becomes a name with capital letters: "
                          "Octo/app"));
  EXPECT_THAT(found(with_image("ghcr.io/${{ github.repository }}:1"), kOcto), IsEmpty());
  EXPECT_THAT(found(with_image("ghcr.io/${GITHUB_REPOSITORY,,}:1"), {.repository = "Octo/app"}), IsEmpty());
  EXPECT_THAT(found(with_image("ghcr.io/app:1"), kOcto),
              ElementsAre("wrong-namespace 10: \"ghcr.io/app\" names no owner"));
  EXPECT_THAT(found(with_image("ghcr.io/acme/app:1"), kOcto),
              ElementsAre("foreign-workflow-token 10: the image is acme's, GITHUB_TOKEN is for the packages of octo"));
}

TEST(Workflow, PullRequests) {
  std::string text = workflow("", kWrite, kLogin + kPush);
  text.replace(0, 8, "on: [push, pull_request]");
  EXPECT_THAT(found(text, kOcto),
              ElementsAre("fork-pull-request 10: it pushes for pull requests, too; those from forks will fail"));
  text.replace(text.find("push: true"), 10, "push: \"${{ github.event_name != 'pull_request' }}\"");
  EXPECT_THAT(found(text, kOcto), IsEmpty());
}

TEST(Workflow, Notes) {
  std::string push = kPush;
  push.erase(push.find(", labels"), push.rfind('}') - push.find(", labels"));
  EXPECT_THAT(found(workflow("", kWrite, kLogin + push), kOcto, true),
              ElementsAre("no-source-label 10: no label org.opencontainers.image.source is given here"));
  EXPECT_THAT(
      found("on: push\njobs:\n  call:\n    uses: acme/ci/.github/workflows/build.yml@v1\n", kOcto, true),
      ElementsAre(
          "workflow-permissions 3: the called workflow acme/ci/.github/workflows/build.yml@v1 gets no more than "
          "this job's permissions, and they lack packages: write",
          "no-password 3: the called workflow acme/ci/.github/workflows/build.yml@v1 gets no secrets but "
          "GITHUB_TOKEN and those passed to it"));
  EXPECT_THAT(found(workflow("", "", kLogin + kPush).replace(0, 8, "on: workflow_call"), kOcto, true), IsEmpty())
      << "the caller's permissions count";
}

TEST(Workflow, VariablesWithoutEnd) {
  std::string many;
  for (int i = 0; i < 1500; ++i) many += "$A";
  std::vector<std::string> said =
      found("env:\n  A: '" + many + "'\njobs:\n  a: {steps: [{uses: docker/login-action@v3, with: {password: $A}}]}\n");
  EXPECT_THAT(said, ElementsAre("no-password 4: the login has no user name"));
}

TEST(Workflow, StepsWithoutEnd) {
  std::string lines, jobs;
  for (int i = 0; i < 500; ++i) lines += "      - run: docker push ghcr.io/a/b\n";
  for (int i = 0; i < 500; ++i) jobs += "  j" + std::to_string(i) + ": {steps: *s}\n";
  EXPECT_THROW(examine_workflow("jobs:\n  a:\n    steps: &s\n" + lines + jobs, "ci.yml", {}), Error);
  std::string logins;
  for (int i = 0; i < 9000; ++i) logins += "          docker login\n";
  EXPECT_THROW(examine_workflow("jobs:\n  a:\n    steps:\n      - run: |\n" + logins, "ci.yml", {}), Error);
}

TEST(Workflow, NoWorkflow) {
  for (const char* text : {"", "a: 1\n", "[]\n", "jobs: []\n"}) {
    EXPECT_THROW(examine_workflow(text, "ci.yml", {}), Error) << text;
  }
  EXPECT_THROW(examine_workflow("a: [", "ci.yml", {}), Error);
  EXPECT_THAT(found("jobs:\n  a:\n  b: {steps: [x, {run: [1]}, {uses: docker/login-action@v3}]}\n").size(), 2u);
}

}  // namespace
}  // namespace regvault::diagnosis
