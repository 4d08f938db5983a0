#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <regvault/diagnosis/auth_files.hpp>

#include <filesystem>
#include <fstream>
#include <map>

#include <regvault/base/encoding.hpp>

namespace regvault::diagnosis {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kPassword = "s3cret-Pa55";

class AuthFiles : public testing::Test {
 protected:
  AuthFiles() {
    std::string pattern = "/var/tmp/regvault-diagnosis-XXXXXX";  // not /tmp: that may be in memory
    home_ = mkdtemp(pattern.data());
    for (const char* folder : {"bin", "run/containers", ".config/containers", ".docker"}) {
      std::filesystem::create_directories(home_ + "/" + folder);
    }
    account_.user = {.name = "octo", .uid = geteuid(), .gid = getegid(), .home = home_};
    account_.environment = [this](const std::string& name) -> std::optional<std::string> {
      const std::map<std::string, std::string> variables{
          {"HOME", home_}, {"PATH", home_ + "/bin:/usr/bin:/bin"}, {"XDG_RUNTIME_DIR", home_ + "/run"}};
      auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    account_.directory = [](const std::string& path) {
      return std::filesystem::is_directory(path) ? Directory::own : Directory::missing;
    };
  }
  ~AuthFiles() override { std::filesystem::remove_all(home_); }

  void write(const std::string& name, const std::string& text, mode_t mode = 0600) {
    std::ofstream(home_ + "/" + name) << text;
    chmod((home_ + "/" + name).c_str(), mode);
  }

  void helper(const std::string& name, const std::string& script) {
    write("bin/docker-credential-" + name, "#!/bin/sh\n" + script + "\n", 0700);
  }

  static std::string auths(const std::string& auth, const std::string& key = "ghcr.io") {
    return R"({"auths": {")" + key + R"(": {"auth": ")" + auth + R"("}}})";
  }

  /// "CAUSE WHERE: EVIDENCE", with ~ for the home; and no secret anywhere.
  std::vector<std::string> found(std::vector<Engine> engines = {Engine::podman, Engine::docker}) {
    std::vector<std::string> out;
    for (const Finding& finding : examine_auth_files({.engines = std::move(engines)}, account_)) {
      EXPECT_NE(find_cause(finding.cause), nullptr) << finding.cause;
      EXPECT_FALSE(finding.advice().empty());
      std::string text = std::string(finding.cause) + " " + finding.where + ": " + finding.evidence;
      EXPECT_EQ((text + finding.fix).find(kPassword), std::string::npos);
      EXPECT_EQ((text + finding.fix).find(base64_encode(kPassword).substr(0, 8)), std::string::npos);
      for (std::size_t at; (at = text.find(home_)) != text.npos;) text.replace(at, home_.size(), "~");
      out.push_back(text);
    }
    return out;
  }

  std::string home_;
  Account account_;
};

TEST_F(AuthFiles, NothingToFind) {
  EXPECT_THAT(found(), IsEmpty());
  write(".docker/config.json", auths(base64_encode("octo:" + kPassword)));
  write(".config/containers/auth.json", auths(base64_encode("octo:" + kPassword)));
  EXPECT_THAT(found(), IsEmpty());
  write(".docker/config.json", "");
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(AuthFiles, WhatIsInAuth) {
  const std::string fine = std::string("github_pat_") + std::string(40, 'a') + std::string(42, 'B');
  const struct {
    std::string auth, expected;
  } rows[] = {
      {base64_encode("octo:" + kPassword + "\n"), "newline-in-auth …: the password ends in a line end"},
      {base64_encode("octo:" + kPassword + "\r\n"), "newline-in-auth …: the password ends in a line end"},
      {base64_encode("octo:" + kPassword).insert(8, "\\n"),
       "wrapped-base64 …: there are blanks or line ends in its base64"},
      {base64_encode("octo:" + kPassword) + "\\n", "wrapped-base64 …: there are blanks or line ends in its base64"},
      {base64_encode("octo:" + kPassword).substr(0, 13),
       "wrapped-base64 …: it is not valid base64: cut off, or damaged"},
      {base64_encode("octo" + kPassword),
       "bad-auth-entry …: decoded, there is no colon between user name and password"},
      {base64_encode(":" + kPassword), "bad-auth-entry …: there is no user name before the colon"},
      {base64_encode("octo:"), "bad-auth-entry …: there is no password behind the colon"},
      {base64_encode("octo:" + std::string("ghp_") + std::string(36, 'x')),
       "mistyped-token …: the checksum at the end of the token does not fit"},
      {base64_encode("octo:" + fine), "token-kind …: it is a fine-grained token (github_pat_…)"},
  };
  for (auto [auth, expected] : rows) {
    SCOPED_TRACE(expected);
    write(".docker/config.json", auths(auth));
    expected.replace(expected.find("…:"), 3, "~/.docker/config.json: ghcr.io");
    EXPECT_THAT(found(), ElementsAre(expected));
  }
  write(".docker/config.json", auths(base64_encode("octo:" + fine), "quay.io"));
  EXPECT_THAT(found(), IsEmpty()) << "another registry may take it";
}

TEST_F(AuthFiles, OneRegistryOnly) {
  write(".docker/config.json",
        R"({"auths": {"quay.io": {"auth": "eHh4"}, "https://index.docker.io/v1/": {"auth": "eHh4"}}})");
  auto count = [&](const char* name) {
    return examine_auth_files({.engines = {Engine::docker}, .registry = parse_registry(name)}, account_).size();
  };
  EXPECT_EQ(count("ghcr.io"), 0u);
  EXPECT_EQ(count("quay.io"), 1u);
  EXPECT_EQ(count("docker.io"), 1u);
}

TEST_F(AuthFiles, EmptyEntries) {
  write(".docker/config.json", R"({"auths": {"ghcr.io": {}}})");
  EXPECT_THAT(found(),
              ElementsAre("empty-auth-entry ~/.docker/config.json: ghcr.io: the entry has no credentials, and no "
                          "helper is named for it"));
  helper("works",
         "case $1 in list) echo '{\"https://ghcr.io\":\"octo\"}';; *) echo '{\"ServerURL\":\"ghcr.io\","
         "\"Username\":\"octo\",\"Secret\":\"x\"}';; esac");
  write(".docker/config.json", R"({"auths": {"ghcr.io": {}}, "credsStore": "works"})");
  EXPECT_THAT(found({Engine::docker}), IsEmpty());
  write(".docker/config.json", R"({"auths": {"ghcr.io": {}}, "credHelpers": {"ghcr.io": "works"}})");
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(AuthFiles, Helpers) {
  write(".docker/config.json", R"({"auths": {"ghcr.io": {}}, "credsStore": "desktop"})");
  EXPECT_THAT(
      found({Engine::docker}),
      ElementsAre("helper-missing ~/.docker/config.json: credsStore: docker-credential-desktop is not on the PATH: "
                  "left behind by Docker Desktop"));
  write(".docker/config.json", R"({"credHelpers": {"ghcr.io": "none"}})");
  EXPECT_THAT(found({Engine::podman}), ElementsAre("helper-missing ~/.docker/config.json: credHelpers, ghcr.io: "
                                                   "docker-credential-none is not on the PATH"));
  write(".docker/config.json", R"({"credsStore": "none"})");
  EXPECT_THAT(found({Engine::podman}), IsEmpty()) << "podman knows no credsStore";
  helper("fails", "echo 'gpg: decryption failed'; exit 1");
  write(".docker/config.json", R"({"credHelpers": {"ghcr.io": "fails"}})");
  ASSERT_EQ(found({Engine::docker}).size(), 1u);
  EXPECT_TRUE(found({Engine::docker})[0].starts_with("helper-failed ~/.docker/config.json: ")) << found()[0];
}

TEST_F(AuthFiles, Files) {
  write(".docker/config.json", "{\"auths\": ");
  ASSERT_EQ(found().size(), 1u);
  EXPECT_TRUE(found()[0].starts_with("malformed-auth-file ~/.docker/config.json: ")) << found()[0];
  write(".docker/config.json", R"({"auths": []})");
  EXPECT_TRUE(found()[0].starts_with("malformed-auth-file ~/.docker/config.json: ")) << found()[0];
  write(".docker/config.json", auths(base64_encode("octo:" + kPassword)), 0644);
  EXPECT_THAT(found(), ElementsAre("auth-file-exposed ~/.docker/config.json: its mode is 0644"));
  std::filesystem::remove(home_ + "/.docker/config.json");
  std::filesystem::create_directory(home_ + "/.docker/config.json");
  chmod((home_ + "/.docker/config.json").c_str(), 0700);
  ASSERT_EQ(found().size(), 1u);
  EXPECT_TRUE(found()[0].starts_with("auth-file-access ~/.docker/config.json: ")) << found()[0];
}

TEST_F(AuthFiles, TwoLogins) {
  write("run/containers/auth.json", auths(base64_encode("octo:" + kPassword)));
  write(".config/containers/auth.json", auths(base64_encode("octo:" + kPassword)));
  EXPECT_THAT(found(), IsEmpty()) << "the same twice";
  write(".config/containers/auth.json", auths(base64_encode("octo:newer")));
  EXPECT_THAT(found(),
              ElementsAre("shadowed-login ~/.config/containers/auth.json: ghcr.io: podman reads another login in "
                          "~/run/containers/auth.json first"));
}

TEST_F(AuthFiles, InMemory) {
  std::string pattern = "/dev/shm/regvault-diagnosis-XXXXXX";
  std::string directory = mkdtemp(pattern.data());
  std::filesystem::remove_all(home_ + "/run/containers");
  std::filesystem::create_directory_symlink(directory, home_ + "/run/containers");
  write("run/containers/auth.json", auths(base64_encode("octo:" + kPassword)));
  EXPECT_THAT(found(), ElementsAre("login-in-memory ~/run/containers/auth.json: ghcr.io: the file is in memory"));
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace regvault::diagnosis
