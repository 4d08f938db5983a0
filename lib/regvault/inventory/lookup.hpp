/// The value of a variable that a host sees, decrypted: where explain() ends, read again.
///
///     Found token = lookup(model, "gpu-01", yaml::parse_path("iaas_console.ghcr_pat"), keys, warn);
///     use(token.text.view());                        // from token.place.file->path, token.place.line
///
/// References (`{{ vault_pat }}`) are followed. A source that nobody knows, and that may count instead, is warned of.
#pragma once

#include <string>

#include <regvault/base/error.hpp>
#include <regvault/inventory/explain.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/vault_file/contents.hpp>

namespace regvault::inventory {

struct Found {
  SecretBytes text;
  Place place;
};

/// Throws what explain() throws, Error(not_found, "not-set"), Error(unsupported) for what is no text (a mapping, a
/// template that is more than a name, a value in an INI file), Error(no_key), and Error(file_access).
Found lookup(const Model& model, const std::string& host, const yaml::Path& path, const vault_file::Keys& keys,
             const WarningSink& warn);

}  // namespace regvault::inventory
