/// A file as a diff shows it: one line for each vault, which changes when the secret does, and says no value.
///
///     diff_text(bytes, "group_vars/all.yml", keyring, false)
///
///     ghcr_pat: !vault prod 5f3a9c12b0de (all.vars.ghcr_pat)            vault id, fingerprint (fingerprint.hpp), key
///     old: !vault dev (encrypted, no key) 0c44e1f2a917 (all.vars.old)   the digits are the ciphertext's
///
/// Sealed anew with the same password, a secret looks as before. A file that is one vault as a whole is one such line.
#pragma once

#include <string>
#include <string_view>

#include <regvault/keys/keyring.hpp>
#include <regvault/secret/secret_bytes.hpp>

namespace regvault::vault_file {

/// `reveal`: what a key opens is in plain instead, values tagged !vault-plain, files as their text.
/// Whatever the bytes are, there is a text: a diff must not fail.
SecretBytes diff_text(std::string_view bytes, const std::string& name, keys::Keyring& keyring, bool reveal);

}  // namespace regvault::vault_file
