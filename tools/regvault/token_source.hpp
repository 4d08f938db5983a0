/// Where a registry token comes from, and the user name with it: always said (--from, --stdin, --from-env, --from-gh),
/// else asked on the terminal. Nothing is guessed.
#pragma once

#include <string>

#include <regvault/keys/keyring.hpp>
#include <regvault/secret/secret_bytes.hpp>

#include "session.hpp"

namespace CLI {
class App;
}

namespace regvault::tools {

struct TokenSource {
  std::string place;  ///< FILE:KEY
  bool standard_input = false;
  std::string variable;
  bool from_gh = false;
  std::string username;
  std::string username_place;  ///< FILE:KEY
  bool force = false;
  keys::KeyRequest keys;
};

void add_token_options(CLI::App& app, TokenSource& source);

struct Token {
  std::string username;
  SecretBytes password;
};

/// Throws Error(usage) when nothing says where it comes from and there is no terminal, when it is empty, and, unless
/// forced, for a token that was not copied whole, or that this registry does not take.
Token read_token(const TokenSource& source, const std::string& registry, Session& session);

}  // namespace regvault::tools
