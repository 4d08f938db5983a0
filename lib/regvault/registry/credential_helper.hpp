/// A credential helper: the program `docker-credential-NAME` that keeps logins in a place of its own (a keyring,
/// `pass`, a cloud's service). An auth file names it, in credsStore or credHelpers.
///
///     CredentialHelper helper("pass", account);
///     std::optional<HelperLogin> now = helper.get("ghcr.io");
///     if (!now || !now->is("octo", password)) helper.store("ghcr.io", "octo", password);
///
/// The protocol is docker's (docker-credential-helpers): the verb is the only argument, everything else goes through
/// the standard streams. A helper has ten seconds and no terminal: one that wants to ask a person fails instead of
/// waiting.
///
/// Throws Error: not_found (the helper is not installed), program_failed (it refuses; the message names it, and has the
/// last line of what it says), both with the reason "credential-helper". Throws Interrupted.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <regvault/registry/auth_locations.hpp>
#include <regvault/secret/secret_bytes.hpp>

namespace regvault {

/// What a helper keeps for a registry.
struct HelperLogin {
  std::string username;
  SecretBytes secret;

  bool is(std::string_view username_wanted, std::string_view password) const;
};

class CredentialHelper {
 public:
  CredentialHelper(const std::string& name, const Account& account)
      : program_("docker-credential-" + name), account_(&account) {}

  const std::string& program() const noexcept { return program_; }

  /// Everything it keeps: server and user name. (Helpers of clouds make logins up when asked, and list none.)
  std::vector<std::pair<std::string, std::string>> list() const;

  std::optional<HelperLogin> get(const std::string& server) const;
  void store(const std::string& server, std::string_view username, std::string_view password) const;
  void erase(const std::string& server) const;

 private:
  /// What it answers; nullopt: it has no such login.
  std::optional<SecretBytes> ask(const std::string& verb, std::string_view input, std::string_view secret = {}) const;

  std::string program_;
  const Account* account_;
};

}  // namespace regvault
