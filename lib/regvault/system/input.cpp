#include <regvault/system/input.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace regvault {
namespace {

constexpr std::size_t kPiece = 1 << 20;

std::size_t read_some_at(int file, off_t at, char* into, std::size_t size, const std::string& name) {
  ssize_t count;
  while ((count = pread(file, into, size, at)) == -1 && errno == EINTR) {
  }
  if (count == -1) fail_with_errno("read", name, errno);
  return static_cast<std::size_t>(count);
}

}  // namespace

Input Input::open(const std::string& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file.is_open()) fail_with_errno("read", in_quotes(path), errno);
  Input input(file.get(), in_quotes(path));
  input.owned_ = std::move(file);
  return input;
}

Input Input::of(int descriptor, std::string name) {
  return {descriptor, std::move(name)};
}

Input::Input(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {
  struct stat status {};
  if (fstat(descriptor_, &status) != 0) fail_with_errno("read", name_, errno);
  if (S_ISDIR(status.st_mode)) fail_with_errno("read", name_, EISDIR);
  off_t at = S_ISREG(status.st_mode) ? lseek(descriptor_, 0, SEEK_CUR) : -1;
  if (at < 0) {
    read_into_memory();
  } else {
    begin_ = static_cast<std::uint64_t>(at);
    stamp_ = FileStamp::of(status);
  }
}

void Input::read_into_memory() {
  in_memory_ = true;
  while (true) {
    SecretBytes piece(kPiece);
    std::size_t size = 0, count = 1;
    while (size < kPiece && count != 0) {
      count = read_some(descriptor_, piece.data() + size, kPiece - size, name_);
      size += count;
    }
    piece.resize(size);
    pieces_.push_back(std::move(piece));
    if (count == 0) return;
  }
}

std::size_t Input::read_at(std::uint64_t offset, char* into, std::size_t size) const {
  if (!in_memory_) {
    return read_some_at(descriptor_, static_cast<off_t>(begin_ + offset), into, size, name_);
  }
  if (offset / kPiece >= pieces_.size()) return 0;
  std::string_view rest = pieces_[offset / kPiece].view();
  rest.remove_prefix(std::min<std::size_t>(offset % kPiece, rest.size()));
  std::size_t count = std::min(size, rest.size());
  std::memcpy(into, rest.data(), count);
  return count;
}

}  // namespace regvault
