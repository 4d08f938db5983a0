// log_in and log_out on real files, with a stand-in engine: a shell script that writes down how it was called and, for
// the password "right", stores a login as podman and docker do. The real engines: tests/ansible/login_engine_test.py.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <regvault/registry/login.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include <regvault/base/encoding.hpp>
#include <regvault/base/text.hpp>
#include <regvault/registry/engine_login.hpp>
#include <regvault/system/file.hpp>

namespace regvault {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr std::string_view kEngineScript = R"sh(#!/bin/sh
here=$(dirname "$0")
echo "$@" >> "$here/calls"
env > "$here/environment"
for argument; do
  case $argument in --authfile=*) file=${argument#--authfile=} ;; esac
  name=$argument
done
: "${file:=$DOCKER_CONFIG/config.json}"
echo "$file" > "$here/scratch"
stat -c %a "$(dirname "$file")" > "$here/scratch_mode"
password=$(cat)
[ "$password" = right ] || { echo "Error: logging into \"$name\": invalid username/password, not $password" >&2; exit 125; }
printf '{"auths":{"%s":{"auth":"b2N0bzpyaWdodA=="}}}' "$name" > "$file"
)sh";

class LoginTest : public testing::Test {
 protected:
  LoginTest() {
    char name[] = "/tmp/regvault-login-test-XXXXXX";
    root_ = mkdtemp(name);
    write("bin/engine", kEngineScript, 0755);
    account_ = {.user = {"octo", 1000, 1000, root_ + "/home"},
                .environment = [this](const std::string& variable) -> std::optional<std::string> {
                  if (variable == "XDG_RUNTIME_DIR") return root_ + "/run";
                  if (variable == "PATH") return "/usr/bin:/bin";
                  if (variable == "REGISTRY_TOKEN") return "never passed on";
                  return std::nullopt;
                },
                .directory = [this](const std::string&) { return runtime_; }};
    target_ = root_ + "/run/containers/auth.json";
    persistent_ = root_ + "/home/.config/containers/auth.json";
    docker_ = root_ + "/home/.docker/config.json";
    fs::create_directories(root_ + "/home");
  }
  ~LoginTest() override { fs::remove_all(root_); }

  void write(const std::string& path, std::string_view text, mode_t mode = 0600) const {
    std::string whole = path.starts_with('/') ? path : root_ + "/" + path;
    fs::create_directories(fs::path(whole).parent_path());
    std::ofstream(whole) << text;
    chmod(whole.c_str(), mode);
  }
  std::string read(const std::string& path) const { return fs::exists(path) ? read_file(path) : std::string("(none)"); }
  std::string noted(const std::string& name) const { return read(root_ + "/bin/" + name); }
  static mode_t mode_of(const std::string& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
  }
  static std::string entry(std::string_view both) {
    return "{\"auths\":{\"ghcr.io\":{\"auth\":\"" + base64_encode(both) + "\"}}}";
  }

  LoginRequest request(std::string_view password = "right", Engine engine = Engine::podman) const {
    return {.registry = {"ghcr.io", ""},
            .engines = {{engine, root_ + "/bin/engine"}},
            .username = "octo",
            .password = SecretBytes::copy_of(password),
            .keeping = {.persist = false}};
  }
  LoginRequest lasting(std::string_view password = "right") const {
    LoginRequest out = request(password);
    out.keeping = {};
    return out;
  }
  EntryChange in(const LoginRequest& request) { return log_in(request, account_, warn_).at(0); }
  EntryChange out(const LoginRequest& request) { return log_out(request, account_, warn_).at(0); }

  /// What log_in throws.
  template <typename Failure = Error>
  Failure failure(const LoginRequest& request) {
    try {
      in(request);
    } catch (const Failure& error) {
      return error;
    }
    throw std::logic_error("nothing was thrown");
  }

