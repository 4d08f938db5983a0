/// Files are touched only in this room: here the bounded reads and whole writes; replacing a file is file_update.hpp,
/// reading one of any size input.hpp.
///
///     SecretBytes token = read_secret_file("token.txt");
///     write_all(STDOUT_FILENO, token.view(), "standard output");
///
/// All functions throw Error(file_access): `cannot read "x.yml": No such file or directory`, with errno's name as
/// `reason` ("ENOENT"; our own refusals: "changed", "locked", "not-a-file"), and, where there is one, a hint.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <regvault/base/error.hpp>
#include <regvault/secret/secret_bytes.hpp>

namespace regvault {

/// An open file descriptor, closed with the object; every one is opened O_CLOEXEC.
class FileDescriptor {
 public:
  FileDescriptor() noexcept = default;
  explicit FileDescriptor(int descriptor) noexcept : descriptor_(descriptor) {}
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();

  int get() const noexcept { return descriptor_; }
  bool is_open() const noexcept { return descriptor_ >= 0; }
  int release() noexcept { return std::exchange(descriptor_, -1); }  ///< the caller closes it from now on

 private:
  int descriptor_ = -1;
};

/// Larger files are refused by the readers below unless the caller says otherwise: what we edit are text files.
inline constexpr std::size_t kReadAtMost = std::size_t{1} << 30;

std::string read_file(const std::string& path, std::size_t at_most = kReadAtMost);
SecretBytes read_secret_file(const std::string& path, std::size_t at_most = kReadAtMost);

/// Everything up to the end of an open descriptor; `name` stands in messages as it is ("standard input").
SecretBytes read_all(int descriptor, std::string_view name, std::size_t at_most = kReadAtMost);

/// At least one byte, but at the end none; waits for them on a non-blocking descriptor, too.
std::size_t read_some(int descriptor, char* into, std::size_t size, std::string_view name);

/// All of `bytes`, whatever is accepted at a time, and however long it takes.
void write_all(int descriptor, std::string_view bytes, std::string_view name);

/// What tells that a file is still the one that was looked at.
struct FileStamp {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  timespec modified{}, changed{};

  static FileStamp of(const struct stat& status);
  bool operator==(const FileStamp& other) const;
};

/// Throws Error(file_access): "cannot WHAT NAME: strerror", the reason errno's name. `name` as it is: quote it.
[[noreturn]] void fail_with_errno(std::string_view what, std::string_view name, int error, std::string hint = {});

}  // namespace regvault
