// Credential helpers, with stand-ins that keep logins in a file as docker-credential-pass keeps them in its store.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <regvault/registry/credential_helper.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <regvault/base/error.hpp>
#include <regvault/registry/login.hpp>
#include <regvault/system/file.hpp>

namespace regvault {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr std::string_view kHelper = R"sh(#!/bin/sh
store=$(dirname "$0")/kept
echo "$@" >> "$(dirname "$0")/calls"
case $1 in
  store) cat > "$store" ;;
  get) read -r server; [ -e "$store" ] || { echo 'credentials not found in native keychain'; exit 1; }; cat "$store" ;;
  erase) rm "$store" ;;
esac
)sh";
constexpr std::string_view kKept = R"({"ServerURL":"ghcr.io","Username":"octo","Secret":"right"})";
constexpr std::string_view kLeftToHelper =
    "{\n\t\"credsStore\": \"test\",\n\t\"auths\": {\n\t\t\"ghcr.io\": {}\n\t}\n}";

class CredentialHelperTest : public testing::Test {
 protected:
  CredentialHelperTest() {
    char name[] = "/tmp/regvault-helper-test-XXXXXX";
    root_ = mkdtemp(name);
    write("docker-credential-test", kHelper, 0755);
    account_ = {.user = {"octo", 1000, 1000, root_},
                .environment = [this](const std::string& variable) -> std::optional<std::string> {
                  if (variable == "PATH") return root_ + ":/usr/bin:/bin";
                  return std::nullopt;
                },
                .directory = [](const std::string&) { return Directory::own; }};
  }
  ~CredentialHelperTest() override { fs::remove_all(root_); }

  void write(const std::string& name, std::string_view text, mode_t mode = 0600) const {
    fs::create_directories(fs::path(root_ + "/" + name).parent_path());
    std::ofstream(root_ + "/" + name) << text;
    chmod((root_ + "/" + name).c_str(), mode);
  }
  std::string read(const std::string& name) const {
    return fs::exists(root_ + "/" + name) ? read_file(root_ + "/" + name) : std::string("(none)");
  }
  CredentialHelper helper() const { return {"test", account_}; }
  template <typename Do>
  Error failure(Do&& what) {
    try {
      what();
    } catch (const Error& error) {
      return error;
    }
    throw std::logic_error("nothing was thrown");
  }

  LoginRequest request(Engine engine = Engine::docker) const {
    return {.registry = {"ghcr.io", ""},
            .engines = {{engine, ""}},
            .username = "octo",
            .password = SecretBytes::copy_of("right"),
            .validate = Validate::never};
  }
  EntryChange in(const LoginRequest& request) { return log_in(request, account_, warn_).at(0); }
  EntryChange out(const LoginRequest& request) { return log_out(request, account_, warn_).at(0); }

  std::string root_;
  Account account_;
  std::vector<std::string> warnings_;
  WarningSink warn_ = [this](std::string_view text) { warnings_.emplace_back(text); };
};

TEST_F(CredentialHelperTest, StoresGetsErases) {
  EXPECT_FALSE(helper().get("ghcr.io"));
  helper().store("ghcr.io", "octo", "ri\"ght");
  EXPECT_EQ(read("kept"), R"({"ServerURL":"ghcr.io","Username":"octo","Secret":"ri\"ght"})");
  std::optional<HelperLogin> kept = helper().get("ghcr.io");
  ASSERT_TRUE(kept);
  EXPECT_TRUE(kept->is("octo", "ri\"ght"));
  EXPECT_FALSE(kept->is("octo", "other"));
  helper().erase("ghcr.io");
  EXPECT_FALSE(helper().get("ghcr.io"));
  EXPECT_THAT(read("calls"), HasSubstr("get\nstore\nget\n")) << "the verb is the only argument";
}

TEST_F(CredentialHelperTest, FailuresNameTheHelper) {
  fs::remove(root_ + "/docker-credential-test");
  Error missing = failure([&] { helper().get("ghcr.io"); });
  EXPECT_EQ(missing.message, "the credential helper \"docker-credential-test\" is not installed");
  EXPECT_EQ(missing.reason, "credential-helper");

  write("docker-credential-test", "#!/bin/sh\nread all; echo \"no key for $all\"; exit 1\n", 0755);
  Error refuses = failure([&] { helper().store("ghcr.io", "octo", "s3cret"); });
  EXPECT_EQ(refuses.message,
            "the credential helper \"docker-credential-test\" failed to store the login (exit code 1): no key for "
            "{\"ServerURL\":\"ghcr.io\",\"Username\":\"octo\",\"Secret\":\"********\"}");

  write("docker-credential-test", "#!/bin/sh\ncat > /dev/null\n[ \"$1\" = store ] || echo '{}'\n", 0755);
  EXPECT_EQ(
      failure([&] { helper().store("ghcr.io", "octo", "s3cret"); }).message,
      "the credential helper \"docker-credential-test\" took the login for \"ghcr.io\" and does not give it back");

  write("docker-credential-test", "#!/bin/sh\necho oops\n", 0755);
  EXPECT_EQ(failure([&] { helper().get("ghcr.io"); }).code, ErrorCode::malformed);
}

