/// Bytes of any size that are gone over more than once: a file is read where it lies; what comes but once (a pipe, a
/// terminal) is kept in memory.
///
///     Input input = Input::open("backup.tar");
///     std::size_t count = input.read_at(offset, buffer, sizeof(buffer));   // 0 only at the end
///
/// Throws what file.hpp says. Const functions may be called from several threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <regvault/system/file.hpp>

namespace regvault {

class Input {
 public:
  static Input open(const std::string& path);

  /// Standard input, say: the descriptor stays the caller's. `name` stands in messages as it is. A regular file is read
  /// from where the descriptor stands.
  static Input of(int descriptor, std::string name);

  std::size_t read_at(std::uint64_t offset, char* into, std::size_t size) const;

  /// Of a file, when it was opened; all zero for what is in memory.
  const FileStamp& stamp() const noexcept { return stamp_; }

 private:
  Input(int descriptor, std::string name);
  void read_into_memory();

  FileDescriptor owned_;
  int descriptor_;
  std::string name_;
  FileStamp stamp_;
  std::uint64_t begin_ = 0;  // of a file: where its bytes begin
  bool in_memory_ = false;
  std::vector<SecretBytes> pieces_;  // all full but the last: growing one buffer would take twice the memory
};

}  // namespace regvault
