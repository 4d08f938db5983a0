#include "given.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>

namespace regvault::module {
namespace {

constexpr std::array<std::string_view, 7> kTrue{"yes", "on", "1", "true", "y", "t", "1.0"};
constexpr std::array<std::string_view, 7> kFalse{"no", "off", "0", "false", "n", "f", "0.0"};

const Option* option_called(std::string_view key, std::span<const Option> options) {
  for (const Option& option : options) {
    if (key == option.name || std::ranges::find(option.aliases, key) != option.aliases.end()) return &option;
  }
  return nullptr;
}

std::string unknown(std::string_view key, std::span<const Option> options) {
  std::vector<std::string_view> names;
  for (const Option& option : options) names.push_back(option.name);
  for (const Option& option : options) {
    for (std::string_view alias : option.aliases) {
      if (!alias.empty()) names.push_back(alias);
    }
  }
  std::string text = "unknown argument " + in_quotes(key);
  if (auto near = closest(key, names)) text += ": did you mean " + in_quotes(*near) + "?";
  return text;
}

template <typename Number>
std::string digits(Number number) {
  char out[32];
  return {out, std::to_chars(out, std::end(out), number).ptr};
}

/// As Python's str(), which is what Ansible's own modules get; nullopt: no plain value.
std::optional<std::string> as_text(const json::Value& value) {
  switch (value.kind()) {
    case boost::json::kind::string:
      return std::string(std::string_view(value.get_string()));
    case boost::json::kind::int64:
      return digits(value.get_int64());
    case boost::json::kind::uint64:
      return digits(value.get_uint64());
    case boost::json::kind::double_:
      return digits(value.get_double());
    case boost::json::kind::bool_:
      return value.get_bool() ? "True" : "False";
    default:
      return std::nullopt;
  }
}

std::optional<long> whole_number(std::string_view text) {
  long number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string not_one_of(std::string_view text, std::span<const std::string_view> choices) {
  if (auto near = closest(text, choices)) return in_quotes(text) + ": did you mean " + in_quotes(*near) + "?";
  std::string all;
  for (std::string_view choice : choices) all += (all.empty() ? "" : ", ") + std::string(choice);
  return in_quotes(text) + ", not one of " + all;
}

Given::Given(const json::Object& arguments, std::span<const Option> options) {
  std::vector<std::string_view> keys;  // as the user wrote them, beside arguments_
  for (const auto& [key, value] : arguments) {
    if (std::string_view(key).starts_with("_ansible_")) continue;
    const Option* option = option_called(key, options);
    if (option == nullptr) {
      mistake(unknown(key, options));
      continue;
    }
    if (value.is_null()) continue;
    for (std::size_t i = 0; i < arguments_.size(); ++i) {
      if (arguments_[i].name != option->name) continue;
      mistake(in_quotes(keys[i]) + " and " + in_quotes(key) + " are two names of one argument; give one of them");
    }
    arguments_.push_back({option->name, &value});
    keys.push_back(key);
  }
}

Given::Given(const json::Object& item, std::span<const Option> options, const Given& defaults,
             std::span<const std::string_view> not_inherited)
    : Given(item, options) {
  for (const Argument& argument : defaults.arguments_) {
    bool inherited = std::ranges::find(not_inherited, argument.name) == not_inherited.end();
    if (inherited && !has(argument.name)) arguments_.push_back(argument);
  }
}

void Given::take_mistakes(const Given& item, const std::string& where) {
  for (const std::string& text : item.mistakes_) mistake(where + ": " + text);
}

const json::Value* Given::find(std::string_view name) const {
  for (const Argument& argument : arguments_) {
    if (argument.name == name) return argument.value;
  }
  return nullptr;
}

void Given::mistake_of_type(std::string_view name, std::string_view wanted, const json::Value& value) {
  mistake(in_quotes(name) + " must be " + std::string(wanted) + ", not " + std::string(json::kind_name(value)));
}

std::optional<std::string> Given::text(std::string_view name) {
  const json::Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  std::optional<std::string> text = as_text(*value);
  if (!text) mistake_of_type(name, "a string", *value);
  if (text && text->find('\0') != std::string::npos) {
    mistake(in_quotes(name) + " holds a NUL character");
    return std::nullopt;
  }
  return text;
}

std::optional<SecretBytes> Given::secret(std::string_view name) {
  const json::Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return SecretBytes::copy_of(value->get_string());
  if (value->is_int64() || value->is_uint64()) return SecretBytes::copy_of(*as_text(*value));
  if (value->is_bool() || value->is_double()) {
    mistake(in_quotes(name) + " came as " + std::string(json::kind_name(*value)) +
            ", which is not what was typed: put it in quotes");
  } else {
    mistake_of_type(name, "a string", *value);
  }
  return std::nullopt;
}

std::optional<bool> Given::boolean(std::string_view name) {
  const json::Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_bool()) return value->get_bool();
  std::string word = lowercase(stripped(as_text(*value).value_or("")));
  if (std::ranges::find(kTrue, word) != kTrue.end()) return true;
  if (std::ranges::find(kFalse, word) != kFalse.end()) return false;
  if (value->is_string()) {
    mistake(in_quotes(name) + " must be yes or no, not " + in_quotes(std::string_view(value->get_string())));
  } else {
    mistake_of_type(name, "yes or no", *value);
  }
  return std::nullopt;
}

std::optional<std::size_t> Given::number(std::string_view name, std::size_t at_least, std::size_t at_most) {
  const json::Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  std::optional<long> count = value->is_bool() ? std::nullopt : whole_number(stripped(as_text(*value).value_or("")));
  long number = count.value_or(-1);
  if (std::cmp_greater_equal(number, at_least) && std::cmp_less_equal(number, at_most)) {
    return static_cast<std::size_t>(number);
  }
  mistake(in_quotes(name) + " must be a number from " + std::to_string(at_least) + " to " + std::to_string(at_most));
  return std::nullopt;
}

std::optional<std::chrono::seconds> Given::seconds(std::string_view name, std::chrono::seconds at_most) {
  const json::Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  std::string text = as_text(*value).value_or("");
  std::string_view number = stripped(text);
  if (number.ends_with('s')) number.remove_suffix(1);
  std::optional<long> count = value->is_bool() ? std::nullopt : whole_number(number);
  if (count && *count >= 1 && *count <= at_most.count()) return std::chrono::seconds(*count);
  mistake(in_quotes(name) + " must be a number of seconds from 1 to " + std::to_string(at_most.count()));
  return std::nullopt;
}

std::optional<std::vector<std::string>> Given::list(std::string_view name) {
  const json::Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  std::vector<std::string> out;
  auto add = [&](std::string_view part) {
    if (!stripped(part).empty()) out.emplace_back(stripped(part));
  };
  if (!value->is_array()) {
    std::optional<std::string> all = text(name);
    if (!all) return std::nullopt;
    for (std::string_view part : split(*all, ',')) add(part);
    return out;
  }
  for (const json::Value& element : value->get_array()) {
    std::optional<std::string> part = as_text(element);
    if (!part) {
      mistake(in_quotes(name) + " must be a list of strings; it holds " + std::string(json::kind_name(element)));
      return std::nullopt;
    }
    add(*part);
  }
  return out;
}

std::optional<std::vector<const json::Object*>> Given::objects(std::string_view name) {
  const json::Value* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_array()) {
    mistake_of_type(name, "a list", *value);
    return std::nullopt;
  }
  std::vector<const json::Object*> out;
  for (const json::Value& element : value->get_array()) {
    if (element.is_object()) {
      out.push_back(&element.get_object());
    } else {
      mistake(in_quotes(name) + " must be a list of dictionaries; it holds " + std::string(json::kind_name(element)));
    }
  }
  return out;
}

void Given::refuse_mistakes(std::string_view module) const {
  if (mistakes_.empty()) return;
  std::string all;
  for (const std::string& text : mistakes_) all += (all.empty() ? "" : "; ") + text;
  throw Error(ErrorCode::usage, all, "ansible-doc " + std::string(module), {}, "arguments");
}

bool is_on(const json::Object& arguments, std::string_view name) {
  const json::Value* value = arguments.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::optional<std::size_t> Given::choice(std::string_view name, std::span<const std::string_view> choices) {
  std::optional<std::string> given = text(name);
  if (!given) return std::nullopt;
  auto found = std::ranges::find(choices, *given);
  if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  mistake(in_quotes(name) + " is " + not_one_of(*given, choices));
  return std::nullopt;
}

}  // namespace regvault::module
