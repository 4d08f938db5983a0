/// credentials.json: in which encrypted file the login of a registry is. docs/credential-helper.md is its
/// specification.
///
///     Configuration configuration = load_configuration(configuration_path(account), account);
///     const Entry* entry = configuration.for_server("https://ghcr.io/v2/");      // the entry "ghcr.io"
///
///     {"registries": {
///       "ghcr.io": {"file": "/srv/site/inventory.yml", "key": "all.vars.iaas_console.ghcr_pat",
///                   "username": "octocat", "vault_id": "prod@~/.vault/prod.txt"},
///       "*": {"file": "~/.config/regvault/logins.yml", "vault_id": "~/.vault/me.txt", "writable": true}}}
///
/// The directory a program is started in never counts: every path is absolute, or begins with "~/". What is not known
/// is refused, and so is a file that somebody else owns or may write to: it names programs that are run.
///
/// Throws Error: malformed (reason "credentials-file"; naming the file and the entry), file_access ("foreign-file").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/registry/auth_locations.hpp>
#include <regvault/registry/reference.hpp>
#include <regvault/yaml/path.hpp>

namespace regvault::credential_store {

struct Entry {
  std::string name;                           ///< as the file has it
  std::optional<RegistryReference> registry;  ///< nullopt: "*", every registry without an entry of its own
  std::string file;                           ///< absolute
  yaml::Path key;                             ///< of the token
  std::string username;                       ///< empty: the value at username_key
  yaml::Path username_key;
  std::string vault_id;  ///< [LABEL@]SOURCE, the source absolute or the name of a client script
  bool writable = false;
};

struct Configuration {
  std::string path;
  std::vector<Entry> entries;

  /// The entry whose login is right for this server: that of the longest namespace it is in, of its registry, else "*".
  /// nullptr: none.
  const Entry* for_server(const RegistryReference& server) const;

  /// The entry that a login for exactly this server is kept by. nullptr: none.
  const Entry* of_server(const RegistryReference& server) const;
};

/// `$XDG_CONFIG_HOME/regvault/credentials.json` (a relative one is ignored, as its specification wants), else
/// `~/.config/…`.
std::string configuration_path(const Account& account);

/// A file that is not there has no entries.
Configuration load_configuration(const std::string& path, const Account& account);

/// The same for its bytes.
Configuration parse_configuration(std::string_view bytes, const std::string& path, const Account& account);

/// Puts an entry into the file, in the place of the registry's old one; every other entry stays. The file is made if
/// need be, 0600, with its directories. False: it says so already. Throws as load_configuration() does, for the old
/// file and for the new entry.
bool write_entry(const std::string& path, const Entry& entry, const Account& account, const WarningSink& warn);

/// A server as programs name it; nullopt: it is none that could have an entry (plain HTTP, an image).
std::optional<RegistryReference> server_named(std::string_view text);

/// As docker asks for it again: Docker Hub's is "https://index.docker.io/v1/".
std::string server_name(const RegistryReference& server);

}  // namespace regvault::credential_store