  Directory runtime_ = Directory::own;
  std::string root_, target_, persistent_, docker_;
  Account account_;
  std::vector<std::string> warnings_;
  WarningSink warn_ = [this](std::string_view text) { warnings_.emplace_back(text); };
};

const std::string kRightEntry =
    "{\n\t\"auths\": {\n\t\t\"ghcr.io\": {\n\t\t\t\"auth\": \"b2N0bzpyaWdodA==\"\n\t\t}\n\t}\n}";

TEST_F(LoginTest, LogsInOnceThenFindsItDone) {
  EntryChange first = in(request());
  EXPECT_EQ(first.action, "logged in");
  EXPECT_TRUE(first.changed);
  EXPECT_EQ(first.auth_file, target_);
  EXPECT_EQ(read(target_), kRightEntry);
  EXPECT_EQ(mode_of(target_), 0600u);
  EXPECT_EQ(mode_of(root_ + "/run/containers"), 0700u);

  EntryChange second = in(request());
  EXPECT_EQ(second.action, "already logged in");
  EXPECT_FALSE(second.changed);
  EXPECT_EQ(second.username_before, "octo");
  EXPECT_THAT(split(noted("calls"), '\n').size(), 2u) << "one call, one line end";
  EXPECT_THAT(warnings_, ElementsAre());
}

TEST_F(LoginTest, TheEngineGetsNoSecretButOnItsInput) {
  in(request());
  std::string scratch = noted("scratch");
  scratch.pop_back();
  EXPECT_EQ(noted("calls"), "login --username=octo --password-stdin --authfile=" + scratch + " ghcr.io\n");
  EXPECT_EQ(noted("scratch_mode"), "700\n");
  EXPECT_FALSE(fs::exists(fs::path(scratch).parent_path())) << "the scratch directory is left";
  EXPECT_THAT(noted("environment"), HasSubstr("HOME=" + root_ + "/home\n"));
  EXPECT_THAT(noted("environment"), HasSubstr("XDG_RUNTIME_DIR=" + root_ + "/run\n"));
  EXPECT_THAT(noted("environment"), testing::Not(HasSubstr("REGISTRY_TOKEN")));
}

TEST_F(LoginTest, PodmanOptions) {
  LoginRequest with = request();
  with.tls_verify = false;
  with.cert_dir = "/etc/pki/ghcr";
  in(with);
  EXPECT_THAT(noted("calls"), HasSubstr(" --tls-verify=false --cert-dir=/etc/pki/ghcr ghcr.io\n"));
}

TEST_F(LoginTest, DockerUsesAScratchConfiguration) {
  EntryChange change = in(request("right", Engine::docker));
  EXPECT_EQ(change.auth_file, docker_);
  EXPECT_EQ(read(docker_), kRightEntry);
  EXPECT_EQ(noted("calls"), "login --username=octo --password-stdin ghcr.io\n");
  EXPECT_THAT(noted("environment"), HasSubstr("DOCKER_CONFIG="));
}

TEST_F(LoginTest, AWrongPasswordReplacesNothing) {
  write(target_, entry("octo:right"));
  EngineFailure error = failure<EngineFailure>(request("wr0ng"));
  EXPECT_EQ(error.code, ErrorCode::refused);
  EXPECT_EQ(error.message, "podman: ghcr.io refused the credentials (invalid username/password)");
  EXPECT_EQ(error.engine_output, "Error: logging into \"ghcr.io\": invalid username/password, not ********");
  EXPECT_EQ(read(target_), entry("octo:right"));
  EXPECT_TRUE(fs::is_empty(root_ + "/home"));
}

TEST_F(LoginTest, EveryEngineIsAskedBeforeAnythingIsWritten) {
  write("bin/refusing", "#!/bin/sh\necho Get \"https://ghcr.io/v2/\": denied: denied >&2\nexit 1\n", 0755);
  LoginRequest both = request();
  both.engines.push_back({Engine::docker, root_ + "/bin/refusing"});
  EXPECT_EQ(failure(both).message, "docker: ghcr.io refused the credentials (denied)");
  EXPECT_EQ(read(target_), "(none)");
}

