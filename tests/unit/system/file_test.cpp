#include <regvault/system/file_update.hpp>

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include <cstring>
#include <thread>

#include "scratch.hpp"

namespace regvault {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

void ignore(std::string_view) {}

// ----------------------------------------------------------------------------------------------------------- readers

TEST(ReadFile, BinaryAndWhole) {
  Scratch scratch;
  std::string bytes;
  for (int i = 0; i < 300'000; ++i) bytes += static_cast<char>(i * 31 >> 3);
  std::string path = scratch.write("file", bytes);
  EXPECT_TRUE(read_file(path) == bytes);
  EXPECT_TRUE(read_secret_file(path).view() == bytes);
  EXPECT_EQ(read_file(scratch.write("empty", "")), "");
  EXPECT_EQ(read_secret_file(scratch.path("empty")).view(), "");
}

TEST(ReadFile, IsBounded) {
  Scratch scratch;
  std::string path = scratch.write("file", "12345");
  EXPECT_EQ(read_file(path, 5), "12345");
  Error error = error_of([&] { read_file(path, 4); });
  EXPECT_EQ(error.code, ErrorCode::file_access);
  EXPECT_EQ(error.message, "cannot read \"" + path + "\": it is larger than 4 bytes");
  EXPECT_EQ(error_of([] { read_secret_file("/dev/zero", 1000); }).message,
            "cannot read \"/dev/zero\": it is larger than 1000 bytes");
}

TEST(ReadFile, SaysWhyNot) {
  Scratch scratch;
  Error error = error_of([&] { read_file(scratch.path("x.yml")); });
  EXPECT_EQ(error.message, "cannot read \"" + scratch.path("x.yml") + "\": No such file or directory");
  EXPECT_EQ(error.reason, "ENOENT");
  EXPECT_EQ(error_of([&] { read_secret_file(scratch.path()); }).message,
            "cannot read \"" + scratch.path() + "\": Is a directory");
}

TEST(ReadFile, ReadsWhatIsNoFileInTheFirstPlace) {  // a shell's <(command)
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  write_all(ends[1], "from a pipe", "the pipe");
  close(ends[1]);
  EXPECT_EQ(read_secret_file("/dev/fd/" + std::to_string(ends[0])).view(), "from a pipe");
  close(ends[0]);
  EXPECT_THAT(read_file("/proc/self/status"), testing::HasSubstr("Pid:"));  // says its size is 0
}

TEST(ReadAll, ReadsADescriptorToItsEnd) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::string bytes(500'000, 'x');
  std::thread writer([&] {
    write_all(ends[1], bytes, "the pipe");
    close(ends[1]);
  });
  EXPECT_TRUE(read_all(ends[0], "standard input").view() == bytes);
  writer.join();
  close(ends[0]);
  EXPECT_EQ(error_of([&] { read_all(ends[0], "standard input"); }).message,
            "cannot read standard input: Bad file descriptor");
  EXPECT_EQ(error_of([&] { write_all(ends[0], "x", "standard output"); }).message,
            "cannot write standard output: Bad file descriptor");
}

TEST(WriteAll, WaitsForADescriptorThatDoesNotBlock) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_NONBLOCK), 0);
  fcntl(ends[0], F_SETFL, 0);
  std::string bytes(500'000, 'x');
  std::thread writer([&] {
    write_all(ends[1], bytes, "the pipe");
    close(ends[1]);
  });
  EXPECT_TRUE(read_all(ends[0], "the pipe").view() == bytes);
  writer.join();
  close(ends[0]);
}

// ----------------------------------------------------------------------------------------------------------- replaced

TEST(FileUpdate, ReplacesTheBytes) {
  Scratch scratch;
  std::string path = scratch.write("x.yml", "old\n");
  FileUpdate update = FileUpdate::begin(path);
  EXPECT_EQ(update.bytes(), "old\n");
  EXPECT_TRUE(update.exists());
  EXPECT_EQ(update.path(), path);
  update.commit(std::string_view("n\0w\xff", 4), ignore);
  EXPECT_EQ(content(path), std::string("n\0w\xff", 4));
  EXPECT_THAT(scratch.names(), ElementsAre("x.yml"));
}

TEST(FileUpdate, WithoutCommitNothingHappens) {
  Scratch scratch;
  std::string path = scratch.write("x.yml", "old\n");
  struct stat before = status_of(path);
  {
    FileUpdate update = FileUpdate::begin(path);
  }
  EXPECT_EQ(status_of(path).st_ino, before.st_ino);
  EXPECT_THAT(scratch.names(), ElementsAre("x.yml"));
  FileUpdate::begin(path, 0ms);  // the lock is free again
}

