/// For programs that are short: how to start OpenSSL without reading its configuration.
///
///     int main() {
///       crypto::skip_openssl_configuration();      // before anything else that may use OpenSSL
///
/// Reading openssl.cnf and what belongs to it takes 0.8 ms, as long as deriving a key block. What is skipped is also
/// the administrator's policy, FIPS mode for one, and it cannot be read later: do not skip it when the machine is in
/// FIPS mode (/proc/sys/crypto/fips_enabled) or the user has set OPENSSL_CONF. A library has no business to decide
/// this for its host program, so nothing in here calls it.
#pragma once

namespace regvault::crypto {

void skip_openssl_configuration() noexcept;

}  // namespace regvault::crypto
