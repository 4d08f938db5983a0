/// How OpenSSL starts in this process.
///
///     int main() {
///       crypto::start_openssl_lean();     // before anything that may use OpenSSL
///
/// By itself OpenSSL reads openssl.cnf, registers the names of every cipher and digest, and tidies up at exit: more
/// work than all else that a command on one secret does, its key derivation aside. This leaves that out, unless the
/// machine's policy may be in that configuration (`openssl_configuration_wanted`); then OpenSSL starts as it always
/// does (docs/adr/008-openssl-starts-lean.md).
///
/// For main() of a program of ours only: it holds for the whole process, so a library must not do it to its host, and
/// the rooms never do.
#pragma once

namespace regvault::crypto {

void start_openssl_lean() noexcept;
bool openssl_started_lean() noexcept;

/// True when the kernel runs in FIPS mode, OPENSSL_CONF names a configuration, or REGVAULT_KDF=openssl asks that
/// everything be OpenSSL's.
bool openssl_configuration_wanted() noexcept;

/// /proc/sys/crypto/fips_enabled
bool kernel_in_fips_mode() noexcept;

}  // namespace regvault::crypto