TEST(FileUpdate, KeepsModeOwnerAndGroup) {
  Scratch scratch;
  std::string path = scratch.write("x.yml", "old");
  for (mode_t mode : {0600, 0644, 0400, 0000, 0777, 0664, 02755, 04711, 01777}) {
    SCOPED_TRACE(mode);
    ASSERT_EQ(chown(path.c_str(), 12345, 54321), 0);
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    FileUpdate update = FileUpdate::begin(path);
    EXPECT_EQ(update.mode(), mode);
    update.commit("new", ignore);
    struct stat now = status_of(path);
    EXPECT_EQ(now.st_mode & 07777, mode);
    EXPECT_EQ(now.st_uid, 12345u);
    EXPECT_EQ(now.st_gid, 54321u);
  }
}

TEST(FileUpdate, GivesAnotherModeWhenAsked) {
  Scratch scratch;
  std::string path = scratch.write("x.yml", "old");
  chmod(path.c_str(), 0644);
  FileUpdate update = FileUpdate::begin(path);
  update.set_mode(0600);
  EXPECT_EQ(update.mode(), 0600u);
  update.commit("new", ignore);
  EXPECT_EQ(status_of(path).st_mode & 07777, 0600u);
}

TEST(FileUpdate, SymlinksAreFollowedAndStay) {
  Scratch scratch;
  std::filesystem::create_directories(scratch.path("real/deep"));
  std::string path = scratch.write("real/deep/x.yml", "old");
  std::filesystem::create_symlink("real/deep/x.yml", scratch.path("link"));
  std::filesystem::create_symlink(scratch.path("link"), scratch.path("link2"));
  FileUpdate update = FileUpdate::begin(scratch.path("link2"));
  EXPECT_EQ(update.path(), path);
  update.commit("new", ignore);
  EXPECT_EQ(content(path), "new");
  EXPECT_TRUE(S_ISREG(status_of(path).st_mode));
  EXPECT_TRUE(S_ISLNK(status_of(scratch.path("link")).st_mode));
  EXPECT_TRUE(S_ISLNK(status_of(scratch.path("link2")).st_mode));
}

TEST(FileUpdate, AHardLinkIsBrokenWithAWarning) {
  Scratch scratch;
  std::string path = scratch.write("x.yml", "old");
  std::filesystem::create_hard_link(path, scratch.path("other"));
  std::vector<std::string> warnings;
  FileUpdate::begin(path).commit("new", [&](std::string_view text) { warnings.emplace_back(text); });
  EXPECT_THAT(warnings, ElementsAre("\"" + path + "\" had 2 names (hard links); the others keep the old content"));
  EXPECT_EQ(content(path), "new");
  EXPECT_EQ(content(scratch.path("other")), "old");
}

