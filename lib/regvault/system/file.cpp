#include <regvault/system/file.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace regvault {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kFirstRead = 64 * 1024;
constexpr milliseconds kTryLockEvery{20};
constexpr int kLinksAtMost = 40;  // as the kernel's own limit
constexpr std::string_view kAccessList = "system.posix_acl_access";

[[noreturn]] void fail(std::string_view what, std::string_view name, int error, std::string hint = {}) {
  std::string message = "cannot " + std::string(what) + " " + std::string(name) + ": " + std::strerror(error);
  const char* reason = strerrorname_np(error);
  throw Error(ErrorCode::file_access, message, std::move(hint), {}, reason != nullptr ? reason : "");
}

[[noreturn]] void refuse(std::string message, std::string_view reason, std::string hint = {}) {
  throw Error(ErrorCode::file_access, std::move(message), std::move(hint), {}, reason);
}

/// std::string or SecretBytes.
template <typename Bytes>
Bytes read_to_end(int descriptor, std::string_view name, std::size_t at_most) {
  struct stat status {};
  std::size_t expected = kFirstRead;
  if (fstat(descriptor, &status) == 0 && status.st_size > 0) expected = static_cast<std::size_t>(status.st_size) + 1;
  Bytes bytes;
  std::size_t size = 0;
  while (true) {
    if (size == bytes.size()) bytes.resize(std::min(std::max(expected, 2 * size), at_most) + 1);
    ssize_t count = read(descriptor, bytes.data() + size, bytes.size() - size);
    if (count == -1 && errno == EINTR) continue;
    if (count == -1) fail("read", name, errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
    if (size > at_most) {
      refuse("cannot read " + std::string(name) + ": it is larger than " + std::to_string(at_most) + " bytes", "EFBIG");
    }
  }
  bytes.resize(size);
  return bytes;
}

FileDescriptor open_to_read(const std::string& path) {
  FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file.is_open()) fail("read", in_quotes(path), errno);
  return file;
}

// ------------------------------------------------------------------------------------------------------- begin: where