TEST_F(LoginTest, CheckModeAsksAndWritesNothing) {
  LoginRequest check = request();
  check.check_only = true;
  EXPECT_EQ(in(check).action, "would log in");
  EXPECT_TRUE(in(check).changed);
  check.validate = Validate::always;
  in(check);
  EXPECT_EQ(noted("calls"), "(none)");
  EXPECT_FALSE(fs::exists(root_ + "/run"));

  write(target_, entry("octo:right"));
  EXPECT_EQ(in(check).action, "already logged in");
  EXPECT_EQ(out(check).action, "would log out");
  EXPECT_EQ(read(target_), entry("octo:right"));
}

TEST_F(LoginTest, Validate) {
  LoginRequest never = request("anything");
  never.validate = Validate::never;
  never.engines[0].program.clear();
  EXPECT_EQ(in(never).action, "logged in");
  EXPECT_EQ(noted("calls"), "(none)");

  LoginRequest always = request("anything");
  always.validate = Validate::always;
  EXPECT_EQ(failure(always).code, ErrorCode::refused) << "the entry is the same, the registry says no";
  EXPECT_EQ(in(request("anything")).action, "already logged in");
}

TEST_F(LoginTest, AnyFilePodmanReadsWillDo) {
  write(docker_, entry("octo:right"));
  EntryChange change = in(request());
  EXPECT_EQ(change.action, "already logged in");
  EXPECT_EQ(change.auth_file, docker_);
}

TEST_F(LoginTest, AStaleEntryReadEarlierIsReplaced) {
  write(target_, entry("octo:old"));
  write(persistent_, entry("octo:right"));
  EntryChange change = in(request());
  EXPECT_EQ(change.action, "logged in");
  EXPECT_EQ(read(target_), kRightEntry);
  EXPECT_EQ(read(persistent_), entry("octo:right"));
}

TEST_F(LoginTest, AFileOfOnesOwnMustHaveTheEntryItself) {
  write(target_, entry("octo:right"));
  LoginRequest own = request();
  own.keeping.auth_file = root_ + "/own/auth.json";
  EXPECT_EQ(in(own).action, "logged in");
  EXPECT_EQ(read(*own.keeping.auth_file), kRightEntry);
  EXPECT_EQ(in(own).action, "already logged in");
}

TEST_F(LoginTest, WhatShadowsAFileOfOnesOwnIsRemoved) {
  write(target_, R"({"auths":{"ghcr.io":{"auth":"b2N0bzpvbGQ="},"quay.io":{}}})");
  LoginRequest own = request();
  own.keeping.auth_file = persistent_;
  EXPECT_EQ(in(own).action, "logged in");
  EXPECT_EQ(read(persistent_), kRightEntry);
  EXPECT_EQ(read(target_), "{\n\t\"auths\": {\n\t\t\"quay.io\": {}\n\t}\n}");
  EXPECT_THAT(warnings_,
              ElementsAre(in_quotes(target_) + " had another entry for ghcr.io and is read first; it is removed"));
  EXPECT_EQ(in(own).action, "already logged in");
}

TEST_F(LoginTest, MalformedFilesStayAndAreNamed) {
  for (const std::string& path : {target_, persistent_, docker_}) {
    SCOPED_TRACE(path);
    write(path, "{\"auths\": oops");
    Error error = failure(request());
    EXPECT_EQ(error.code, ErrorCode::malformed);
    EXPECT_EQ(error.where.file, path);
    EXPECT_EQ(read(path), "{\"auths\": oops");
    EXPECT_EQ(noted("calls"), "(none)");
    fs::remove(path);
  }
}

