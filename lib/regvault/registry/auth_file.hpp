/// One auth file (podman's auth.json, docker's config.json): who is logged in where.
///
///     AuthFile file = AuthFile::parse(bytes, "/run/containers/0/auth.json");
///     if (auto key = file.entry_for(registry, Engine::podman); !key || !file.holds(*key, "octo", password.view())) {
///       file.set(registry, Engine::podman, "octo", password.view());
///       update.commit(file.written().view(), warn);
///     }
///
/// Every other key stays, in its order. Nothing of the file's secrets leaves wiped memory. Which entry an engine uses
/// follows containers/image (podman) and docker/cli; both read `auth` only, base64 of "user:password".
///
/// Throws Error(malformed), naming the file, for what is no JSON, or JSON of another shape.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/json/document.hpp>
#include <regvault/registry/reference.hpp>

namespace regvault {

/// As GitHub's and GitLab's tokens begin: no name a user has.
bool begins_like_a_token(std::string_view text);

/// A user name for people to read; nullopt: it may be a secret (a token in the wrong place), or is no text.
std::optional<std::string> showable_username(std::string_view username);

/// A login with its password: to be shown to the registry, and to nobody else.
struct StoredCredentials {
  std::string username = {};
  SecretBytes password = {};
};

/// "USER:PASSWORD", as HTTP's Basic and an entry's `auth` want it, before base64.
SecretBytes user_and_password(std::string_view username, std::string_view password);

class AuthFile {
 public:
  enum class Format {
    auths,      ///< {"auths": {KEY: ENTRY}, …}
    dockercfg,  ///< {KEY: ENTRY}, ~/.dockercfg; podman still reads it, nothing writes it
  };

  /// Nothing but white space is an empty file: `{}`.
  static AuthFile parse(std::string_view bytes, const std::string& path, Format format = Format::auths);

  /// The key of the entry the engine uses for this registry. An entry without credentials ({}) is none.
  std::optional<std::string> entry_for(const RegistryReference& registry, Engine engine) const;

  /// The credential helper the engine asks instead of, or after, this file; nullopt: it uses the file's entries.
  std::optional<std::string> helper_for(const RegistryReference& registry, Engine engine) const;

  std::vector<std::string> registries_with_helpers() const;  ///< the keys of credHelpers
  std::string store() const;                                 ///< credsStore; empty: none

  /// Whether the entry says exactly this. (One with an identity token does not: engines prefer the token.)
  bool holds(std::string_view key, std::string_view username, std::string_view password) const;

  /// Whose entry it is, for people to read. nullopt: not readable, or not to be shown.
  std::optional<std::string> username_of(std::string_view key) const;

  /// What the entry says; nullopt: not readable.
  std::optional<StoredCredentials> credentials_of(std::string_view key) const;

  /// Keys of namespaces in this registry ("ghcr.io/octo" for ghcr.io) that have credentials: podman's family prefers
  /// them for the images there.
  std::vector<std::string> narrower_keys(const RegistryReference& registry, Engine engine) const;

  std::vector<std::string> keys() const;  ///< of every entry, also of those without credentials

  /// Makes this the entry the engine uses, without anything an older one had.
  void set(const RegistryReference& registry, Engine engine, std::string_view username, std::string_view password);

  /// Notes that a credential helper has the login, as docker does: an entry without anything ({}).
  /// False: it was so already.
  bool leave_to_helper(const RegistryReference& registry, Engine engine);

  /// Names the credential helper that the engine asks for this registry; empty: none any more. False: it was so
  /// already.
  bool set_helper(const RegistryReference& registry, Engine engine, std::string_view name);

  /// Removes every entry the engine would use for this registry itself (not for namespaces in it).
  /// Returns how many there were.
  std::size_t remove(const RegistryReference& registry, Engine engine);

  SecretBytes written() const;  ///< as docker and podman write it: tabs, no final line end

 private:
  AuthFile(json::Document document, Format format) : document_(std::move(document)), format_(format) {}

  const json::Object* entries() const;  ///< null: there are none
  const json::Object* entry(std::string_view key) const;
  json::Object& new_entry(const std::string& key);
  bool has_credentials(std::string_view key) const;

  json::Document document_;
  Format format_;
};

}  // namespace regvault