std::string parent_of(const std::string& path) {
  std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string last_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

std::optional<std::string> real_path(const std::string& path) {
  struct Free {
    void operator()(char* text) const { std::free(text); }
  };
  std::unique_ptr<char, Free> real(realpath(path.c_str(), nullptr));
  if (!real) return std::nullopt;
  return real.get();
}

std::optional<std::string> link_target(const std::string& path) {
  char target[PATH_MAX];
  ssize_t size = readlink(path.c_str(), target, sizeof(target));
  if (size < 0 || size == sizeof(target)) return std::nullopt;
  return std::string(target, static_cast<std::size_t>(size));
}

/// Of a file that is not there: symlinks may lead to it. Its directory must exist.
std::string real_path_of_new(const std::string& given) {
  std::string path = given;
  for (int links = 0; std::optional<std::string> target = link_target(path); ++links) {
    if (links == kLinksAtMost) fail("create", in_quotes(given), ELOOP);
    path = target->starts_with('/') ? *target : parent_of(path) + "/" + *target;
  }
  std::string name = last_of(path);
  if (name.empty() || name == "." || name == "..") fail("create", in_quotes(given), EISDIR);
  std::optional<std::string> directory = real_path(parent_of(path));
  if (!directory) fail("create", in_quotes(given), errno);
  return (*directory == "/" ? "" : *directory) + "/" + name;
}

std::string resolve(const std::string& given, bool may_create) {
  if (std::optional<std::string> path = real_path(given)) return *path;
  if (errno == ENOENT && may_create) return real_path_of_new(given);
  fail("read", in_quotes(given), errno);
}

// -------------------------------------------------------------------------------------------------------- begin: lock

/// Some file systems lock no directories (NFS answers EBADF). The check that the file did not change is left there.
bool locks_no_directories(int error) {
  return error == EBADF || error == ENOLCK || error == EOPNOTSUPP || error == EINVAL || error == ENOSYS;
}

void lock(int directory, const std::string& given, milliseconds wait) {
  auto deadline = std::chrono::steady_clock::now() + wait;
  while (flock(directory, LOCK_EX | LOCK_NB) != 0) {
    if (locks_no_directories(errno)) return;
    if (errno != EWOULDBLOCK && errno != EINTR) fail("lock", in_quotes(given), errno);
    if (std::chrono::steady_clock::now() >= deadline) {
      refuse("cannot lock " + in_quotes(given) + ": another process is changing a file in its directory", "locked",
             "find it with: fuser -v " + parent_of(given));
    }
    std::this_thread::sleep_for(kTryLockEvery);
  }
}

FileDescriptor locked_directory(const std::string& path, const std::string& given, milliseconds wait) {
  FileDescriptor directory(open(parent_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) fail("lock", in_quotes(given), errno);
  lock(directory.get(), given, wait);
  // Known now, before the user has typed or edited anything.
  if (faccessat(directory.get(), ".", W_OK | X_OK, AT_EACCESS) != 0) {
    fail("replace", in_quotes(given), errno, "a new file must be made in its directory: " + in_quotes(parent_of(path)));
  }
  return directory;
}

/// Never waits (for a FIFO's writer), never follows: the path was resolved.
FileDescriptor open_old(int directory, const std::string& name) {
  return FileDescriptor(openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

std::string_view kind_of_file(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a named pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

bool same_time(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

// ------------------------------------------------------------------------------------------------------ commit: parts

/// The new file: unnamed where the file system can, else named, and then removed unless it was renamed.
class NewFile {
 public:
  NewFile(int directory, std::string name, mode_t mode, const std::string& path)
      : directory_(directory), name_(std::move(name)), path_(path) {
    unlinkat(directory_, name_.c_str(), 0);  // left by one that was killed: we hold the lock, no one is using it
    file_ = FileDescriptor(openat(directory_, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, mode));
    if (file_.is_open()) return;
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL && errno != ENOENT)
      fail("write", in_quotes(path_), errno);
    file_ =
        FileDescriptor(openat(directory_, name_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!file_.is_open()) fail("write", in_quotes(path_), errno);
    named_ = true;
  }
  ~NewFile() {
    if (named_) unlinkat(directory_, name_.c_str(), 0);
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  int get() const { return file_.get(); }

  void rename_to(const std::string& name) {
    give_name();
    if (renameat(directory_, name_.c_str(), directory_, name.c_str()) != 0) {
      bool mounted = errno == EBUSY;  // rename(2): the name is a mount point
      fail("replace", in_quotes(path_), errno,
           mounted ? "it is mounted by itself, as containers do with single files; mount its directory instead" : "");
    }
    named_ = false;
  }

 private:
  void give_name() {
    if (named_) return;
    std::string link = "/proc/self/fd/" + std::to_string(file_.get());
    if (linkat(AT_FDCWD, link.c_str(), directory_, name_.c_str(), AT_SYMLINK_FOLLOW) != 0 &&
        linkat(file_.get(), "", directory_, name_.c_str(), AT_EMPTY_PATH) != 0) {  // without /proc: for root
      fail("replace", in_quotes(path_), errno);
    }
    named_ = true;
  }

  int directory_;
  std::string name_;
  const std::string& path_;
  FileDescriptor file_;
  bool named_ = false;
};

/// Hidden; the same each time, so that whatever is left behind is known and used again.
std::string temporary_name(const std::string& name) {
  return "." + name.substr(0, NAME_MAX - 16) + ".regvault";
}

std::vector<std::string> attribute_names(int file) {
  std::vector<char> names(64 * 1024);  // the kernel's limit
  ssize_t size = flistxattr(file, names.data(), names.size());
  std::vector<std::string> out;
  for (ssize_t at = 0; at < size; at += static_cast<ssize_t>(out.back().size()) + 1) out.emplace_back(&names[at]);
  return out;
}

bool copy_attribute(int from, int to, const std::string& name) {
  std::vector<char> value(64 * 1024);  // the kernel's limit
  ssize_t size = fgetxattr(from, name.c_str(), value.data(), value.size());
  return size >= 0 && fsetxattr(to, name.c_str(), value.data(), static_cast<std::size_t>(size), 0) == 0;
}

/// Extended attributes: what may be copied is (a security label, user.*); the access control list must be.
void copy_attributes(int from, int to, const std::string& path) {
  bool has_list = false;
  for (const std::string& name : attribute_names(from)) {
    bool is_list = name == kAccessList;
    if (!copy_attribute(from, to, name) && is_list) fail("keep the access control list of", in_quotes(path), errno);
    has_list = has_list || is_list;
  }
  if (!has_list) fremovexattr(to, kAccessList.data());  // it may have inherited its directory's default list
}

constexpr std::string_view kAsOwner = "run the command as the owner of the file";

// Both are verified: some file systems accept and ignore them, and a set-group-id bit may be dropped silently.

void give_owner(int file, uid_t owner, gid_t group, const std::string& path) {
  auto is_right = [&] {
    struct stat now {};
    return fstat(file, &now) == 0 && now.st_uid == owner && now.st_gid == group;
  };
  if (is_right()) return;
  int error = fchown(file, owner, group) == 0 ? (is_right() ? 0 : EPERM) : errno;
  if (error == 0) return;
  bool only_group = owner == geteuid();
  fail(only_group ? "keep the group of" : "keep the owner of", in_quotes(path), error,
       only_group ? "run the command as a member of the group, or give the file one of your groups: chgrp"
                  : std::string(kAsOwner));
}

void give_mode(int file, mode_t mode, const std::string& path) {
  if (fchmod(file, mode) != 0) fail("set the mode of", in_quotes(path), errno, std::string(kAsOwner));
  struct stat now {};
  bool right = fstat(file, &now) == 0 && (now.st_mode & 07777) == mode;
  if (!right) fail("set the mode of", in_quotes(path), EPERM, std::string(kAsOwner));
}

}  // namespace

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept : descriptor_(other.release()) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  FileDescriptor taken(std::move(other));
  std::swap(descriptor_, taken.descriptor_);
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::string read_file(const std::string& path, std::size_t at_most) {
  return read_to_end<std::string>(open_to_read(path).get(), in_quotes(path), at_most);
}

SecretBytes read_secret_file(const std::string& path, std::size_t at_most) {
  return read_to_end<SecretBytes>(open_to_read(path).get(), in_quotes(path), at_most);
}

SecretBytes read_all(int descriptor, std::string_view name, std::size_t at_most) {
  return read_to_end<SecretBytes>(descriptor, name, at_most);
}

void write_all(int descriptor, std::string_view bytes, std::string_view name) {
  while (!bytes.empty()) {
    ssize_t count = write(descriptor, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      pollfd wait{descriptor, POLLOUT, 0};
      poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      fail("write", name, errno);
    }
  }
}

FileUpdate FileUpdate::begin(const std::string& path, milliseconds lock_wait) {
  return begin(path, false, 0, lock_wait);
}

FileUpdate FileUpdate::begin_or_create(const std::string& path, mode_t mode, milliseconds lock_wait) {
  return begin(path, true, mode, lock_wait);
}

FileUpdate FileUpdate::begin(const std::string& path, bool may_create, mode_t mode, milliseconds lock_wait) {
  FileUpdate update;
  update.given_ = path;
  update.resolved_ = resolve(path, may_create);
  update.name_ = last_of(update.resolved_);
  update.mode_ = mode;
  if (update.name_.empty()) fail("change", in_quotes(path), EISDIR);
  update.directory_ = locked_directory(update.resolved_, path, lock_wait);
  FileDescriptor file = open_old(update.directory_.get(), update.name_);
  if (!file.is_open() && errno == ENOENT && may_create) return update;
  if (!file.is_open()) fail("read", in_quotes(path), errno);
  struct stat status {};
  if (fstat(file.get(), &status) != 0) fail("read", in_quotes(path), errno);
  if (!S_ISREG(status.st_mode)) {
    refuse("cannot change " + in_quotes(path) + ": it is " + std::string(kind_of_file(status.st_mode)), "not-a-file");
  }
  update.remember(status);
  update.content_ = read_to_end<SecretBytes>(file.get(), in_quotes(path), kReadAtMost);
  return update;
}

void FileUpdate::remember(const struct stat& status) {
  exists_ = exact_mode_ = true;
  mode_ = status.st_mode & 07777;
  owner_ = status.st_uid;
  group_ = status.st_gid;
  device_ = status.st_dev;
  inode_ = status.st_ino;
  size_ = status.st_size;
  modified_ = status.st_mtim;
  changed_ = status.st_ctim;
}

bool FileUpdate::is_still(const struct stat& now) const {
  return now.st_dev == device_ && now.st_ino == inode_ && now.st_size == size_ && same_time(now.st_mtim, modified_) &&
         same_time(now.st_ctim, changed_);
}

void FileUpdate::commit(std::string_view bytes, const WarningSink& warn) {
  FileDescriptor old = open_old(directory_.get(), name_);
  struct stat now {};
  if (old.is_open() && fstat(old.get(), &now) != 0) fail("read", in_quotes(given_), errno);

  NewFile file(directory_.get(), temporary_name(name_), exists_ ? 0600 : mode_, given_);
  write_all(file.get(), bytes, in_quotes(given_));
  if (exists_) give_owner(file.get(), owner_, group_, given_);
  if (exists_ && old.is_open()) copy_attributes(old.get(), file.get(), given_);
  if (exact_mode_) give_mode(file.get(), mode_, given_);
  if (fsync(file.get()) != 0) fail("write", in_quotes(given_), errno);

  struct stat last {};
  bool there = fstatat(directory_.get(), name_.c_str(), &last, AT_SYMLINK_NOFOLLOW) == 0;
  if (there != exists_ || (there && !is_still(last))) {
    refuse(in_quotes(given_) + " was changed by another program since it was read", "changed", "run the command again");
  }
  file.rename_to(name_);
  if (fsync(directory_.get()) != 0 && warn)
    warn(in_quotes(given_) + " is replaced, but its directory could not be synced");
  directory_ = FileDescriptor();
  if (exists_ && now.st_nlink > 1 && warn) {
    warn(in_quotes(given_) + " had " + std::to_string(now.st_nlink) +
         " names (hard links); the others keep the old content");
  }
}

}  // namespace regvault
