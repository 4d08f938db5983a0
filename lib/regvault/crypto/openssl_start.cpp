#include <regvault/crypto/openssl_start.hpp>

#include <fcntl.h>
#include <openssl/crypto.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string_view>

namespace regvault::crypto {
namespace {

std::atomic<bool> lean{false};

std::string_view variable(const char* name) noexcept {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

bool kernel_in_fips_mode() noexcept {
  int file = open("/proc/sys/crypto/fips_enabled", O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;  // a kernel without it
  char answer = '0';
  bool enabled = read(file, &answer, 1) == 1 && answer != '0';
  close(file);
  return enabled;
}

bool openssl_configuration_wanted() noexcept {
  return variable("REGVAULT_KDF") == "openssl" || !variable("OPENSSL_CONF").empty() || kernel_in_fips_mode();
}

void start_openssl_lean() noexcept {
  if (openssl_configuration_wanted()) return;
  // No handler at exit: it would only free what the kernel takes back anyway. Keys are wiped by those who hold them.
  lean = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
                                 OPENSSL_INIT_NO_ADD_ALL_DIGESTS | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS |
                                 OPENSSL_INIT_NO_ATEXIT,
                             nullptr) == 1;
}

bool openssl_started_lean() noexcept {
  return lean;
}

}  // namespace regvault::crypto
