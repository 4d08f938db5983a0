/// A file that is one vault as a whole, of any size: encrypt it, decrypt it, rekey it; in place, to another file, or
/// from and to streams.
///
///     encrypt({.source = "vars.yml"}, streams, key, keyring.sealing(label_for_header(key)), warn);
///     decrypt({.source = "vars.yml", .destination = "-"}, streams, keyring, warn);
///
///     OpenFile file = open_file("vars.yml", keyring);                        // in memory, to look at or to edit
///     save(file, edited.view(), keyring.sealing(file.header_label), warn);   // under the same key and label
///
/// encrypt() and decrypt() take less than 2 MiB whatever the size, where both ends are files; what comes from a stream
/// is kept in memory once. A file is replaced whole or not at all (FileUpdate); it is locked only while that happens,
/// not while vault secrets are asked for, and refused ("changed") when someone else changed it in between.
///
/// Throws what vault (payloads), keys::Keyring, Input and FileUpdate (files) throw, and its own errors as said below.
#pragma once

#include <string>
#include <string_view>

#include <regvault/base/error.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/system/input.hpp>
#include <regvault/vault/payload.hpp>
#include <regvault/vault_file/route.hpp>

namespace regvault::vault_file {

/// Whether a file is one vault as a whole.
bool is_one_vault(const std::string& path, const Streams& streams);

/// Throws Error(unsupported, "already-encrypted") for what is a vault already.
void encrypt(const Route& route, const Streams& streams, const keys::Key& key, const vault::Sealing& sealing,
             const WarningSink& warn);

/// Throws Error(no_key) when no vault secret opens it.
void decrypt(const Route& route, const Streams& streams, keys::Keyring& keyring, const WarningSink& warn);

/// For a caller that has looked into the source already; standard input can be opened but once.
void decrypt(const Input& input, const Route& route, const Streams& streams, keys::Keyring& keyring,
             const WarningSink& warn);

/// A whole-file vault, opened.
struct OpenFile {
  std::string path;
  Input input;  ///< the file as it was
  SecretBytes plaintext;
  std::string header_label;  ///< empty: none (format 1.1)
  const keys::Key* key;      ///< that opened it; the keyring's
};

/// "-" is standard input. Throws Error(no_key).
OpenFile open_file(const std::string& path, const Streams& streams, keys::Keyring& keyring);
OpenFile open_file(Input input, const std::string& path, keys::Keyring& keyring);

/// Replaces the file by `plaintext`, encrypted with `key`. The mode and the owner stay.
/// Throws Error(file_access, "changed") when the file is not what it was when it was opened.
void save(const OpenFile& file, std::string_view plaintext, const keys::Key& key, const vault::Sealing& sealing,
          const WarningSink& warn);

/// Makes the file, 0600. Throws Error(file_access, "EEXIST") when there is one.
void create(const std::string& path, std::string_view plaintext, const keys::Key& key, const vault::Sealing& sealing,
            const WarningSink& warn);

}  // namespace regvault::vault_file
