#include <regvault/kubernetes/names.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>

namespace regvault::kubernetes {
namespace {

constexpr std::size_t kLongestName = 253, kLongestLabel = 63;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter_or_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z');
}

bool is_label(std::string_view text) {
  return !text.empty() && is_letter_or_digit(text.front()) && is_letter_or_digit(text.back()) &&
         std::ranges::all_of(text, [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

/// 0 where the text is no number of one or two digits.
int small_number(std::string_view text) {
  if (text.empty() || text.size() > 2 || !std::ranges::all_of(text, is_digit)) return 0;
  return text.size() == 1 ? text[0] - '0' : (text[0] - '0') * 10 + (text[1] - '0');
}

/// Go's layout "2006-1-2": a day that the calendar has.
bool is_date(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, '-');
  if (parts.size() != 3 || parts[0].size() != 4 || !std::ranges::all_of(parts[0], is_digit)) return false;
  int year = 0;
  std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), year);
  const int month = small_number(parts[1]), day = small_number(parts[2]);
  if (month < 1 || month > 12) return false;
  constexpr std::array kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap_day = month == 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0);
  return day >= 1 && day <= kDays[static_cast<std::size_t>(month) - 1] + (leap_day ? 1 : 0);
}

/// Go's ParseUint(text, base): all digits, 64 bits.
bool is_integer(std::string_view digits, int base) {
  std::uint64_t value = 0;
  auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  return !digits.empty() && fault == std::errc() && end == digits.data() + digits.size();
}

bool is_prefixed_integer(std::string_view text) {
  if (text.size() < 3 || text[0] != '0') return false;
  const int base = text[1] == 'x' ? 16 : text[1] == 'o' ? 8 : text[1] == 'b' ? 2 : 0;
  return base != 0 && is_integer(text.substr(2), base);
}

/// [0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?, but for what no double can hold.
bool is_decimal(std::string_view text) {
  std::size_t at = 0;
  auto digits = [&] {
    const std::size_t begin = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - begin;
  };
  if (digits() == 0) return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    digits();
  }
  bool negative = false;
  if (at < text.size() && text[at] == 'e') {
    ++at;
    negative = at < text.size() && text[at] == '-';
    at += negative ? 1 : 0;
    if (digits() == 0) return false;
  }
  double value = 0;
  const bool too_large =
      std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc::result_out_of_range && !negative;
  return at == text.size() && !too_large;
}

constexpr std::array<std::string_view, 9> kWords = {"y", "yes", "true", "on", "n", "no", "false", "off", "null"};

}  // namespace

void check_name(std::string_view name, std::string_view what) {
  const std::vector<std::string_view> parts = split(name, '.');
  if (name.size() <= kLongestName && std::ranges::all_of(parts, is_label)) return;
  throw Error(ErrorCode::usage, in_quotes(name) + " cannot be the name of a " + std::string(what),
              "lower case letters, digits, \"-\" and \".\", at most 253, a letter or digit at both ends", {},
              "bad-name");
}

void check_namespace(std::string_view name) {
  if (name.size() <= kLongestLabel && is_label(name)) return;
  throw Error(ErrorCode::usage, in_quotes(name) + " cannot be the name of a namespace",
              "lower case letters, digits and \"-\", at most 63, a letter or digit at both ends", {}, "bad-name");
}

std::string yaml_name(std::string_view name) {
  const bool is_other =
      std::ranges::count(kWords, name) != 0 || is_date(name) || is_prefixed_integer(name) || is_decimal(name);
  return is_other ? "\"" + std::string(name) + "\"" : std::string(name);
}

}  // namespace regvault::kubernetes
