#include <regvault/system/file_update.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <thread>

#include <regvault/system/input.hpp>
#include <regvault/system/new_file.hpp>

namespace regvault {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTryLockEvery{20};
constexpr int kLinksAtMost = 40;  // as the kernel's own limit

[[noreturn]] void refuse(std::string message, std::string_view reason, std::string hint = {}) {
  throw Error(ErrorCode::file_access, std::move(message), std::move(hint), {}, reason);
}

// -------------------------------------------------------------------------------------------------------------- where

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
    if (links == kLinksAtMost) fail_with_errno("create", in_quotes(given), ELOOP);
    path = target->starts_with('/') ? *target : parent_of(path) + "/" + *target;
  }
  std::string name = last_of(path);
  if (name.empty() || name == "." || name == "..") fail_with_errno("create", in_quotes(given), EISDIR);
  std::optional<std::string> directory = real_path(parent_of(path));
  if (!directory) fail_with_errno("create", in_quotes(given), errno);
  return (*directory == "/" ? "" : *directory) + "/" + name;
}

std::string resolve(const std::string& given, bool may_create) {
  if (std::optional<std::string> path = real_path(given)) return *path;
  if (errno == ENOENT && may_create) return real_path_of_new(given);
  fail_with_errno("read", in_quotes(given), errno);
}

// --------------------------------------------------------------------------------------------------------------- lock

/// Some file systems lock no directories (NFS answers EBADF). The check that the file did not change is left there.
bool locks_no_directories(int error) {
  return error == EBADF || error == ENOLCK || error == EOPNOTSUPP || error == EINVAL || error == ENOSYS;
}

void lock(int directory, const std::string& given, milliseconds wait) {
  auto deadline = std::chrono::steady_clock::now() + wait;
  while (flock(directory, LOCK_EX | LOCK_NB) != 0) {
    if (locks_no_directories(errno)) return;
    if (errno != EWOULDBLOCK && errno != EINTR) fail_with_errno("lock", in_quotes(given), errno);
    if (std::chrono::steady_clock::now() >= deadline) {
      refuse("cannot lock " + in_quotes(given) + ": another process is changing a file in its directory", "locked",
             "find it with: fuser -v " + parent_of(given));
    }
    std::this_thread::sleep_for(kTryLockEvery);
  }
}

FileDescriptor locked_directory(const std::string& path, const std::string& given, milliseconds wait) {
  FileDescriptor directory(open(parent_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) fail_with_errno("lock", in_quotes(given), errno);
  lock(directory.get(), given, wait);
  // Known now, before the user has typed or edited anything.
  if (faccessat(directory.get(), ".", W_OK | X_OK, AT_EACCESS) != 0) {
    fail_with_errno("replace", in_quotes(given), errno,
                    "a new file must be made in its directory: " + in_quotes(parent_of(path)));
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

void write_zeros(int file, off_t size) {
  static constexpr std::array<char, 64 * 1024> kZeros{};
  for (off_t left = size; left > 0;) {
    ssize_t count = write(file, kZeros.data(), static_cast<std::size_t>(std::min<off_t>(left, kZeros.size())));
    if (count <= 0) return;  // best effort: the bytes are no file any more
    left -= count;
  }
  fdatasync(file);
}

}  // namespace

FileUpdate::FileUpdate() = default;
FileUpdate::FileUpdate(FileUpdate&&) noexcept = default;
FileUpdate& FileUpdate::operator=(FileUpdate&&) noexcept = default;
FileUpdate::~FileUpdate() = default;

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
  if (update.name_.empty()) fail_with_errno("change", in_quotes(path), EISDIR);
  update.directory_ = locked_directory(update.resolved_, path, lock_wait);
  update.old_ = open_old(update.directory_.get(), update.name_);
  if (!update.exists() && errno == ENOENT && may_create) return update;
  if (!update.exists()) fail_with_errno("read", in_quotes(path), errno);
  if (fstat(update.old_.get(), &update.status_) != 0) fail_with_errno("read", in_quotes(path), errno);
  if (!S_ISREG(update.status_.st_mode)) {
    refuse("cannot change " + in_quotes(path) + ": it is " + std::string(kind_of_file(update.status_.st_mode)),
           "not-a-file");
  }
  update.set_mode(update.status_.st_mode & 07777);
  return update;
}

std::string_view FileUpdate::bytes() {
  if (!content_) content_ = exists() ? read_all(old_.get(), in_quotes(given_)) : SecretBytes();
  return content_->view();
}

void FileUpdate::must_still_be(const Input& input) const {
  if (exists() && input.stamp() == FileStamp::of(status_)) return;
  refuse(in_quotes(given_) + " was changed by another program since it was read", "changed", "run the command again");
}

void FileUpdate::write(std::string_view bytes) {
  if (!new_) new_ = std::make_unique<NewFile>(directory_.get(), name_, exists() || afresh_ ? 0600 : mode_, given_);
  new_->write(bytes);
}

void FileUpdate::commit(const WarningSink& warn) {
  write({});  // an empty file is one, too
  std::unique_ptr<NewFile> fresh = std::move(new_);
  if (exists() && !afresh_) {
    fresh->give_owner(status_.st_uid, status_.st_gid);
    fresh->copy_attributes(old_.get());
  } else if (afresh_) {
    fresh->remove_access_list();
  }
  if (exact_mode_) fresh->give_mode(mode_);
  fresh->sync();
  check_that_nobody_changed_it();
  fresh->rename_to(name_);
  if (fsync(directory_.get()) != 0) warn(in_quotes(given_) + " is replaced, but its directory could not be synced");
  directory_ = FileDescriptor();
  if (status_.st_nlink > 1) {
    warn(in_quotes(given_) + " had " + std::to_string(status_.st_nlink) +
         " names (hard links); the others keep the old content");
  }
  if (wipes_old_) wipe_old();
}

void FileUpdate::check_that_nobody_changed_it() const {
  struct stat now {};
  bool is_there = fstatat(directory_.get(), name_.c_str(), &now, AT_SYMLINK_NOFOLLOW) == 0;
  if (is_there == exists() && (!is_there || FileStamp::of(now) == FileStamp::of(status_))) return;
  refuse(in_quotes(given_) + " was changed by another program since it was read", "changed", "run the command again");
}

/// The kernel gives the lease (fcntl(2)) only when no one else has the file open.
void FileUpdate::wipe_old() {
  struct stat now {};
  if (!exists() || fstat(old_.get(), &now) != 0 || now.st_nlink != 0) return;
  std::string path = "/proc/self/fd/" + std::to_string(old_.get());
  FileDescriptor writable(open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  old_ = FileDescriptor();
  if (writable.is_open() && fcntl(writable.get(), F_SETLEASE, F_WRLCK) == 0) write_zeros(writable.get(), now.st_size);
}

}  // namespace regvault
