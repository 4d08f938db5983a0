#include <regvault/inventory/python_literal.hpp>

#include <algorithm>

#include <regvault/base/text.hpp>

namespace regvault::inventory {
namespace {

constexpr std::size_t kDepthAtMost = 100;

/// A recursive descent; every function returns false at what is no literal.
class Parser {
 public:
  Parser(std::string_view text, const Place& place) : rest_(text), place_(place) {}

  bool whole(Value& value, std::string& text) {
    skip();
    if (!element(value, text)) return false;
    skip();
    if (take(',')) {  // a tuple without parentheses
      Value tuple{.form = Form::list};
      append(tuple, {}, std::move(value));
      if (!elements(tuple, '\0')) return false;
      value = std::move(tuple);
    }
    skip();
    return rest_.empty() || rest_[0] == '#';
  }

 private:
  void skip() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t' || rest_[0] == '\f')) rest_.remove_prefix(1);
  }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool take_word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    const char behind = rest_.size() > word.size() ? rest_[word.size()] : ' ';
    if (std::isalnum(static_cast<unsigned char>(behind)) != 0 || behind == '_') return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  void append(Value& into, std::string name, Value value) const {
    into.members.push_back({std::move(name), place_, std::make_shared<Value>(std::move(value))});
  }

  bool element(Value& value, std::string& text) {
    if (++depth_ > kDepthAtMost || rest_.empty()) return false;
    bool good = false;
    if (take('[')) {
      value.form = Form::list;
      good = elements(value, ']');
    } else if (take('(')) {
      good = parenthesis(value, text);
    } else if (take('{')) {
      good = braces(value);
    } else if (string_begins()) {
      good = strings(text);
      value = text_value(text);
    } else if (take_word("None")) {
      value.form = Form::null;
      good = true;
    } else {
      value.form = Form::plain;
      good = take_word("True") || take_word("False") || number();
    }
    --depth_;
    return good;
  }

  /// Up to `closing`, which is taken; '\0': up to the end.
  bool elements(Value& list, char closing) {
    for (;;) {
      skip();
      if (closing == '\0' ? rest_.empty() || rest_[0] == '#' : take(closing)) return true;
      Value item;
      std::string text;
      if (!element(item, text)) return false;
      append(list, {}, std::move(item));
      skip();
      if (!take(',')) return closing == '\0' ? rest_.empty() || rest_[0] == '#' : take(closing);
    }
  }

  bool parenthesis(Value& value, std::string& text) {
    value.form = Form::list;
    skip();
    if (take(')')) return true;
    Value first;
    if (!element(first, text)) return false;
    skip();
    if (take(')')) {  // not a tuple, only parentheses
      value = std::move(first);
      return true;
    }
    append(value, {}, std::move(first));
    return take(',') && elements(value, ')');
  }

  bool braces(Value& value) {
    value.form = Form::mapping;
    skip();
    if (take('}')) return true;
    bool is_set = false;
    for (bool first = true;; first = false) {
      skip();
      if (!first && take('}')) return true;
      Value key, member;
      std::string name, text;
      const std::string_view written = rest_;
      if (!element(key, name) || key.form == Form::mapping || (is_set && key.form == Form::list)) return false;
      if (name.empty()) name = std::string(written.substr(0, written.size() - rest_.size()));
      skip();
      if (first && rest_[0] != ':') {
        is_set = true;
        value.form = Form::plain;  // nothing can be reached in it
      }
      if (!is_set) {
        if (!take(':')) return false;
        skip();
        if (!element(member, text)) return false;
        std::erase_if(value.members, [&](const Variable& m) { return m.name == name; });
        append(value, name, std::move(member));
        skip();
      }
      if (!take(',')) return take('}');
    }
  }

  bool string_begins() const {
    std::size_t prefix = 0;
    while (prefix < rest_.size() && prefix < 2 && std::string_view("rRbBuU").find(rest_[prefix]) != rest_.npos)
      ++prefix;
    return prefix < rest_.size() && (rest_[prefix] == '\'' || rest_[prefix] == '"');
  }

