#include "ansible_vault/words.hpp"

#include <algorithm>
#include <utility>

#include "ansible_vault/help.hpp"

namespace regvault::ansible_vault {
namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// "-12", "-1.5", "-.5"
bool is_negative_number(std::string_view text) {
  text.remove_prefix(1);
  auto point = text.find('.');
  if (point == std::string_view::npos) return is_digits(text);
  auto before = text.substr(0, point);
  return (before.empty() || is_digits(before)) && is_digits(text.substr(point + 1));
}

/// The text before the first "=", and what stands behind it.
std::pair<std::string_view, std::optional<std::string_view>> at_equals_sign(std::string_view text) {
  auto position = text.find('=');
  if (position == std::string_view::npos) return {text, std::nullopt};
  return {text.substr(0, position), text.substr(position + 1)};
}

/// The options that `text` may be short for; in "-nVALUE" the value is attached to the name.
std::vector<Word> candidates(const Parser& parser, std::string_view text) {
  bool is_long = text.substr(0, 2) == "--";
  auto [prefix, value] = is_long ? at_equals_sign(text) : std::pair(text, std::optional<std::string_view>());
  std::vector<Word> found;
  for (const Option* option : parser.options) {
    for (std::string_view name : option->names()) {
      if (!is_long && name == text.substr(0, 2)) {
        found.push_back({Word::Kind::option, text, option, name, text.substr(2)});
      } else if (name.substr(0, prefix.size()) == prefix) {
        found.push_back({Word::Kind::option, text, option, name, value});
      }
    }
  }
  return found;
}

[[noreturn]] void fail_ambiguous(const Parser& parser, std::string_view text, const std::vector<Word>& found) {
  std::string names;
  for (const Word& word : found) names += (names.empty() ? "" : ", ") + std::string(word.spelling);
  throw UsageError(usage_error_text(parser, "ambiguous option: " + std::string(text) + " could match " + names));
}

Word judge(const Parser& parser, std::string_view text) {
  const Word operand{Word::Kind::operand, text};
  if (text.empty() || text.front() != '-') return operand;
  if (const Option* option = parser.find(text)) return {Word::Kind::option, text, option, text};
  if (text.size() == 1) return operand;

  auto [name, value] = at_equals_sign(text);
  if (const Option* option = value ? parser.find(name) : nullptr) {
    return {Word::Kind::option, text, option, name, value};
  }

  auto found = candidates(parser, text);
  if (found.size() > 1) fail_ambiguous(parser, text, found);
  if (found.size() == 1) return found.front();
  bool is_operand = is_negative_number(text) || text.find(' ') != std::string_view::npos;
  return is_operand ? operand : Word{Word::Kind::unknown_option, text};
}

}  // namespace

std::vector<Word> judged(const Parser& parser, std::span<const std::string> texts) {
  std::vector<Word> words;
  bool options_ended = false;
  for (const std::string& text : texts) {
    if (options_ended) {
      words.push_back({Word::Kind::operand, text});
    } else if (text == "--") {
      words.push_back({Word::Kind::end_of_options, text});
      options_ended = true;
    } else {
      words.push_back(judge(parser, text));
    }
  }
  return words;
}

}  // namespace regvault::ansible_vault
