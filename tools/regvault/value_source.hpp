/// Where a new value comes from: always said (--stdin, --from-file, --from-env), else asked on the terminal. Nothing is
/// guessed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <regvault/secret/secret_bytes.hpp>

#include "session.hpp"

namespace CLI {
class App;
}

namespace regvault::tools {

struct ValueSource {
  bool standard_input = false;
  std::string file;
  std::string variable;
  bool keep_newline = false;
  bool allow_empty = false;  ///< set by the verb from its --force
};

void add_value_options(CLI::App& app, ValueSource& source);

/// Reads the value. A prompt asks twice, with `what` in it: "New value for WHAT: ". One final newline of a single-line
/// value from standard input is dropped, and said. Throws Error(usage) when nothing says where it comes from and there
/// is no terminal, when it is empty, when the two answers differ.
SecretBytes read_value(const ValueSource& source, const std::string& what, Session& session);

/// Takes a variable out of the environment. Throws Error(not_found) when it is not set.
SecretBytes value_of_variable(const std::string& name, const Session& session);

/// A GitHub token that was not copied whole is better noticed now than on every host: refused, unless forced. One that
/// ghcr.io does not take is warned of: it may be meant for something else. Throws Error(usage, "token").
void check_token(std::string_view value, bool force, const WarningSink& warn);

void warn_of_bytes(std::string_view value, const WarningSink& warn);

}  // namespace regvault::tools