  /// One or more, side by side.
  bool strings(std::string& text) {
    while (string_begins()) {
      if (!string(text)) return false;
      skip();
    }
    return true;
  }

  bool string(std::string& text) {
    while (rest_[0] != '\'' && rest_[0] != '"') rest_.remove_prefix(1);
    const char quote = rest_[0];
    const std::string triple(3, quote);
    const std::string_view closing = rest_.starts_with(triple) ? std::string_view(triple) : rest_.substr(0, 1);
    rest_.remove_prefix(closing.size());
    for (;;) {
      if (rest_.empty()) return false;
      if (rest_.starts_with(closing)) {
        rest_.remove_prefix(closing.size());
        return true;
      }
      if (rest_[0] == '\\') {  // what it stands for is of no interest, but that it ends nothing
        rest_.remove_prefix(1);
        if (rest_.empty()) return false;
      }
      text += rest_[0];
      rest_.remove_prefix(1);
    }
  }

  bool number() {
    if (!take('-')) take('+');
    skip();
    std::size_t end = 0;
    while (end < rest_.size() && (std::isalnum(static_cast<unsigned char>(rest_[end])) != 0 || rest_[end] == '.' ||
                                  rest_[end] == '_' || (end > 0 && is_exponent(end) && is_sign(rest_[end])))) {
      ++end;
    }
    std::string word = lowercase(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return is_number(word);
  }

  static bool is_sign(char c) { return c == '-' || c == '+'; }
  bool is_exponent(std::size_t sign) const {
    return (rest_[sign - 1] == 'e' || rest_[sign - 1] == 'E') && !rest_.starts_with("0x") && !rest_.starts_with("0X");
  }

  static bool all_in(std::string_view text, std::string_view characters) {
    return !text.empty() && text.find_first_not_of(characters) == text.npos && text.front() != '_' &&
           text.back() != '_' && text.find("__") == text.npos;
  }

  static bool is_number(std::string_view word) {
    constexpr std::string_view kDigits = "0123456789_";
    if (word.empty()) return false;
    if (word.starts_with("0x")) return all_in(word.substr(2), "0123456789abcdef_");
    if (word.starts_with("0o")) return all_in(word.substr(2), "01234567_");
    if (word.starts_with("0b")) return all_in(word.substr(2), "01_");
    if (word.ends_with('j')) word.remove_suffix(1);
    const std::size_t exponent = word.find('e');
    const bool has_exponent = exponent != word.npos;
    std::string_view mantissa = word.substr(0, exponent);
    if (has_exponent) {
      std::string_view power = word.substr(exponent + 1);
      if (!power.empty() && is_sign(power[0])) power.remove_prefix(1);
      if (!all_in(power, kDigits)) return false;
    }
    const std::size_t dot = mantissa.find('.');
    if (dot == mantissa.npos) {
      if (!all_in(mantissa, kDigits)) return false;
      return has_exponent || mantissa[0] != '0' || mantissa.find_first_not_of("0_") == mantissa.npos;
    }
    std::string_view before = mantissa.substr(0, dot), after = mantissa.substr(dot + 1);
    return (before.empty() || all_in(before, kDigits)) && (after.empty() || all_in(after, kDigits)) &&
           before.size() + after.size() > 0;
  }

  std::string_view rest_;
  const Place& place_;
  std::size_t depth_ = 0;
};

}  // namespace

ValuePtr literal_value(std::string_view text, const Place& place, std::string* text_out) {
  Value value;
  std::string decoded;
  const bool is_literal = Parser(text, place).whole(value, decoded);
  const bool is_string =
      is_literal && !decoded.empty() && (value.form == Form::plain || value.form == Form::template_text);
  if (text_out) *text_out = is_string ? decoded : std::string(text);
  return std::make_shared<Value>(is_literal ? std::move(value) : text_value(text));
}

}  // namespace regvault::inventory