TEST_F(LoginTest, NamedPipesAreNotWaitedFor) {
  for (const std::string& path : {target_, persistent_, docker_}) {
    fs::create_directories(fs::path(path).parent_path());
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    EXPECT_EQ(failure(request()).message, "cannot read \"" + path + "\": it is a named pipe");
    EXPECT_THROW(out(request()), Error);
    fs::remove(path);
  }
}

TEST_F(LoginTest, WhereNothingCanBeWrittenNothingIsAsked) {
  fs::remove(root_ + "/home");
  write("home", "a file");
  EXPECT_EQ(failure(request("right", Engine::docker)).message,
            "cannot create \"" + docker_ + "\": \"" + root_ + "/home\": Not a directory");
  EXPECT_EQ(noted("calls"), "(none)");
}

TEST_F(LoginTest, EmptyFilesAreFilled) {
  write(target_, "");
  EXPECT_EQ(in(request()).action, "logged in");
  EXPECT_EQ(read(target_), kRightEntry);
  EXPECT_THAT(warnings_, ElementsAre(in_quotes(target_) + " was empty, which engines take for an error"));
}

TEST_F(LoginTest, ARightEntryThatOthersCanReadIsWarnedOf) {
  write(target_, entry("octo:right"), 0644);
  EXPECT_FALSE(in(request()).changed);
  EXPECT_THAT(warnings_, ElementsAre(in_quotes(target_) +
                                     " can be read or written by others; repair it with: chmod 600 " + target_));
}

TEST_F(LoginTest, ARuntimeDirectoryThatIsNotOurs) {
  runtime_ = Directory::unusable;
  EXPECT_EQ(in(request()).action, "logged in");
  EXPECT_THAT(warnings_,
              ElementsAre("XDG_RUNTIME_DIR names " + in_quotes(root_ + "/run") +
                          ", which is not a directory of octo: without that variable podman will look elsewhere"));
  runtime_ = Directory::missing;
  Error error = failure(request("other"));
  EXPECT_EQ(error.message, "XDG_RUNTIME_DIR names " + in_quotes(root_ + "/run") + ", which is not there");
  EXPECT_EQ(error.hint, "give the user a session (loginctl enable-linger octo), or name a file: auth_file");
}

TEST_F(LoginTest, SymlinksStayAndOthersLoseAccess) {
  write("elsewhere/config.json", R"({"psFormat":"x"})", 0644);
  fs::create_directories(root_ + "/home/.docker");
  fs::create_symlink(root_ + "/elsewhere/config.json", docker_);
  in(request("right", Engine::docker));
  EXPECT_TRUE(fs::is_symlink(docker_));
  std::string real = root_ + "/elsewhere/config.json";
  EXPECT_THAT(read(real), HasSubstr("{\n\t\"psFormat\": \"x\",\n\t\"auths\": {\n\t\t\"ghcr.io\": {"));
  EXPECT_EQ(mode_of(real), 0600u);
  EXPECT_THAT(warnings_, ElementsAre(in_quotes(real) + " could be read or written by others; it is 0600 now"));
}

// ------------------------------------------------------------------------------------------------- to survive a reboot

TEST_F(LoginTest, ALoginThatLasts) {
  EntryChange change = in(lasting());
  EXPECT_EQ(change.action, "logged in");
  EXPECT_EQ(change.auth_file, persistent_);
  EXPECT_EQ(read(persistent_), kRightEntry);
  EXPECT_FALSE(fs::exists(target_));
  EXPECT_EQ(in(lasting()).action, "already logged in");
  EXPECT_THAT(warnings_, ElementsAre());
}

TEST_F(LoginTest, ALoginThatWouldNotLastIsNotEnough) {
  write(target_, entry("octo:right"));
  EXPECT_EQ(in(lasting()).action, "logged in");
  EXPECT_EQ(read(persistent_), kRightEntry);
  EXPECT_EQ(read(target_), entry("octo:right")) << "the same login: it may stay";
  EXPECT_EQ(in(lasting()).action, "already logged in");
}

