/// The text of `auth` in one entry of an auth file. A part of this room.
#pragma once

#include <string>

#include <regvault/secret/secret_bytes.hpp>

namespace regvault::diagnosis {

inline constexpr std::size_t kAuthFileAtMost = std::size_t{16} << 20;

/// Empty: there is none, or the file does not parse.
SecretBytes stored_auth(const std::string& path, const std::string& key);

}  // namespace regvault::diagnosis
