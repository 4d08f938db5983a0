/// Logins of registries in encrypted files, as a credential helper gives them out and takes them in.
///
///     CredentialStore store(load_configuration(path, account), account, warn);
///     if (std::optional<HelperLogin> login = store.get("ghcr.io")) use(login->username, login->secret.view());
///     store.store("quay.io", "robot", token.view());       // only where the entry is writable
///
/// Nobody is asked: a vault secret comes from the file or script its entry names, and from nowhere else. No ansible.cfg
/// and no ANSIBLE_* counts. A script has ten seconds and no terminal.
///
/// What is written is always encrypted. Several processes may store and erase in one file at the same time
/// (vault_file::change).
///
/// Throws what vault_file and keys::Keyring throw, and its own errors as said below.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/credential_store/configuration.hpp>
#include <regvault/registry/credential_helper.hpp>

namespace regvault::credential_store {

class CredentialStore {
 public:
  CredentialStore(Configuration configuration, Account account, WarningSink warn)
      : configuration_(std::move(configuration)), account_(std::move(account)), warn_(std::move(warn)) {}

  /// nullopt: no entry is for this server, or nothing was stored for it. Throws Error(unsupported, "not-encrypted") for
  /// a token in the clear.
  std::optional<HelperLogin> get(std::string_view server) const;

  /// Every server that get() has a login for, with its user name; one that fails is left out, and warned of.
  std::vector<std::pair<std::string, std::string>> list() const;

  /// Throws Error(refused, "managed"), naming file and verb, where the entry is not writable and has another login;
  /// Error(not_found, "no-entry") where there is none.
  void store(std::string_view server, std::string_view username, std::string_view secret) const;

  /// Nothing there is nothing to do. Throws Error(refused, "managed").
  void erase(std::string_view server) const;

 private:
  Configuration configuration_;
  Account account_;
  WarningSink warn_;
};

}  // namespace regvault::credential_store
