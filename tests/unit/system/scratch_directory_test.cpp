#include <regvault/system/scratch_directory.hpp>

#include <fcntl.h>
#include <sys/mount.h>

#include <map>

#include "memory_place.hpp"
#include "scratch.hpp"

namespace regvault {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using Place = SecretScratch::Place;

Environment variables(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST(SecretScratch, IsOursAloneAndGoesWithTheObject) {
  MemoryPlace place;
  {
    SecretScratch scratch(Place::in_memory, place.environment());
    EXPECT_THAT(scratch.path(), StartsWith(place.path() + "/regvault-"));
    EXPECT_TRUE(scratch.in_memory());
    EXPECT_EQ(status_of(scratch.path()).st_mode, S_IFDIR | 0700U);
    scratch.write("a.yml", "secret");
    EXPECT_EQ(status_of(scratch.path() + "/a.yml").st_mode, S_IFREG | 0600U);
    EXPECT_EQ(content(scratch.path() + "/a.yml"), "secret");
    EXPECT_EQ(scratch.read("a.yml").view(), "secret");
  }
  EXPECT_THAT(place.names(), IsEmpty());
}

TEST(SecretScratch, TheRuntimeDirectoryMustBeInMemoryAndSafe) {
  Scratch on_disk;
  MemoryPlace open_to_all;
  ASSERT_EQ(chmod(open_to_all.path().c_str(), 0777), 0);
  MemoryPlace another_s;
  ASSERT_EQ(chown(another_s.path().c_str(), 12345, 12345), 0) << "the tests run as root";
  for (const std::string& runtime : {on_disk.path(), open_to_all.path(), another_s.path(), std::string("/no/such"),
                                     std::string("relative"), std::string()}) {
    SCOPED_TRACE(runtime);
    SecretScratch scratch(Place::in_memory, variables({{"XDG_RUNTIME_DIR", runtime}}));
    EXPECT_TRUE(scratch.in_memory());
    EXPECT_TRUE(runtime.empty() || scratch.path().find(runtime) == std::string::npos) << scratch.path();
  }
}

TEST(SecretScratch, ATemporaryDirectoryInMemoryWillDo) {
  MemoryPlace place;
  Environment environment = variables({{"TMPDIR", place.path()}});
  EXPECT_TRUE(SecretScratch(Place::in_memory, environment).in_memory());
}

/// With everything that is in memory hidden by an empty directory on a disk, in a mount name space of its own.
template <typename Code>
int status_without_memory(Code code) {
  return status_of_child([&] {
    Scratch disk;
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
    for (const char* place : {"/dev/shm", "/run"}) {
      if (mount(disk.path().c_str(), place, nullptr, MS_BIND, nullptr) != 0) return false;
    }
    bool good = code(disk);
    return umount("/dev/shm") == 0 && umount("/run") == 0 && good;
  });
}

TEST(SecretScratch, WithoutMemoryItIsRefusedOnDemand) {
  EXPECT_EQ(status_without_memory([](const Scratch& disk) {
              Error error = error_of([&] { SecretScratch(Place::in_memory, variables({{"TMPDIR", disk.path()}})); });
              return error.code == ErrorCode::file_access && error.reason == "no-tmpfs" &&
                     error.message == "there is no directory in memory (tmpfs) for the plaintext" &&
                     error.hint == "mount a tmpfs at /dev/shm, or set XDG_RUNTIME_DIR to a directory of yours on one" &&
                     disk.names().empty();
            }),
            0);
}

TEST(SecretScratch, WithoutMemoryADiskIsTakenWhenItMay) {
  EXPECT_EQ(status_without_memory([](const Scratch& disk) {
              {
                SecretScratch scratch(Place::in_memory_or_disk, variables({{"TMPDIR", disk.path()}}));
                if (scratch.in_memory() || !scratch.path().starts_with(disk.path())) return false;
                scratch.write("a", "secret");
              }
              return disk.names().empty();
            }),
            0);
}

TEST(SecretScratch, FilesAreOverwrittenBeforeTheyGo) {
  MemoryPlace place;
  std::string text(200'001, 'x');
  FileDescriptor kept;  // sees what was written into the file
  {
    SecretScratch scratch(Place::in_memory, place.environment());
    scratch.write("a.yml", text);
    kept = FileDescriptor(open((scratch.path() + "/a.yml").c_str(), O_RDONLY | O_CLOEXEC));
  }
  EXPECT_EQ(status_of(place.path()).st_nlink, 2U);
  EXPECT_TRUE(read_all(kept.get(), "a.yml").view() == std::string(text.size(), '\0'));
}

TEST(SecretScratch, AHoleIsNotFilled) {
  MemoryPlace place;
  FileDescriptor kept;
  {
    SecretScratch scratch(Place::in_memory, place.environment());
    scratch.write("sparse", "data");
    kept = FileDescriptor(open((scratch.path() + "/sparse").c_str(), O_RDWR | O_CLOEXEC));
    ASSERT_EQ(ftruncate(kept.get(), off_t{1} << 40), 0);
    ASSERT_EQ(pwrite(kept.get(), "more", 4, off_t{1} << 39), 4);
  }
  struct stat status {};
  ASSERT_EQ(fstat(kept.get(), &status), 0);
  EXPECT_LE(status.st_blocks, 1024);
  char bytes[4];
  EXPECT_EQ(pread(kept.get(), bytes, 4, off_t{1} << 39), 4);
  EXPECT_EQ(std::string(bytes, 4), std::string(4, '\0'));
}

TEST(SecretScratch, WhateverProgramsLeaveIsRemovedAndNothingElse) {
  MemoryPlace place;
  Scratch outside;
  std::string elsewhere = outside.write("elsewhere", "keep");
  MemoryPlace same_file_system;
  std::string other_name = same_file_system.path() + "/other";
  {
    SecretScratch scratch(Place::in_memory, place.environment());
    std::string script = "cd " + scratch.path() + " && mkdir -p a/b/c && echo x >a/b/c/file && chmod 0500 a/b/c && " +
                         "ln -s " + elsewhere + " link && ln -s " + outside.path() + " link2 && mkfifo pipe && " +
                         "echo linked >one && ln one " + other_name + " && echo y >.hidden && chmod 0 .hidden";
    ASSERT_EQ(std::system(script.c_str()), 0);
  }
  EXPECT_THAT(place.names(), IsEmpty());
  EXPECT_EQ(content(elsewhere), "keep");
  EXPECT_EQ(content(other_name), "linked\n");
}

TEST(SecretScratch, OnlyARegularFileIsRead) {
  MemoryPlace place;
  SecretScratch scratch(Place::in_memory, place.environment());
  std::string path = scratch.path() + "/x";
  struct Row {
    std::string command, message, reason;
  };
  const std::string quoted = "cannot read \"" + path + "\": ";
  const Row rows[] = {
      {"ln -s /etc/passwd x", quoted + "it is not a regular file", "not-a-file"},
      {"mkfifo x", quoted + "it is not a regular file", "not-a-file"},
      {"mkdir x", quoted + "it is not a regular file", "not-a-file"},
      {"true", quoted + "No such file or directory", "ENOENT"},
      {"echo too large >x", quoted + "it is larger than 4 bytes", "EFBIG"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.command);
    ASSERT_EQ(std::system(("cd " + scratch.path() + " && rm -rf x && " + row.command).c_str()), 0);
    Error error = error_of([&] { scratch.read("x", 4); });
    EXPECT_EQ(error.code, ErrorCode::file_access);
    EXPECT_EQ(error.message, row.message);
    EXPECT_EQ(error.reason, row.reason);
  }
}

TEST(SecretScratch, WhatIsThereIsNotWrittenTo) {
  MemoryPlace place;
  SecretScratch scratch(Place::in_memory, place.environment());
  scratch.write("a", "one");
  Error error = error_of([&] { scratch.write("a", "two"); });
  EXPECT_EQ(error.message, "cannot create \"" + scratch.path() + "/a\": File exists");
  EXPECT_EQ(scratch.read("a").view(), "one");
}

TEST(SecretScratch, AFullPlaceIsAnErrorAndLeavesNothing) {
  int status = status_of_child([] {
    MemoryPlace place;
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
    if (mount("tmpfs", place.path().c_str(), "tmpfs", 0, "size=64k,mode=0700") != 0) return false;
    Error error = error_of([&] {
      SecretScratch scratch(Place::in_memory, place.environment());
      scratch.write("a", std::string(1 << 20, 'x'));
    });
    bool good = error.reason == "ENOSPC" && place.names().empty();
    return umount(place.path().c_str()) == 0 && good;
  });
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace regvault