TEST(FileUpdate, RelativeNamesAndLongNamesWork) {
  Scratch scratch;
  std::string longest(255, 'n');
  scratch.write(longest, "old");
  scratch.write("short", "old");
  int status = status_of_child([&] {
    if (chdir(scratch.path().c_str()) != 0) return false;
    FileUpdate::begin("short").commit("new", {});
    FileUpdate::begin("./" + longest).commit("new", {});
    return true;
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(content(scratch.path("short")), "new");
  EXPECT_EQ(content(scratch.path(longest)), "new");
  EXPECT_THAT(scratch.names(), UnorderedElementsAre("short", longest));
}

/// As the kernel has it: u32 version, then (u16 tag, u16 permissions, u32 id) each. user::rw-, user:ID:PERMISSIONS,
/// group::r--, mask::rw-, other::---
std::string access_list(std::uint32_t id, std::uint16_t permissions) {
  struct Entry {
    std::uint16_t tag, permissions;
    std::uint32_t id;
  };
  const std::uint32_t version = 2, no_id = ~0u;
  const Entry entries[] = {{1, 6, no_id}, {2, permissions, id}, {4, 4, no_id}, {16, 6, no_id}, {32, 0, no_id}};
  std::string out(reinterpret_cast<const char*>(&version), sizeof(version));
  return out.append(reinterpret_cast<const char*>(entries), sizeof(entries));
}

std::string attribute(const std::string& path, const char* name) {
  char value[256];
  ssize_t size = getxattr(path.c_str(), name, value, sizeof(value));
  return size < 0 ? "none" : std::string(value, static_cast<std::size_t>(size));
}

void set_attribute(const std::string& path, const char* name, const std::string& value) {
  ASSERT_EQ(setxattr(path.c_str(), name, value.data(), value.size(), 0), 0) << std::strerror(errno);
}

TEST(FileUpdate, KeepsAccessListAndAttributes) {
  Scratch scratch;
  std::string path = scratch.write("x.yml", "old");
  set_attribute(path, "system.posix_acl_access", access_list(12345, 4));
  set_attribute(path, "user.origin", "inventory");
  mode_t mode = status_of(path).st_mode;
  FileUpdate::begin(path).commit("new", ignore);
  EXPECT_EQ(content(path), "new");
  EXPECT_TRUE(attribute(path, "system.posix_acl_access") == access_list(12345, 4));
  EXPECT_EQ(attribute(path, "user.origin"), "inventory");
  EXPECT_EQ(status_of(path).st_mode, mode);
}

TEST(FileUpdate, DoesNotInheritTheDirectorysAccessList) {
  Scratch scratch;
  std::string path = scratch.write("x.yml", "old");
  chmod(path.c_str(), 0600);
  set_attribute(scratch.path(), "system.posix_acl_default", access_list(12345, 6));
  FileUpdate::begin(path).commit("new", ignore);
  EXPECT_EQ(attribute(path, "system.posix_acl_access"), "none");
  EXPECT_EQ(status_of(path).st_mode & 07777, 0600u);
}

// ------------------------------------------------------------------------------------------------------------ created

TEST(FileUpdate, CreatesAMissingFileUnderTheUmask) {
  Scratch scratch;
  std::string path = scratch.path("auth.json");
  mode_t before = umask(027);
  FileUpdate update = FileUpdate::begin_or_create(path, 0666);
  EXPECT_FALSE(update.exists());
  EXPECT_EQ(update.bytes(), "");
  EXPECT_EQ(update.mode(), 0666u);
  EXPECT_EQ(update.path(), path);
  EXPECT_THAT(scratch.names(), ElementsAre());
  update.commit("{}", ignore);
  EXPECT_EQ(content(path), "{}");
  EXPECT_EQ(status_of(path).st_mode & 07777, 0640u);
  FileUpdate exact = FileUpdate::begin_or_create(scratch.path("exact"), 0600);
  exact.set_mode(0666);
  exact.commit("", ignore);
  EXPECT_EQ(status_of(scratch.path("exact")).st_mode & 07777, 0666u);
  umask(before);
}

TEST(FileUpdate, BeginOrCreateReadsAFileThatIsThere) {
  Scratch scratch;
  std::string path = scratch.write("auth.json", "{}");
  chmod(path.c_str(), 0640);
  FileUpdate update = FileUpdate::begin_or_create(path, 0600);
  EXPECT_TRUE(update.exists());
  EXPECT_EQ(update.bytes(), "{}");
  EXPECT_EQ(update.mode(), 0640u);
}

TEST(FileUpdate, CreatesWhereADanglingSymlinkLeads) {
  Scratch scratch;
  std::filesystem::create_directories(scratch.path("target"));
  std::filesystem::create_symlink("target/auth.json", scratch.path("link"));
  FileUpdate::begin_or_create(scratch.path("link"), 0600).commit("{}", ignore);
  EXPECT_EQ(content(scratch.path("target/auth.json")), "{}");
  EXPECT_TRUE(S_ISLNK(status_of(scratch.path("link")).st_mode));
  std::filesystem::create_symlink("loop", scratch.path("loop"));
  EXPECT_EQ(error_of([&] { FileUpdate::begin_or_create(scratch.path("loop"), 0600); }).reason, "ELOOP");
}

// ------------------------------------------------------------------------------------------------------------ refused

TEST(FileUpdate, RefusesWhatIsNoFileWithoutHanging) {
  Scratch scratch;
  ASSERT_EQ(mkfifo(scratch.path("fifo").c_str(), 0600), 0);
  ASSERT_EQ(mknod(scratch.path("null").c_str(), S_IFCHR | 0600, makedev(1, 3)), 0);
  std::filesystem::create_directories(scratch.path("dir"));
  for (auto& [name, kind] : {std::pair("fifo", "a named pipe"), {"null", "a device"}, {"dir", "a directory"}}) {
    Error error = error_of([&, n = name] { FileUpdate::begin(scratch.path(n)); });
    EXPECT_EQ(error.message, "cannot change \"" + scratch.path(name) + "\": it is " + kind);
    EXPECT_EQ(error.code, ErrorCode::file_access);
    EXPECT_EQ(error.reason, "not-a-file");
  }
}

TEST(FileUpdate, RefusesWhatIsNotThere) {
  Scratch scratch;
  std::string path = scratch.path("x.yml");
  EXPECT_EQ(error_of([&] { FileUpdate::begin(path); }).message,
            "cannot read \"" + path + "\": No such file or directory");
  std::string lost = scratch.path("no/x.yml");
  EXPECT_EQ(error_of([&] { FileUpdate::begin_or_create(lost, 0600); }).message,
            "cannot create \"" + lost + "\": No such file or directory");
  EXPECT_EQ(error_of([&] { FileUpdate::begin_or_create(scratch.path("new/"), 0600); }).reason, "EISDIR");
  EXPECT_EQ(error_of([&] { FileUpdate::begin_or_create("", 0600); }).reason, "EISDIR");
  EXPECT_EQ(error_of([&] { FileUpdate::begin("/"); }).reason, "EISDIR");
  EXPECT_THAT(scratch.names(), ElementsAre());
}

struct ChangeRow {
  const char* name;
  void (*change)(const std::string& path);
  std::string_view left;
};

TEST(FileUpdate, RefusesAFileThatChangedSinceItWasRead) {
  const ChangeRow rows[] = {
      {"written", [](const std::string& path) { std::ofstream(path) << "theirs"; }, "theirs"},
      {"appended", [](const std::string& path) { std::ofstream(path, std::ios::app) << "+"; }, "old+"},
      {"same size", [](const std::string& path) { std::ofstream(path) << "OLD"; }, "OLD"},
      {"replaced",
       [](const std::string& path) {
         std::ofstream(path + ".new") << "old";
         std::filesystem::rename(path + ".new", path);
       },
       "old"},
      {"mode changed", [](const std::string& path) { chmod(path.c_str(), 0640); }, "old"},
      {"removed", [](const std::string& path) { std::filesystem::remove(path); }, ""},
      {"made a symlink",
       [](const std::string& path) {
         std::filesystem::rename(path, path + ".moved");
         std::filesystem::create_symlink(path + ".moved", path);
       },
       "old"},
  };
  for (const ChangeRow& row : rows) {
    SCOPED_TRACE(row.name);
    Scratch scratch;
    std::string path = scratch.write("x.yml", "old");
    FileUpdate update = FileUpdate::begin(path);
    std::this_thread::sleep_for(20ms);  // older kernels' time stamps have a jiffy's resolution
    row.change(path);
    std::vector<std::string> names = scratch.names();
    Error error = error_of([&] { update.commit("ours", ignore); });
    EXPECT_EQ(error.message, "\"" + path + "\" was changed by another program since it was read");
    EXPECT_EQ(error.hint, "run the command again");
    EXPECT_EQ(error.reason, "changed");
    EXPECT_EQ(content(path), row.left);
    EXPECT_EQ(scratch.names(), names);
  }
}

TEST(FileUpdate, RefusesAFileThatAppeared) {
  Scratch scratch;
  FileUpdate update = FileUpdate::begin_or_create(scratch.path("x.yml"), 0600);
  scratch.write("x.yml", "theirs");
  EXPECT_EQ(error_of([&] { update.commit("ours", ignore); }).reason, "changed");
  EXPECT_EQ(content(scratch.path("x.yml")), "theirs");
  EXPECT_THAT(scratch.names(), ElementsAre("x.yml"));
}

TEST(FileUpdate, WaitsForTheLockAndThenRefuses) {
  Scratch scratch;
  std::string path = scratch.write("x.yml", "old");
  int directory = open(scratch.path().c_str(), O_RDONLY);
  ASSERT_EQ(flock(directory, LOCK_EX), 0);
  auto begin = std::chrono::steady_clock::now();
  Error error = error_of([&] { FileUpdate::begin(path, 100ms); });
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 100ms);
  EXPECT_EQ(error.message, "cannot lock \"" + path + "\": another process is changing a file in its directory");
  EXPECT_EQ(error.reason, "locked");
  std::thread other([&] {
    std::this_thread::sleep_for(100ms);
    close(directory);
  });
  EXPECT_EQ(FileUpdate::begin(path).bytes(), "old");
  other.join();
}

/// In a child that is nobody: what a user who is not root meets.
template <typename Code>
int status_as_nobody(Code code) {
  return status_of_child([&] {
    if (setgroups(0, nullptr) != 0 || setgid(65534) != 0 || setuid(65534) != 0) return false;
    return code();
  });
}

bool is_error(const Error& error, const std::string& message, const std::string& hint) {
  if (error.message == message && error.hint == hint) return true;
  std::fprintf(stderr, "message: %s\nhint: %s\n", error.message.c_str(), error.hint.c_str());
  return false;
}

TEST(FileUpdate, RefusesADirectoryItMayNotWriteTo) {
  Scratch scratch;
  std::string path = scratch.write("x.yml", "old");
  chmod(scratch.path().c_str(), 0755);
  chmod(path.c_str(), 0666);
  EXPECT_EQ(status_as_nobody([&] {
              return is_error(error_of([&] { FileUpdate::begin(path); }),
                              "cannot replace \"" + path + "\": Permission denied",
                              "a new file must be made in its directory: \"" + scratch.path() + "\"");
            }),
            0);
  EXPECT_EQ(content(path), "old");
}

TEST(FileUpdate, RefusesAnOwnerItCannotGive) {
  Scratch scratch;
  std::string path = scratch.write("x.yml", "old");
  chmod(scratch.path().c_str(), 0777);
  chmod(path.c_str(), 0666);
  EXPECT_EQ(status_as_nobody([&] {
              FileUpdate update = FileUpdate::begin(path);
              return is_error(error_of([&] { update.commit("new", ignore); }),
                              "cannot keep the owner of \"" + path + "\": Operation not permitted",
                              "run the command as the owner of the file");
            }),
            0);
  EXPECT_EQ(content(path), "old");
  EXPECT_EQ(status_of(path).st_uid, 0u);
  EXPECT_THAT(scratch.names(), ElementsAre("x.yml"));
}

TEST(FileUpdate, RefusesAFileItMayNotRead) {
  Scratch scratch;
  std::string path = scratch.write("x.yml", "old");
  chmod(scratch.path().c_str(), 0777);
  chmod(path.c_str(), 0600);
  EXPECT_EQ(status_as_nobody([&] {
              return is_error(error_of([&] { FileUpdate::begin(path); }),
                              "cannot read \"" + path + "\": Permission denied", "");
            }),
            0);
}

/// In a child with mounts of its own, and a small tmpfs on `directory`.
template <typename Code>
int status_with_tmpfs(const std::string& directory, Code code) {
  return status_of_child([&] {
    if (unshare(CLONE_NEWNS) != 0 || mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
    if (mount("none", directory.c_str(), "tmpfs", 0, "size=256k") != 0) return false;
    return code();
  });
}

TEST(FileUpdate, AFullFileSystemLeavesTheFileAlone) {
  Scratch scratch;
  EXPECT_EQ(status_with_tmpfs(scratch.path(),
                              [&] {
                                std::string path = scratch.write("x.yml", std::string(100'000, 'o'));
                                FileUpdate update = FileUpdate::begin(path);
                                Error error = error_of([&] { update.commit(std::string(200'000, 'n'), ignore); });
                                return is_error(error, "cannot write \"" + path + "\": No space left on device", "") &&
                                       error.reason == "ENOSPC" && content(path) == std::string(100'000, 'o') &&
                                       scratch.names() == std::vector<std::string>{"x.yml"};
                              }),
            0);
}

TEST(FileUpdate, AReadOnlyFileSystemIsRefusedAtOnce) {
  Scratch scratch;
  EXPECT_EQ(
      status_with_tmpfs(scratch.path(),
                        [&] {
                          std::string path = scratch.write("x.yml", "old");
                          if (mount(nullptr, scratch.path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0)
                            return false;
                          return is_error(error_of([&] { FileUpdate::begin(path); }),
                                          "cannot replace \"" + path + "\": Read-only file system",
                                          "a new file must be made in its directory: \"" + scratch.path() + "\"");
                        }),
      0);
}

TEST(FileUpdate, AFileMountedByItselfIsRefused) {
  Scratch scratch;
  EXPECT_EQ(
      status_with_tmpfs(
          scratch.path(),
          [&] {
            std::string source = scratch.write("source", "old"), path = scratch.write("x.yml", "");
            if (mount(source.c_str(), path.c_str(), nullptr, MS_BIND, nullptr) != 0) return false;
            FileUpdate update = FileUpdate::begin(path);
            Error error = error_of([&] { update.commit("new", ignore); });
            return is_error(
                       error, "cannot replace \"" + path + "\": Device or resource busy",
                       "it is mounted by itself, as containers do with single files; mount its directory instead") &&
                   content(path) == "old" && scratch.names().size() == 2;
          }),
      0);
}

TEST(FileDescriptor, ClosesWhatItHolds) {
  int number = open("/dev/null", O_RDONLY);
  {
    FileDescriptor a(number), b;
    b = std::move(a);
    EXPECT_FALSE(a.is_open());  // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(b.get(), number);
    b = FileDescriptor(open("/dev/null", O_RDONLY));
    EXPECT_EQ(fcntl(number, F_GETFD), -1);  // closed at once, not with the temporary's end of life
    number = b.get();
  }
  EXPECT_EQ(fcntl(number, F_GETFD), -1);
}

}  // namespace
}  // namespace regvault
