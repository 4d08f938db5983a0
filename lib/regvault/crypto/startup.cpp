#include <regvault/crypto/startup.hpp>

#include <openssl/crypto.h>

namespace regvault::crypto {

void skip_openssl_configuration() noexcept {
  // A failure shows at the first cipher, with a message.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ADD_ALL_DIGESTS |
                          OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS,
                      nullptr);
}

}  // namespace regvault::crypto
