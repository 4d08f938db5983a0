#include <regvault/registry/scratch.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <vector>

#include <regvault/base/error.hpp>

namespace regvault {
namespace {

constexpr std::string_view kName = "/regvault-XXXXXX";
constexpr std::array<std::string_view, 2> kAuthFiles{"/auth.json", "/config.json"};  // podman's, docker's

// For the signal handler, which may use neither memory management nor objects.
constexpr std::size_t kLongestPath = 4096;
char used_directory[kLongestPath];
char used_files[kAuthFiles.size()][kLongestPath];
volatile std::sig_atomic_t in_use = 0;

/// A program that is killed writes nothing any more; docker takes no notice of SIGTERM while it waits for a registry.
void kill_and_reap(pid_t child) {
  kill(-child, SIGKILL);  // its group, which it leads
  kill(child, SIGKILL);
  for (int i = 0; i < 100 && waitpid(child, nullptr, WNOHANG) == 0; ++i) {
    timespec pause{0, 10'000'000};
    nanosleep(&pause, nullptr);
  }
}

/// proc(5): our children's numbers, separated by spaces.
void kill_children() {
  int file = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  char text[256];
  ssize_t size = file >= 0 ? read(file, text, sizeof(text)) : 0;
  pid_t child = 0;
  for (ssize_t i = 0; i < size; ++i) {
    if (text[i] >= '0' && text[i] <= '9') {
      child = child * 10 + (text[i] - '0');
    } else if (child > 1) {
      kill_and_reap(child);
      child = 0;
    }
  }
}

extern "C" void clean_up_and_die(int number) {
  kill_children();
  if (in_use != 0) {
    for (const char* file : used_files) unlink(file);
    rmdir(used_directory);
  }
  signal(number, SIG_DFL);
  raise(number);
}

void copy_path(const std::string& path, char* out) {
  std::memcpy(out, path.c_str(), path.size() + 1);
}

void remember(const std::string& path) {
  if (path.size() + kAuthFiles.back().size() >= kLongestPath) return;
  copy_path(path, used_directory);
  for (std::size_t i = 0; i < kAuthFiles.size(); ++i) copy_path(path + std::string(kAuthFiles[i]), used_files[i]);
  in_use = 1;
}

bool is_in_memory(const std::string& directory) {
  struct statfs status {};
  if (statfs(directory.c_str(), &status) != 0) return false;
  return status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC;
}

bool is_ours(const std::string& directory) {
  struct stat status {};
  return stat(directory.c_str(), &status) == 0 && status.st_uid == geteuid();
}

/// Nobody but root and us can put something else in the place of what we make there.
bool keeps_what_is_ours(const std::string& directory) {
  struct stat status {};
  if (stat(directory.c_str(), &status) != 0 || (status.st_uid != 0 && status.st_uid != geteuid())) return false;
  return (status.st_mode & 0022) == 0 || (status.st_mode & S_ISVTX) != 0;
}

/// Best first.
std::vector<std::string> places(const Environment& environment) {
  std::vector<std::string> out;
  std::string runtime = environment("XDG_RUNTIME_DIR").value_or("");
  if (runtime.starts_with('/') && is_ours(runtime) && is_in_memory(runtime)) out.push_back(runtime);
  if (is_in_memory("/dev/shm")) out.emplace_back("/dev/shm");
  std::string temporary = environment("TMPDIR").value_or("");
  if (temporary.starts_with('/') && keeps_what_is_ours(temporary)) out.push_back(temporary);
  out.emplace_back("/tmp");
  return out;
}

/// Of a directory that engines made files in; no symlink is followed.
void remove_content(int parent, const char* name) {
  int descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR* directory = descriptor >= 0 ? fdopendir(descriptor) : nullptr;
  if (directory == nullptr) return;
  while (dirent* entry = readdir(directory)) {
    std::string_view child = entry->d_name;
    if (child == "." || child == "..") continue;
    if (unlinkat(descriptor, entry->d_name, 0) == 0) continue;
    remove_content(descriptor, entry->d_name);
    unlinkat(descriptor, entry->d_name, AT_REMOVEDIR);
  }
  closedir(directory);
}

}  // namespace

ScratchDirectory::ScratchDirectory(const Environment& environment) {
  int error = 0;
  for (const std::string& place : places(environment)) {
    std::string path = place + std::string(kName);
    if (mkdtemp(path.data()) != nullptr) {
      path_ = path;
      remember(path_);
      return;
    }
    error = errno;
  }
  throw Error(ErrorCode::file_access, std::string("cannot make a scratch directory: ") + std::strerror(error),
              "/dev/shm or /tmp must be writable", {}, "scratch");
}

ScratchDirectory::~ScratchDirectory() {
  remove_content(AT_FDCWD, path_.c_str());
  rmdir(path_.c_str());
  in_use = 0;
}

void clean_up_on_signals() {
  for (int number : {SIGHUP, SIGINT, SIGTERM}) {
    struct sigaction now {};
    sigaction(number, nullptr, &now);
    if (now.sa_handler == SIG_IGN) continue;  // nohup, a shell's background job
    struct sigaction action {};
    action.sa_handler = clean_up_and_die;
    sigaction(number, &action, nullptr);
  }
}

}  // namespace regvault
