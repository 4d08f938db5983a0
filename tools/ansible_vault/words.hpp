/// What each word of a command line is to a parser, before any of them is acted on.
///
///     auto words = judged(parser, {"a.yml", "--vault-i=x", "--", "-v"});   // operand, option, end_of_options, operand
///
/// Throws UsageError for an option that is short for more than one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ansible_vault/options.hpp"

namespace regvault::ansible_vault {

struct Word {
  enum class Kind { operand, option, unknown_option, end_of_options };
  Kind kind = Kind::operand;
  std::string_view text = {};                     ///< as it was given
  const Option* option = nullptr;                 ///< only of Kind::option
  std::string_view spelling = {};                 ///< the option's name that the word begins with, or is short for
  std::optional<std::string_view> attached = {};  ///< what stands behind the name: "x" in --output=x, -nx and -n=x
};

/// One for each of `texts`, which must outlive the result.
std::vector<Word> judged(const Parser& parser, std::span<const std::string> texts);

}  // namespace regvault::ansible_vault
