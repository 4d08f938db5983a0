/// Where a registry token comes from, and the user name with it: always said (--from, --var of a host, --stdin,
/// --from-env, --from-gh), else asked on the terminal. Nothing is guessed.
///
///     add_token_options(app, source);                               // in the verb's configure_…()
///     Token token = read_token(source, "ghcr.io", session);         // asks for what is missing
#pragma once

#include <string>

#include <regvault/keys/keyring.hpp>
#include <regvault/secret/secret_bytes.hpp>

#include "regvault/inventory_options.hpp"
#include "session.hpp"

namespace CLI {
class App;
}

namespace regvault::tools {

struct TokenSource {
  std::string place;  ///< FILE:KEY
  InventoryOptions inventory;
  std::string host;
  std::string host_variable;  ///< a path in the host's variables
  bool standard_input = false;
  std::string variable;
  bool from_gh = false;
  std::string username;
  std::string username_place;     ///< FILE:KEY
  std::string username_variable;  ///< of the host
  bool force = false;
  keys::KeyRequest keys;

  /// The command line says where the token comes from: nobody need be asked.
  bool is_said() const;
};

/// The options for a token and its user name.
void add_token_options(CLI::App& app, TokenSource& source);

/// The same for a token alone.
void add_bare_token_options(CLI::App& app, TokenSource& source);

struct Token {
  std::string username;
  SecretBytes password;
};

/// Throws Error(usage) when nothing says where it comes from and there is no terminal, when it is empty, and, unless
/// forced, for a token that was not copied whole, or that this registry does not take.
Token read_token(const TokenSource& source, const std::string& registry, Session& session);

/// The token alone; `what` is in the prompt: "Token for WHAT: ". Not checked against what a registry takes.
SecretBytes read_bare_token(const TokenSource& source, const std::string& what, Session& session);

}  // namespace regvault::tools
