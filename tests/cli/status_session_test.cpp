/// The verb status, run in-process: what is logged in where, without a password.
#include "sessions.hpp"

#include <gmock/gmock.h>

namespace regvault::tools {
namespace {

using testing::HasSubstr;
using testing::Not;

class Status : public Sessions {
 protected:
  Status() {
    variables_["XDG_RUNTIME_DIR"] = path("run");
    for (const char* folder : {"run/containers", ".config/containers", ".docker"}) {
      std::filesystem::create_directories(path(folder));
    }
  }

  /// An auth file with octo's login to ghcr.io.
  void log_in(const std::string& name) {
    write(name, R"({"auths": {"ghcr.io": {"auth": "b2N0bzpoaWRkZW4="}}})");
    std::filesystem::permissions(path(name), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
};

TEST_F(Status, NoLogin) {
  EXPECT_EQ(run({"status"}), 0);
  EXPECT_EQ(out_, "not logged in anywhere\n");
  EXPECT_EQ(run({"status", "ghcr.io"}), 20);
  EXPECT_EQ(out_, "not logged in to ghcr.io\n");
}

TEST_F(Status, TheFirstOneCounts) {
  log_in("run/containers/auth.json");
  log_in(".config/containers/auth.json");
  EXPECT_EQ(run({"status", "--engine", "podman", "https://GHCR.io"}), 0);
  EXPECT_THAT(out_, testing::MatchesRegex("ENGINE +REGISTRY +USER +WHERE +IN FORCE +LASTS\n"
                                          "podman +ghcr.io +octo +[^ ]*/run/containers/auth.json +yes +.*\n"
                                          "podman +ghcr.io +octo +[^ ]*/.config/containers/auth.json +no +.*\n\n"
                                          "FILE +READ BY +MODE +OWNER +REMARK\n"
                                          "[^ ]*/run/containers/auth.json +podman +0600 .*\n"
                                          "[^ ]*/.config/containers/auth.json +podman +0600 .*\n"));
  EXPECT_THAT(out_, Not(HasSubstr("b2N0bzpoaWRkZW4=")));
  EXPECT_EQ(run({"status", "--engine", "docker", "ghcr.io"}), 20);
}

TEST_F(Status, FilesThatNeedAttention) {
  log_in(".docker/config.json");
  EXPECT_EQ(run({"status"}), 0);
  std::filesystem::permissions(path(".docker/config.json"), std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  EXPECT_EQ(run({"status"}), 20);
  EXPECT_THAT(out_, HasSubstr("others may read or write it; repair it with chmod 600"));
  write(".docker/config.json", "{");
  EXPECT_EQ(run({"status"}), 20);
  EXPECT_THAT(out_, HasSubstr("not valid JSON"));
}

TEST_F(Status, Json) {
  log_in(".docker/config.json");
  EXPECT_EQ(run({"status", "--json", "--auth-file", path(".docker/config.json"), "--engine", "docker"}), 0);
  EXPECT_THAT(out_, HasSubstr("\"username\": \"octo\""));
  EXPECT_THAT(out_, HasSubstr("\"mode\": \"0600\""));
}

TEST_F(Status, Mistakes) {
  EXPECT_EQ(run({"status", "--engine", "pod"}), 2);
  EXPECT_THAT(err_, HasSubstr("\"pod\" is no engine"));
  EXPECT_EQ(run({"status", "http://ghcr.io"}), 2);
}

}  // namespace
}  // namespace regvault::tools
