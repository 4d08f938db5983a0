/// A vault payload as a value in YAML text that is read and pasted by people: what `encrypt_string` prints.
///
///     as_block("ghcr_pat", payload)        // "ghcr_pat: !vault |\n          $ANSIBLE_VAULT;1.1;AES256\n 3636…"
///     payload_in("  a: !vault |\n    $ANSIBLE_VAULT;1.1;AES256\n    3636…\n")   // the payload alone
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace regvault::vault_file {

/// Byte for byte ansible-vault's form, ended by a newline. No name: the value alone.
std::string as_block(std::string_view name, std::string_view payload);

/// The payload that stands in `text`, as a block or bare: its lines without the blanks around them, up to the first
/// that is not hexadecimal. nullopt: there is none.
std::optional<std::string> payload_in(std::string_view text);

}  // namespace regvault::vault_file
