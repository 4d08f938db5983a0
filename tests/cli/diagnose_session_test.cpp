/// The verb diagnose, run in-process and without a network: texts, stored logins, workflows.
#include "sessions.hpp"

#include <gmock/gmock.h>

namespace regvault::tools {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kDenied =
    "1: Pulling from octo/app\n"
    "Error response from daemon: Head \"https://ghcr.io/v2/octo/app/manifests/1\": denied: denied\n";

class Diagnose : public Sessions {
 protected:
  Diagnose() { std::filesystem::create_directories(path(".docker")); }
};

TEST_F(Diagnose, AText) {
  EXPECT_EQ(run({"diagnose", "--text", "-"}, kDenied), 20);
  EXPECT_EQ(
      out_,
      "the registry refused the credentials (credentials-refused)\n"
      "  line 2: Error response from daemon: Head \"https://ghcr.io/v2/octo/app/manifests/1\": denied: denied\n"
      "  fix: check the user name and the token: expired? of the right account? (ghcr.io takes classic tokens only)\n"
      "\nto ask the registry: regvault diagnose ghcr.io/octo/app:1\n");
  EXPECT_EQ(err_, "");
  write("log", kDenied);
  EXPECT_EQ(run({"diagnose", "--text", path("log")}), 20);
  EXPECT_THAT(out_, StartsWith("the registry refused the credentials (credentials-refused)\n"));
  EXPECT_EQ(run({"diagnose", "--text", "-"}, "Status: Image is up to date for ghcr.io/octo/app:1\n"), 0);
  EXPECT_EQ(out_, "nothing found\n");
}

TEST_F(Diagnose, SeveralCauses) {
  EXPECT_EQ(run({"diagnose", "--text", "-"},
                "Warning  Failed  Error: ImagePullBackOff\n"
                "Warning  FailedToRetrieveImagePullSecret  Unable to retrieve some image pull secrets (ghcr)\n"),
            20);
  EXPECT_THAT(out_, StartsWith("the pull secret is not in the pod's namespace (pull-secret-missing)\n  line 2: "));
  EXPECT_THAT(out_, HasSubstr("\n\nnote: the kubelet cannot pull the image (image-pull)\n  line 1: "));
}

TEST_F(Diagnose, Json) {
  EXPECT_EQ(run({"diagnose", "--json", "--text", "-"}, kDenied), 20);
  EXPECT_THAT(out_, HasSubstr("\"cause\": \"credentials-refused\",\n\t\"image\": \"ghcr.io/octo/app:1\",\n"
                              "\t\"registry\": \"ghcr.io\",\n\t\"findings\": [\n"));
  EXPECT_THAT(out_, HasSubstr("\"weight\": \"fault\""));
  EXPECT_EQ(run({"diagnose", "--json", "--text", "-"}, ""), 0);
  EXPECT_EQ(out_, "{\n\t\"cause\": null,\n\t\"findings\": []\n}\n");
}

TEST_F(Diagnose, StoredLogins) {
  EXPECT_EQ(run({"diagnose", "--auth-files"}), 0);
  EXPECT_EQ(out_, "nothing found\n");
  write(".docker/config.json", R"({"auths": {"ghcr.io": {"auth": "b2N0bzpoaWRkZW4K"}}})");  // octo:hidden, a line end
  std::filesystem::permissions(path(".docker/config.json"), std::filesystem::perms::owner_read);
  EXPECT_EQ(run({"diagnose", "--auth-files"}), 20);
  EXPECT_EQ(out_, "a line end is part of the stored password (newline-in-auth)\n  " + path(".docker/config.json") +
                      ": ghcr.io: the password ends in a line end\n"
                      "  fix: log in again, which writes the entry anew: regvault login ghcr.io\n");
  EXPECT_EQ(run({"diagnose", "--auth-files", "--text", "-"}, kDenied), 20);
  EXPECT_THAT(out_, StartsWith("a line end is part of the stored password (newline-in-auth)\n"));
  EXPECT_THAT(out_, HasSubstr("\nnote: the registry refused the credentials (credentials-refused)\n"));
  EXPECT_THAT(out_, Not(HasSubstr("hidden")));
  EXPECT_EQ(run({"diagnose", "--offline", "quay.io/octo/app"}), 0) << "another registry's";
  EXPECT_EQ(run({"diagnose", "--auth-files", "--text", "-"}, "invalid reference format\n"), 20);
  EXPECT_THAT(out_, StartsWith("the image's name is not valid (bad-reference)\n")) << "has nothing to do with logins";
}

TEST_F(Diagnose, AnImage) {
  EXPECT_EQ(run({"diagnose", "--offline", "ghcr.io/octo/app:1"}), 0);
  EXPECT_EQ(run({"diagnose", "--offline", "ghcr.io/Octo/App"}), 20);
  EXPECT_THAT(out_, StartsWith("the image's name is not valid (bad-reference)\n  IMAGE: "));
  EXPECT_EQ(run({"diagnose", "--text", "-", "--offline", "quay.io/octo/app"}, kDenied), 0) << "it is about ghcr.io";
}

TEST_F(Diagnose, Workflows) {
  write("good.yml",
        "on: push\npermissions: {packages: write}\njobs:\n  image:\n    steps:\n"
        "    - run: |\n        echo ${{ secrets.GITHUB_TOKEN }} | docker login ghcr.io -u x --password-stdin\n"
        "        docker push ghcr.io/octo/app:1\n");
  EXPECT_EQ(run({"diagnose", "--workflow", path("good.yml")}), 0);
  EXPECT_EQ(out_, "nothing found\n");
  EXPECT_EQ(run({"diagnose", "--workflow", path("good.yml"), "--repo", "octo/app"}), 0);
  EXPECT_EQ(out_,
            "note: the workflow's token may not write packages (workflow-permissions)\n"
            "  octo/app: its default can be read by its admins only\n"
            "  fix: look at https://github.com/octo/app/settings/actions\n");
  EXPECT_EQ(run({"diagnose", "--workflow", path("good.yml"), "--repo", "acme/app"}), 20);
  EXPECT_THAT(out_,
              StartsWith("a workflow's token counts for its own repository's owner only (foreign-workflow-token)\n  " +
                         path("good.yml") + ":6: "));
  write("bad.yml", "on: push\njobs: {image: {steps: [{run: docker push ghcr.io/octo/app}]}}\n");
  EXPECT_EQ(run({"diagnose", "--workflow", path("good.yml"), "--workflow", path("bad.yml")}), 20);
  EXPECT_THAT(
      out_, StartsWith("the workflow pushes without a login before it (no-login-step)\n  " + path("bad.yml") + ":2: "));
}

TEST_F(Diagnose, Mistakes) {
  EXPECT_EQ(run({"diagnose"}), 2);
  EXPECT_EQ(err_,
            "regvault: error: there is nothing to look at\n"
            "regvault: hint: --text FILE (- for standard input), an IMAGE, --auth-files, --workflow FILE or --repo "
            "OWNER/REPO\n");
  EXPECT_EQ(run({"diagnose", "--repo", "app"}), 2);
  EXPECT_THAT(err_, HasSubstr("\"app\" is no repository"));
  EXPECT_EQ(run({"diagnose", "--text", path("missing")}), 7);
  EXPECT_EQ(run({"diagnose", "--workflow", path("pw")}), 5);
  EXPECT_THAT(err_, HasSubstr("is no workflow: it has no \"jobs\""));
}

TEST_F(Diagnose, ThePage) {
  EXPECT_EQ(run({"diagnose", "--markdown"}), 0);
  EXPECT_THAT(out_, StartsWith("# Troubleshooting"));
  EXPECT_THAT(out_, HasSubstr("| `denied: denied` | docker |\n"));
}

}  // namespace
}  // namespace regvault::tools