TEST_F(LoginTest, AStaleEntryOfTheSessionIsRemoved) {
  write(target_, entry("octo:old"));
  write(persistent_, entry("octo:right"));
  EntryChange change = in(lasting());
  EXPECT_EQ(change.action, "logged in");
  EXPECT_EQ(change.username_before, "octo");
  EXPECT_EQ(read(target_), "{\n\t\"auths\": {}\n}");
  EXPECT_THAT(warnings_,
              ElementsAre(in_quotes(target_) + " had another entry for ghcr.io and is read first; it is removed"));
  EXPECT_EQ(in(lasting()).action, "already logged in");
}

TEST_F(LoginTest, AFileThatSomeoneNamedIsNotLeft) {
  LoginRequest both = lasting();
  both.keeping = {.auth_file = root_ + "/a.json", .persist = true};
  EXPECT_EQ(failure(both).message, "persist: true chooses the file itself, and auth_file is given");
  both.engines[0].engine = Engine::docker;
  EXPECT_EQ(in(both).action, "logged in") << "docker's file always lasts";

  auto before = account_.environment;
  account_.environment = [&](const std::string& name) {
    return name == "REGISTRY_AUTH_FILE" ? std::optional(root_ + "/named.json") : before(name);
  };
  EXPECT_EQ(in(lasting()).auth_file, root_ + "/named.json");
  LoginRequest insisting = lasting();
  insisting.keeping.persist = true;
  EXPECT_EQ(failure(insisting).message,
            "persist: true chooses the file itself, and the environment's REGISTRY_AUTH_FILE names the file");
}

TEST_F(LoginTest, AHomeThatIsNotThereIsNotMade) {
  fs::remove(root_ + "/home");
  Error error = failure(lasting());
  EXPECT_EQ(error.message, "the home directory of octo is not there: " + in_quotes(root_ + "/home"));
  EXPECT_THAT(error.hint, HasSubstr("persist: false"));
  EXPECT_EQ(noted("calls"), "(none)");
}

TEST_F(LoginTest, NarrowerAndWiderKeysAreWarnedOf) {
  write(persistent_, R"({"auths":{"ghcr.io/acme":{"auth":"YTpi"},"ghcr.io/empty":{},"quay.io/x":{"auth":"YTpi"}}})");
  in(lasting());
  EXPECT_THAT(warnings_,
              ElementsAre(in_quotes(persistent_) + " has an entry for \"ghcr.io/acme\", which podman uses for "
                                                   "the images there instead"));
  warnings_.clear();
  write(target_, entry("octo:right"));
  LoginRequest part = lasting();
  part.registry.path = "octo";
  part.validate = Validate::never;
  part.password = SecretBytes::copy_of("of the part");
  EXPECT_EQ(in(part).action, "logged in");
  EXPECT_THAT(warnings_,
              ElementsAre(in_quotes(target_) + " has an entry for \"ghcr.io\" and is read first: it counts for "
                                               "ghcr.io/octo, too"));
  EXPECT_EQ(in(part).action, "already logged in") << "nothing of it can be removed";
}

TEST_F(LoginTest, AFileAlone) {
  LoginRequest alone = lasting("anything");
  alone.engines = {{Engine::none, ""}};
  EXPECT_EQ(failure(alone).message, "engine none needs auth_file: which file to write");
  alone.keeping.auth_file = root_ + "/kubelet/config.json";
  EXPECT_EQ(in(alone).action, "logged in");
  EXPECT_EQ(in(alone).action, "already logged in");
  EXPECT_EQ(noted("calls"), "(none)");
  alone.registry = {"docker.io", ""};
  in(alone);
  EXPECT_THAT(read(*alone.keeping.auth_file), HasSubstr("\"https://index.docker.io/v1/\": {"));
}

