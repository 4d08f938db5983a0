/// Random bytes for salts, from getrandom(2).
///
/// The kernel's generator is asked directly: OpenSSL's RAND_bytes sets up a generator of its own first, which costs a
/// short command more than everything else it does with a salt.
///
///     std::string salt = crypto::random_bytes(32);
///
/// Throws Error(failed) when the kernel refuses (only a seccomp filter makes it do so).
#pragma once

#include <cstddef>
#include <string>

namespace regvault::crypto {

void fill_random(char* into, std::size_t size);
std::string random_bytes(std::size_t size);

}  // namespace regvault::crypto
