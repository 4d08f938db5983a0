#include <regvault/crypto/random.hpp>

#include <sys/random.h>

#include <cerrno>
#include <system_error>

#include <regvault/base/error.hpp>

namespace regvault::crypto {

void fill_random(char* into, std::size_t size) {
  while (size != 0) {
    ssize_t got = getrandom(into, size, 0);  // long requests can be cut short, and interrupted, by a signal
    if (got < 0) {
      if (errno == EINTR) continue;
      std::string reason = std::generic_category().message(errno);
      throw Error(ErrorCode::failed, "the system gives no random bytes: " + reason);
    }
    into += got;
    size -= static_cast<std::size_t>(got);
  }
}

std::string random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  fill_random(bytes.data(), size);
  return bytes;
}

}  // namespace regvault::crypto