TEST_F(LoginTest, WhatDockerCannotHonour) {
  LoginRequest with = request("right", Engine::docker);
  with.tls_verify = true;
  EXPECT_EQ(in(with).action, "logged in");
  with.tls_verify = false;
  EXPECT_EQ(failure(with).message, "docker cannot honour tls_verify: false");
  with.tls_verify.reset();
  with.cert_dir = "/x";
  EXPECT_EQ(failure(with).message, "docker cannot honour cert_dir");
  EXPECT_THAT(failure(with).hint, HasSubstr("/etc/docker/certs.d/ghcr.io/ca.crt"));
}

TEST_F(LoginTest, LogOutEmptiesPodmansOwnFiles) {
  write(target_, entry("octo:right"));
  write(persistent_, entry("octo:other"));
  write(docker_, entry("octo:right"));
  EntryChange change = out(request());
  EXPECT_EQ(change.action, "logged out");
  EXPECT_EQ(change.auth_file, target_);
  EXPECT_EQ(read(target_), "{\n\t\"auths\": {}\n}");
  EXPECT_EQ(read(persistent_), "{\n\t\"auths\": {}\n}");
  EXPECT_EQ(read(docker_), entry("octo:right"));
  EXPECT_THAT(warnings_, ElementsAre(in_quotes(docker_) + " still has an entry that podman uses for ghcr.io"));
  EXPECT_EQ(out(request()).action, "not logged in");
}

TEST_F(LoginTest, LogOutOfBothWarnsOfNothing) {
  write(target_, entry("octo:right"));
  write(docker_, entry("octo:right"));
  LoginRequest both = request();
  both.engines.push_back({Engine::docker, ""});
  std::vector<EntryChange> changes = log_out(both, account_, warn_);
  EXPECT_EQ(changes[0].action, "logged out");
  EXPECT_EQ(changes[1].action, "logged out");
  EXPECT_THAT(warnings_, ElementsAre());
}

TEST_F(LoginTest, LogOutWithoutFilesMakesNone) {
  EXPECT_EQ(out(request()).action, "not logged in");
  EXPECT_FALSE(fs::exists(root_ + "/run"));
}

TEST_F(LoginTest, ASilentEngineIsEnded) {
  write("bin/engine", "#!/bin/sh\nsleep 60\n", 0755);
  LoginRequest slow = request();
  slow.timeout = std::chrono::milliseconds(300);
  auto begin = std::chrono::steady_clock::now();
  Error error = failure(slow);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_EQ(error.message, "podman: ghcr.io: no answer within 300 ms");
  EXPECT_EQ(error.reason, "timeout");
}

TEST_F(LoginTest, AnEngineThatStoresNothingIsNotBelieved) {
  for (std::string_view does : {"true", "echo '{}' > \"$DOCKER_CONFIG/config.json\""}) {
    SCOPED_TRACE(does);
    write("bin/engine", "#!/bin/sh\n" + std::string(does) + "\n", 0755);
    EXPECT_EQ(failure(request("right", Engine::docker)).message,
              "docker: logged in to ghcr.io, but stored no entry for it");
    EXPECT_EQ(read(docker_), "(none)");
  }
}

TEST_F(LoginTest, TwoAtOnceBothEndUpInTheFile) {
  auto one = [&](const std::string& host) {
    for (int i = 0; i < 20; ++i) {
      LoginRequest never = request("right" + std::to_string(i));
      never.registry.host = host;
      never.validate = Validate::never;
      in(never);
    }
  };
  std::thread other(one, "a.io");
  one("b.io");
  other.join();
  std::string last = base64_encode("octo:right19");
  EXPECT_THAT(read(target_), HasSubstr("\"a.io\": {\n\t\t\t\"auth\": \"" + last));
  EXPECT_THAT(read(target_), HasSubstr("\"b.io\": {\n\t\t\t\"auth\": \"" + last));
}

}  // namespace
}  // namespace regvault
