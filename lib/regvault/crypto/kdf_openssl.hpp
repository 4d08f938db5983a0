/// Key derivation by OpenSSL: slower, but what FIPS mode asks for. Internal to the room.
#pragma once

#include <span>

#include <regvault/crypto/key_derivation.hpp>

namespace regvault::crypto {

/// As PKCS5_PBKDF2_HMAC does it, under OpenSSL's configuration. It derives all blocks up to the one wanted, so requests
/// for several blocks of one key should follow each other. Throws Error(failed) where OpenSSL refuses.
void derive_with_openssl(std::span<const BlockRequest> batch);

/// The kernel's, or that OpenSSL's default properties ask for FIPS.
bool fips_mode();

}  // namespace regvault::crypto
