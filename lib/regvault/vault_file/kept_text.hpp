/// What was typed in an editor is not lost when it cannot be written.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <regvault/base/error.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/vault/payload.hpp>

namespace regvault::vault_file {

/// Puts `text`, encrypted, beside the file (where that fails, in /tmp or /dev/shm): the error, which now says where.
Error with_text_kept(const Error& error, const std::string& path, std::string_view text, const keys::Key& key,
                     const vault::Sealing& sealing);

/// Runs `write`; should that throw an Error, the text is kept.
void write_or_keep(const std::string& path, std::string_view text, const keys::Key& key, const vault::Sealing& sealing,
                   const std::function<void()>& write);

}  // namespace regvault::vault_file
