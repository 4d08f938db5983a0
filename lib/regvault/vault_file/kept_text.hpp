/// What was typed in an editor is not lost when it cannot be written.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <regvault/keys/keyring.hpp>
#include <regvault/vault/payload.hpp>

namespace regvault::vault_file {

/// Runs `write`; should that throw an Error, `text` is put, encrypted, beside the file (where that fails, in /tmp or
/// /dev/shm), and the error says where.
void write_or_keep(const std::string& path, std::string_view text, const keys::Key& key, const vault::Sealing& sealing,
                   const std::function<void()>& write);

}  // namespace regvault::vault_file
