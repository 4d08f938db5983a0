/// Base64 of secrets, in wiped memory on both sides.
///
///     SecretBytes header = SecretBytes::copy_of("Basic ");
///     header.append(base64_of(user_and_password.view()).view());
///
/// The alphabet and its strictness are those of base/encoding.hpp: RFC 4648 §4, padded, on one line.
#pragma once

#include <optional>
#include <string_view>

#include <regvault/secret/secret_bytes.hpp>

namespace regvault {

SecretBytes base64_of(std::string_view bytes);

/// nullopt: `text` is no base64.
std::optional<SecretBytes> base64_decoded(std::string_view text);

}  // namespace regvault
