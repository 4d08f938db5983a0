#include "ansible_vault/arguments.hpp"

#include <algorithm>
#include <span>
#include <type_traits>

#include <regvault/base/error.hpp>

#include "ansible_vault/help.hpp"
#include "ansible_vault/options.hpp"
#include "ansible_vault/python_repr.hpp"
#include "ansible_vault/words.hpp"

namespace regvault::ansible_vault {
namespace {

[[noreturn]] void fail(const Parser& parser, std::string_view message) {
  throw UsageError(usage_error_text(parser, message));
}

[[noreturn]] void fail(const Parser& parser, const Option& option, std::string_view message) {
  fail(parser, "argument " + option.title() + ": " + std::string(message));
}

[[noreturn]] void fail_invalid_action(std::string_view name) {
  std::string choices;
  for (const Parser& parser : action_parsers()) choices += (choices.empty() ? "" : ", ") + python_repr(parser.name);
  fail(main_parser(), "argument action: invalid choice: " + python_repr(name) + " (choose from " + choices + ")");
}

/// An option and the value it was given.
struct Setting {
  const Option* option;
  std::string value = {};  ///< empty when the option takes none
};

/// Acts on the words of one parser, in their order.
class Reading {
 public:
  Reading(const Parser& parser, std::span<const std::string> texts) : parser_(parser), words_(judged(parser, texts)) {}

  const std::vector<Word>& words() const { return words_; }
  Arguments& arguments() { return arguments_; }

  /// Acts on the options in the word at `index`. The index behind the word, or behind the value in the next one.
  std::size_t take_options(std::size_t index);

 private:
  void apply(const Setting& setting);

  const Parser& parser_;
  std::vector<Word> words_;
  std::vector<const Option*> given_ = {};
  Arguments arguments_ = {};
};

std::size_t Reading::take_options(std::size_t index) {
  auto [kind, text, option, spelling, attached] = words_[index];
  std::vector<Setting> settings;  // argparse acts when the whole word was understood
  while (attached && !option->takes_value()) {
    // -vp is -v -p; what stands behind a long flag, and what begins no other flag, is too much
    bool may_hold_more = spelling[1] != '-' && !attached->empty();
    const Option* next = may_hold_more ? parser_.find("-" + std::string(attached->substr(0, 1))) : nullptr;
    if (next == nullptr) fail(parser_, *option, "ignored explicit argument " + python_repr(*attached));
    settings.push_back({option});
    option = next;
    attached = attached->size() > 1 ? std::optional(attached->substr(1)) : std::nullopt;
  }

  ++index;
  if (attached) {
    settings.push_back({option, std::string(*attached)});
  } else if (option->takes_value()) {
    bool has_value = index < words_.size() && words_[index].kind == Word::Kind::operand;
    if (!has_value) fail(parser_, *option, "expected one argument");
    settings.push_back({option, std::string(words_[index].text)});
    ++index;
  } else {
    settings.push_back({option});
  }
  for (const Setting& setting : settings) apply(setting);
  return index;
}

void Reading::apply(const Setting& setting) {
  const Option& option = *setting.option;
  for (const Option* other : parser_.options) {
    bool excludes = other != &option && other->exclusion == option.exclusion && option.exclusion != Exclusion::none;
    if (excludes && std::count(given_.begin(), given_.end(), other) > 0) {
      fail(parser_, option, "not allowed with argument " + other->title());
    }
  }
  given_.push_back(&option);

  auto store = [&](auto target) {
    if constexpr (std::is_same_v<decltype(target), Ask>) {
      throw Answer(target == Ask::help ? help_text(parser_) : version_text());
    } else {
      auto& member = arguments_.*target;
      using Member = std::remove_reference_t<decltype(member)>;
      if constexpr (std::is_same_v<Member, bool>) {
        member = true;
      } else if constexpr (std::is_same_v<Member, int>) {
        ++member;
      } else if constexpr (std::is_same_v<Member, std::optional<std::string>>) {
        member = setting.value;
      } else {
        member.push_back(setting.value);
      }
    }
  };
  std::visit(store, option.target);
}

/// The words behind the action. Options that nobody knows are added to `unrecognized`.
Arguments parse_action(const Parser& parser, std::span<const std::string> texts, std::string& unrecognized) {
  Reading reading(parser, texts);
  reading.arguments().action = parser.action;
  std::size_t index = 0;
  while (index < reading.words().size()) {
    const Word& word = reading.words()[index];
    if (word.kind == Word::Kind::option) {
      index = reading.take_options(index);
      continue;
    }
    if (word.kind == Word::Kind::operand) reading.arguments().operands.emplace_back(word.text);
    if (word.kind == Word::Kind::unknown_option) unrecognized += " " + escaped(word.text);
    ++index;
  }
  return std::move(reading.arguments());
}

}  // namespace

Arguments parse_arguments(const std::vector<std::string>& words) {
  Reading reading(main_parser(), words);
  std::string unrecognized;
  std::size_t index = 0;
  while (index < words.size()) {
    const Word& word = reading.words()[index];
    if (word.kind == Word::Kind::option) {
      index = reading.take_options(index);
      continue;
    }
    ++index;
    if (word.kind == Word::Kind::unknown_option) {
      unrecognized += " " + escaped(word.text);
      continue;
    }
    bool is_last_separator = word.kind == Word::Kind::end_of_options && index == words.size();
    if (is_last_separator) break;
    const Parser* action = find_action(word.text);  // to argparse, a "--" here is the action
    if (action == nullptr) fail_invalid_action(word.text);
    Arguments arguments = parse_action(*action, std::span(words).subspan(index), unrecognized);
    if (!unrecognized.empty()) {
      throw UsageError(usage_error_text(main_parser(), "unrecognized arguments:" + unrecognized), true);
    }
    return arguments;
  }
  fail(main_parser(), "the following arguments are required: action");
}

}  // namespace regvault::ansible_vault
