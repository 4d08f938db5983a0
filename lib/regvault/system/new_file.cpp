#include <regvault/system/new_file.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <vector>

namespace regvault {
namespace {

constexpr std::string_view kAccessList = "system.posix_acl_access";
constexpr std::string_view kAsOwner = "run the command as the owner of the file";

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

}  // namespace

NewFile::NewFile(int directory, const std::string& name, mode_t mode, std::string path)
    : directory_(directory), name_(temporary_name(name)), path_(std::move(path)) {
  unlinkat(directory_, name_.c_str(), 0);  // left by one that was killed: we hold the lock, no one is using it
  file_ = FileDescriptor(openat(directory_, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, mode));
  if (file_.is_open()) return;
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL && errno != ENOENT)
    fail_with_errno("write", in_quotes(path_), errno);
  signals_.emplace();
  file_ = FileDescriptor(openat(directory_, name_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file_.is_open()) fail_with_errno("write", in_quotes(path_), errno);
  named_ = true;
}

NewFile::~NewFile() {
  if (named_) unlinkat(directory_, name_.c_str(), 0);
}

void NewFile::write(std::string_view bytes) {
  if (signals_) signals_->throw_if_caught();
  write_all(file_.get(), bytes, in_quotes(path_));
}

void NewFile::give_owner(uid_t owner, gid_t group) {
  auto is_right = [&] {
    struct stat now {};
    return fstat(file_.get(), &now) == 0 && now.st_uid == owner && now.st_gid == group;
  };
  if (is_right()) return;
  int error = fchown(file_.get(), owner, group) == 0 ? (is_right() ? 0 : EPERM) : errno;
  if (error == 0) return;
  bool only_group = owner == geteuid();
  fail_with_errno(only_group ? "keep the group of" : "keep the owner of", in_quotes(path_), error,
                  only_group ? "run the command as a member of the group, or give the file one of your groups: chgrp"
                             : std::string(kAsOwner));
}

void NewFile::give_mode(mode_t mode) {
  if (fchmod(file_.get(), mode) != 0) {
    fail_with_errno("set the mode of", in_quotes(path_), errno, std::string(kAsOwner));
  }
  struct stat now {};
  bool right = fstat(file_.get(), &now) == 0 && (now.st_mode & 07777) == mode;
  if (!right) fail_with_errno("set the mode of", in_quotes(path_), EPERM, std::string(kAsOwner));
}

void NewFile::copy_attributes(int from) {
  bool has_list = false;
  for (const std::string& name : attribute_names(from)) {
    bool is_list = name == kAccessList;
    if (!copy_attribute(from, file_.get(), name) && is_list) {
      fail_with_errno("keep the access control list of", in_quotes(path_), errno);
    }
    has_list = has_list || is_list;
  }
  if (!has_list) remove_access_list();
}

void NewFile::remove_access_list() {
  fremovexattr(file_.get(), kAccessList.data());
}

void NewFile::sync() {
  if (fsync(file_.get()) != 0) fail_with_errno("write", in_quotes(path_), errno);
  if (signals_) signals_->throw_if_caught();
}

void NewFile::rename_to(const std::string& name) {
  give_name();
  if (renameat(directory_, name_.c_str(), directory_, name.c_str()) != 0) {
    bool mounted = errno == EBUSY;  // rename(2): the name is a mount point
    fail_with_errno(
        "replace", in_quotes(path_), errno,
        mounted ? "it is mounted by itself, as containers do with single files; mount its directory instead" : "");
  }
  named_ = false;
}

void NewFile::give_name() {
  if (named_) return;
  signals_.emplace();
  std::string link = "/proc/self/fd/" + std::to_string(file_.get());
  if (linkat(AT_FDCWD, link.c_str(), directory_, name_.c_str(), AT_SYMLINK_FOLLOW) != 0 &&
      linkat(file_.get(), "", directory_, name_.c_str(), AT_EMPTY_PATH) != 0) {  // without /proc: for root
    fail_with_errno("replace", in_quotes(path_), errno);
  }
  named_ = true;
}

}  // namespace regvault