TEST_F(CredentialHelperTest, ThereIsNoTerminal) {
  write("docker-credential-test",
        "#!/bin/sh\nif true < /dev/tty; then echo a terminal; else echo none; fi 2>/dev/null; exit 1", 0755);
  EXPECT_THAT(failure([&] { helper().get("ghcr.io"); }).message, testing::EndsWith("(exit code 1): none"));
}

// ---------------------------------------------------------------------------------------------------- in log_in,
// log_out

TEST_F(CredentialHelperTest, DockersStoreGetsTheLoginAndTheFileNone) {
  write(".docker/config.json", R"({"credsStore":"test"})");
  EntryChange change = in(request());
  EXPECT_EQ(change.action, "logged in");
  EXPECT_EQ(change.helper, "docker-credential-test");
  EXPECT_EQ(read("kept"), kKept);
  EXPECT_EQ(read(".docker/config.json"), kLeftToHelper);
  EXPECT_EQ(in(request()).action, "already logged in");

  change = out(request());
  EXPECT_EQ(change.action, "logged out");
  EXPECT_EQ(change.username_before, "octo");
  EXPECT_EQ(read("kept"), "(none)");
  EXPECT_EQ(out(request()).action, "not logged in");
  EXPECT_THAT(warnings_, ElementsAre());
}

TEST_F(CredentialHelperTest, APasswordBesideAHelperIsRemoved) {
  write("kept", kKept);
  write(".docker/config.json", R"({"credsStore":"test","auths":{"ghcr.io":{"auth":"b2N0bzpyaWdodA=="}}})");
  EXPECT_EQ(in(request()).action, "logged in");
  EXPECT_EQ(read(".docker/config.json"), kLeftToHelper);
  EXPECT_EQ(in(request()).action, "already logged in");
}

TEST_F(CredentialHelperTest, ARefusalLeavesTheFileAsItWas) {
  write("docker-credential-test",
        "#!/bin/sh\n[ \"$1\" = get ] && echo 'credentials not found in native keychain'; exit 1\n", 0755);
  write(".docker/config.json", R"({"credsStore":"test"})");
  EXPECT_THAT(failure([&] { in(request()); }).message, HasSubstr("\"docker-credential-test\" failed to store"));
  EXPECT_EQ(read(".docker/config.json"), R"({"credsStore":"test"})");
}

TEST_F(CredentialHelperTest, CheckModeOnlyAsks) {
  write(".docker/config.json", R"({"credHelpers":{"ghcr.io":"test"}})");
  LoginRequest check = request();
  check.check_only = true;
  EXPECT_EQ(in(check).action, "would log in");
  EXPECT_EQ(read("calls"), "get\n");
  EXPECT_EQ(read("kept"), "(none)");
}

TEST_F(CredentialHelperTest, PodmanKnowsHelpersOfOneRegistry) {
  write(".config/containers/auth.json", R"({"credHelpers":{"ghcr.io":"test"}})");
  EntryChange change = in(request(Engine::podman));
  EXPECT_EQ(change.action, "logged in");
  EXPECT_EQ(read("kept"), kKept);
  EXPECT_EQ(read(".config/containers/auth.json"), R"({"credHelpers":{"ghcr.io":"test"}})");
  EXPECT_EQ(in(request(Engine::podman)).action, "already logged in");

  LoginRequest part = request(Engine::podman);
  part.registry.path = "octo";
  EXPECT_EQ(in(part).action, "already logged in") << "podman asks the helper of the registry first";
  part.password = SecretBytes::copy_of("another");
  EXPECT_THAT(failure([&] { in(part); }).message,
              HasSubstr("podman keeps no login for a part of a registry in a credential helper"));

  LoginRequest alone = request(Engine::none);
  alone.keeping.auth_file = root_ + "/.config/containers/auth.json";
  EXPECT_THAT(failure([&] { in(alone); }).message, HasSubstr("names the credential helper \"test\" for ghcr.io"));
}

TEST_F(CredentialHelperTest, AStaleLoginInAnEarlierHelperIsErased) {
  write("kept", R"({"ServerURL":"ghcr.io","Username":"octo","Secret":"old"})");
  account_.environment = [before = account_.environment, this](const std::string& name) {
    return name == "XDG_RUNTIME_DIR" ? std::optional(root_ + "/run") : before(name);
  };
  write("run/containers/auth.json", R"({"credHelpers":{"ghcr.io":"test"}})");
  EXPECT_EQ(in(request(Engine::podman)).action, "logged in");
  EXPECT_EQ(read("kept"), "(none)");
  EXPECT_THAT(read(".config/containers/auth.json"), HasSubstr("b2N0bzpyaWdodA=="));
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("is read first; it is removed")));
}

}  // namespace
}  // namespace regvault
