#include <regvault/system/file.hpp>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace regvault {
namespace {

constexpr std::size_t kFirstRead = 64 * 1024;

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
    std::size_t count = read_some(descriptor, bytes.data() + size, bytes.size() - size, name);
    if (count == 0) break;
    size += count;
    if (size > at_most) {
      throw Error(ErrorCode::file_access,
                  "cannot read " + std::string(name) + ": it is larger than " + std::to_string(at_most) + " bytes", {},
                  {}, "EFBIG");
    }
  }
  bytes.resize(size);
  return bytes;
}

void wait_for(int descriptor, short event) {
  pollfd wait{descriptor, event, 0};
  poll(&wait, 1, -1);
}

FileDescriptor open_to_read(const std::string& path) {
  FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file.is_open()) fail_with_errno("read", in_quotes(path), errno);
  return file;
}

bool same_time(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
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

std::size_t read_some(int descriptor, char* into, std::size_t size, std::string_view name) {
  while (true) {
    ssize_t count = read(descriptor, into, size);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EAGAIN) {
      wait_for(descriptor, POLLIN);
    } else if (errno != EINTR) {
      fail_with_errno("read", name, errno);
    }
  }
}

void write_all(int descriptor, std::string_view bytes, std::string_view name) {
  while (!bytes.empty()) {
    ssize_t count = write(descriptor, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      wait_for(descriptor, POLLOUT);
    } else if (errno != EINTR) {
      fail_with_errno("write", name, errno);
    }
  }
}

FileStamp FileStamp::of(const struct stat& status) {
  return {status.st_dev, status.st_ino, status.st_size, status.st_mtim, status.st_ctim};
}

bool FileStamp::operator==(const FileStamp& other) const {
  return device == other.device && inode == other.inode && size == other.size && same_time(modified, other.modified) &&
         same_time(changed, other.changed);
}

void fail_with_errno(std::string_view what, std::string_view name, int error, std::string hint) {
  std::string message = "cannot " + std::string(what) + " " + std::string(name) + ": " + std::strerror(error);
  const char* reason = strerrorname_np(error);
  throw Error(ErrorCode::file_access, message, std::move(hint), {}, reason != nullptr ? reason : "");
}

}  // namespace regvault
