// Whatever happens, a file is its old self or its new self: killed writers, concurrent writers, file systems without
// O_TMPFILE.
#include <regvault/system/file_update.hpp>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <csignal>
#include <cstddef>
#include <random>
#include <set>

#include "scratch.hpp"

namespace regvault {
namespace {

constexpr int kKills = 250;
const std::string kOne(100'000, '1'), kTwo(150'000, '2');

void ignore(std::string_view) {}

/// Lets open(O_TMPFILE) fail, as it does on NFS, vfat and old overlays.
void have_no_unnamed_files() {
  constexpr unsigned kFlags = offsetof(seccomp_data, args) + 2 * sizeof(std::uint64_t);
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, kFlags),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_TMPFILE & ~O_DIRECTORY, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  sock_fprog program{static_cast<unsigned short>(std::size(filter)), filter};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) std::abort();
}

/// Says on `started` when the first one is done, so that a busy machine does not kill it before it did anything.
[[noreturn]] void rewrite_for_ever(const std::string& path, int started) {
  while (true) {
    for (const std::string* bytes : {&kTwo, &kOne}) {
      FileUpdate::begin(path).commit(*bytes, ignore);
      if (started >= 0 && write(started, "", 1) == 1) started = -1;
    }
  }
}

std::string kind_of_run(const testing::TestParamInfo<bool>& run) {
  return run.param ? "WithUnnamedFiles" : "WithoutUnnamedFiles";
}

class Killed : public testing::TestWithParam<bool> {};

TEST_P(Killed, LeavesAWholeFileAndNoLitterThatLasts) {
  bool unnamed = GetParam();
  Scratch scratch;
  std::string path = scratch.write("x.yml", kOne);
  ASSERT_EQ(chown(path.c_str(), 12345, 54321), 0);
  ASSERT_EQ(chmod(path.c_str(), 0640), 0);
  std::mt19937 random(20240501);
  std::uniform_int_distribution<useconds_t> moment(0, 4000);
  int left_behind = 0;
  for (int i = 0; i < kKills; ++i) {
    int started[2];
    ASSERT_EQ(pipe(started), 0);
    pid_t writer = fork();
    if (writer == 0) {
      if (!unnamed) have_no_unnamed_files();
      rewrite_for_ever(path, started[1]);
    }
    char byte;
    close(started[1]);
    ASSERT_EQ(read(started[0], &byte, 1), 1) << "the writer failed by itself";
    close(started[0]);
    usleep(moment(random));
    kill(writer, SIGKILL);
    int status = 0;
    waitpid(writer, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer failed by itself";

    std::string bytes = content(path);
    ASSERT_TRUE(bytes == kOne || bytes == kTwo) << bytes.size() << " bytes";
    struct stat now = status_of(path);
    ASSERT_EQ(now.st_mode & 07777, 0640u);
    ASSERT_EQ(now.st_uid, 12345u);
    for (const std::string& name : scratch.names()) {
      ASSERT_THAT(name, testing::AnyOf("x.yml", ".x.yml.regvault"));
      left_behind += name != "x.yml" ? 1 : 0;
    }
    FileUpdate::begin(path).commit(kOne, ignore);
    ASSERT_THAT(scratch.names(), testing::ElementsAre("x.yml"));
  }
  RecordProperty("left_behind", left_behind);
}

INSTANTIATE_TEST_SUITE_P(FileUpdate, Killed, testing::Bool(), kind_of_run);

class Concurrent : public testing::TestWithParam<bool> {};

TEST_P(Concurrent, NoUpdateIsLost) {
  constexpr int kProcesses = 3, kTimes = 100;
  Scratch scratch;
  std::string path = scratch.write("count", "0");
  std::set<pid_t> children;
  for (int p = 0; p < kProcesses; ++p) {
    pid_t child = fork();
    if (child == 0) {
      if (!GetParam()) have_no_unnamed_files();
      int done = 0;
      try {
        for (; done < kTimes; ++done) {
          FileUpdate update = FileUpdate::begin(path, std::chrono::minutes(1));
          update.commit(std::to_string(std::stoi(std::string(update.bytes())) + 1), ignore);
        }
      } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
      }
      _exit(done == kTimes ? 0 : 1);
    }
    children.insert(child);
  }
  for (pid_t child : children) {
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(content(path), std::to_string(kProcesses * kTimes));
  EXPECT_THAT(scratch.names(), testing::ElementsAre("count"));
}

INSTANTIATE_TEST_SUITE_P(FileUpdate, Concurrent, testing::Bool(), kind_of_run);

TEST(FileUpdateWithoutUnnamedFiles, KeepsAndRefusesTheSame) {
  Scratch scratch;
  std::string path = scratch.write("x.yml", "old");
  ASSERT_EQ(chown(path.c_str(), 12345, 54321), 0);
  ASSERT_EQ(chmod(path.c_str(), 0640), 0);
  scratch.write(".x.yml.regvault", "left behind by one that was killed");
  int status = status_of_child([&] {
    have_no_unnamed_files();
    FileUpdate::begin(path).commit("new", ignore);
    struct stat now = status_of(path);
    if (content(path) != "new" || (now.st_mode & 07777) != 0640 || now.st_uid != 12345 || now.st_gid != 54321)
      return false;
    FileUpdate update = FileUpdate::begin(path);
    std::ofstream(path) << "theirs";
    return error_of([&] { update.commit("ours", ignore); }).reason == "changed" && content(path) == "theirs";
  });
  EXPECT_EQ(status, 0);
  EXPECT_THAT(scratch.names(), testing::ElementsAre("x.yml"));
}

}  // namespace
}  // namespace regvault
