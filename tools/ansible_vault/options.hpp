/// The one table of ansible-vault's parsers and options: the parser reads words by it, and usage and help are made of
/// it.
///
///     const Parser& encrypt = *find_action("encrypt");
///     const Option* option = encrypt.find("--output");   // nullptr: not an option of encrypt
///
/// An option stores through a pointer to the member of Arguments that it sets; the member's type says how: a bool is
/// set to true, an int counts, an optional keeps the last value, a vector collects them.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ansible_vault/arguments.hpp"

namespace regvault::ansible_vault {

/// What an option asks for instead of storing something.
enum class Ask { help, version };

using Target = std::variant<Ask, bool Arguments::*, int Arguments::*, std::optional<std::string> Arguments::*,
                            std::vector<std::string> Arguments::*>;

/// At most one option of each of these may be given.
enum class Exclusion { none, password_source, new_password };

struct Option {
  std::array<std::string_view, 3> spellings;  ///< the first one stands in the usage line; unused ones are empty
  std::string_view metavar;                   ///< the value's name in the help; empty: takes no value
  Target target;
  std::string_view help;
  Exclusion exclusion = Exclusion::none;

  bool takes_value() const { return !metavar.empty(); }
  std::span<const std::string_view> names() const;
  /// "-n/--name": how messages name the option.
  std::string title() const;
};

/// The main parser, or an action's. The order of the options is argparse's: usage, help and the candidates of an
/// ambiguous option follow it.
struct Parser {
  std::string_view program;  ///< "ansible-vault encrypt"
  std::string_view name;     ///< "encrypt"; empty: the main parser
  std::string_view summary;  ///< its line in the main help
  std::string_view operand;  ///< what the help calls its operands
  std::string_view operand_help;
  Action action;  ///< no meaning in the main parser
  std::vector<const Option*> options;

  const Option* find(std::string_view spelling) const;
};

const Parser& main_parser();

/// In the order of the help.
std::span<const Parser> action_parsers();

/// nullptr: no such action.
const Parser* find_action(std::string_view name);

}  // namespace regvault::ansible_vault
