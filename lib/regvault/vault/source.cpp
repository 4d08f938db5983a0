#include <regvault/vault/source.hpp>

namespace regvault::vault {

ReadAt reading(std::string_view bytes) {
  return [bytes](std::uint64_t offset, char* into, std::size_t size) -> std::size_t {
    return offset < bytes.size() ? bytes.copy(into, size, static_cast<std::size_t>(offset)) : 0;
  };
}

std::size_t read_fully(const ReadAt& source, std::uint64_t offset, char* into, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    std::size_t got = source(offset + done, into + done, size - done);
    if (got == 0) break;
    done += got;
  }
  return done;
}

}  // namespace regvault::vault
