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

#include <functional>
#include <string>
#include <string_view>

#include <regvault/base/error.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/system/input.hpp>
#include <regvault/vault/payload.hpp>

namespace regvault::vault_file {

/// What "-" stands for; without functions it is refused.
struct Streams {
  std::function<Input()> open_input;
  vault::Sink output;
};

struct Route {
  std::string source = {};       ///< a path, or "-"
  std::string destination = {};  ///< a path, or "-"; empty: back to the source
  bool afresh = false;           ///< files come out as new ones (0600, ours), not with the mode and owner they had
};

/// Whether a file is one vault as a whole.
bool is_one_vault(const std::string& path, const Streams& streams);

/// Throws Error(unsupported, "already-encrypted") for what is a vault already.
void encrypt(const Route& route, const Streams& streams, const keys::Key& key, const vault::Sealing& sealing,
             const WarningSink& warn);

/// Throws Error(no_key) when no vault secret opens it.
void decrypt(const Route& route, const Streams& streams, keys::Keyring& keyring, const WarningSink& warn);

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

/// Replaces the file by `plaintext`, encrypted with `key`. The mode and the owner stay.
/// Throws Error(file_access, "changed") when the file is not what it was when it was opened.
void save(const OpenFile& file, std::string_view plaintext, const keys::Key& key, const vault::Sealing& sealing,
          const WarningSink& warn);

/// Makes the file, 0600. Throws Error(file_access, "EEXIST") when there is one.
void create(const std::string& path, std::string_view plaintext, const keys::Key& key, const vault::Sealing& sealing,
            const WarningSink& warn);

}  // namespace regvault::vault_file
