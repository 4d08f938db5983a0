#include <regvault/system/scratch_directory.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

#include <regvault/base/error.hpp>

namespace regvault {
namespace {

constexpr std::string_view kName = "/regvault-XXXXXX";
constexpr int kRemovals = 10;  // an editor that left a process behind may still make files

// ---------------------------------------------------------------------------------------------------------- the place

/// No one else can put another directory in the place of ours.
bool is_safe(const struct stat& status) {
  bool is_trusted = status.st_uid == geteuid() || status.st_uid == 0;
  bool others_may_write = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  return is_trusted && (!others_may_write || (status.st_mode & S_ISVTX) != 0);
}

/// Those of the candidates that name a safe directory absolutely, and are in memory or are not.
std::vector<std::string> places(const std::vector<std::string>& candidates, bool in_memory) {
  std::vector<std::string> out;
  for (const std::string& candidate : candidates) {
    if (!candidate.starts_with('/')) continue;
    FileDescriptor place(open(candidate.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    struct stat status {};
    if (!place.is_open() || fstat(place.get(), &status) != 0 || !is_safe(status)) continue;
    if (is_in_memory(place.get()) == in_memory) out.push_back(candidate);
  }
  return out;
}

/// A new directory in the first place that takes one; empty, with errno, when none does.
std::string new_directory(const std::vector<std::string>& places) {
  errno = ENOENT;
  for (const std::string& place : places) {
    std::string path = place + std::string(kName);
    if (mkdtemp(path.data()) != nullptr) return path;
  }
  return {};
}

// -------------------------------------------------------------------------------------------------------- the removal

/// Its data, not its holes: those would take room that a sparse file never had.
void overwrite(int file) {
  constexpr std::array<char, 64 * 1024> kZeros{};
  off_t size = lseek(file, 0, SEEK_END);
  off_t at = 0;
  while (at < size) {
    off_t data = lseek(file, at, SEEK_DATA);
    if (data == -1) break;  // ENXIO: only a hole is left
    off_t hole = std::max(lseek(file, data, SEEK_HOLE), data);
    for (at = data; at < hole;) {
      std::size_t count = std::min(kZeros.size(), static_cast<std::size_t>(hole - at));
      ssize_t written = pwrite(file, kZeros.data(), count, at);
      if (written <= 0) return;
      at += written;
    }
    if (at == data) return;
  }
  fdatasync(file);  // on a disk; else the zeros would never reach it
}

/// The editor may have made it read-only, which stops all but root.
void allow(int directory, const char* name, mode_t mode) {
  (void)!fchmodat(directory, name, mode, 0);
}

void overwrite_file(int directory, const char* name) {
  allow(directory, name, S_IRUSR | S_IWUSR);
  FileDescriptor file(openat(directory, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (file.is_open()) overwrite(file.get());
}

/// No symlink is followed, and a file that has a name elsewhere keeps its bytes. (Of two names in here, the second is
/// the last.)
void remove_content(int directory) {
  int own = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* entries = own >= 0 ? fdopendir(own) : nullptr;
  if (entries == nullptr) return;
  while (dirent* entry = readdir(entries)) {
    const char* name = entry->d_name;
    std::string_view text = name;
    struct stat status {};
    if (text == "." || text == ".." || fstatat(own, name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISREG(status.st_mode) && status.st_nlink == 1) overwrite_file(own, name);
    if (S_ISDIR(status.st_mode)) {
      allow(own, name, S_IRWXU);
      FileDescriptor child(openat(own, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (child.is_open()) remove_content(child.get());
    }
    unlinkat(own, name, S_ISDIR(status.st_mode) ? AT_REMOVEDIR : 0);
  }
  closedir(entries);
}

}  // namespace

bool is_in_memory(int descriptor) {
  struct statfs status {};
  if (fstatfs(descriptor, &status) != 0) return false;
  return status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC;
}

SecretScratch::SecretScratch(Place place, const Environment& environment) {
  std::string runtime = environment("XDG_RUNTIME_DIR").value_or("");
  std::string temporary = environment("TMPDIR").value_or("");
  path_ =
      new_directory(places({runtime, "/run/user/" + std::to_string(geteuid()), "/dev/shm", temporary, "/tmp"}, true));
  in_memory_ = !path_.empty();
  if (path_.empty() && place == Place::in_memory) {
    throw Error(ErrorCode::file_access, "there is no directory in memory (tmpfs) for the plaintext",
                "mount a tmpfs at /dev/shm, or set XDG_RUNTIME_DIR to a directory of yours on one", {}, "no-tmpfs");
  }
  if (path_.empty()) path_ = new_directory(places({temporary, "/tmp"}, false));
  if (path_.empty()) fail_with_errno("create", "a scratch directory", errno, "TMPDIR or /tmp must be writable");
  directory_ = FileDescriptor(open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (directory_.is_open()) return;
  int error = errno;
  rmdir(path_.c_str());
  fail_with_errno("open", in_quotes(path_), error);
}

SecretScratch::~SecretScratch() {
  for (int i = 0; i < kRemovals; ++i) {
    remove_content(directory_.get());
    if (rmdir(path_.c_str()) == 0 || errno != ENOTEMPTY) return;
  }
}

void SecretScratch::write(const std::string& name, std::string_view bytes) const {
  std::string quoted = in_quotes(path_ + "/" + name);
  FileDescriptor file(
      openat(directory_.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file.is_open()) fail_with_errno("create", quoted, errno);
  write_all(file.get(), bytes, quoted);
}

SecretBytes SecretScratch::read(const std::string& name, std::size_t at_most) const {
  std::string quoted = in_quotes(path_ + "/" + name);
  FileDescriptor file(
      openat(directory_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.is_open() && errno != ELOOP && errno != ENXIO) fail_with_errno("read", quoted, errno);
  struct stat status {};
  if (!file.is_open() || fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode))
    throw Error(ErrorCode::file_access, "cannot read " + quoted + ": it is not a regular file", {}, {}, "not-a-file");
  if (static_cast<std::uintmax_t>(status.st_size) > at_most) {
    // Asked first: a hole of a terabyte is quickly made, and slowly read.
    throw Error(ErrorCode::file_access,
                "cannot read " + quoted + ": it is larger than " + std::to_string(at_most) + " bytes", {}, {}, "EFBIG");
  }
  return read_all(file.get(), quoted, at_most);
}

}  // namespace regvault
