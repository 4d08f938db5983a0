#include <regvault/inventory/host_pattern.hpp>

#include <algorithm>
#include <charconv>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>

namespace regvault::inventory {
namespace {

constexpr std::size_t kHostsAtMost = 1'000'000;
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kDigits = "0123456789";

[[noreturn]] void refuse(std::string_view pattern, const std::string& why) {
  throw Error(ErrorCode::malformed, "the host range in " + in_quotes(pattern) + " " + why, {}, {}, "bad-host-range");
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kDigits) == text.npos;
}

struct Address {
  std::string_view host;
  std::optional<std::string_view> port;
};

/// `[host]:22`, then `host:22`, where the host's own colons stand in brackets.
Address split_port(std::string_view text) {
  Address address{text, std::nullopt};
  std::size_t colon = text.rfind(':');
  if (text.starts_with('[') && colon != text.npos && colon > 2 && text[colon - 1] == ']' &&
      is_digits(text.substr(colon + 1))) {
    address = {text.substr(1, colon - 2), text.substr(colon + 1)};
  }
  colon = address.host.rfind(':');
  if (colon == address.host.npos || !is_digits(address.host.substr(colon + 1))) return address;
  for (std::size_t i = 0; i < colon; ++i) {
    const char c = address.host[i];
    if (c == '[') {
      i = address.host.find(']', i);
      if (i == address.host.npos || i > colon) return address;
    } else if (c == ':' || c == ']') {
      return address;
    }
  }
  return {address.host.substr(0, colon), address.host.substr(colon + 1)};
}

/// `[1:3]`, `[a:c]`, `[1:9:2]` at the beginning of `text`: its length, else 0.
std::size_t range_length(std::string_view text) {
  const std::size_t end = text.starts_with('[') ? text.find(']') : text.npos;
  if (end == text.npos) return 0;
  std::vector<std::string_view> parts = split(text.substr(1, end - 1), ':');
  if (parts.size() < 2 || parts.size() > 3 || (parts.size() == 3 && !is_digits(parts[2]))) return 0;
  auto is_letter = [](std::string_view part) { return part.size() == 1 && kLetters.find(part[0]) != kLetters.npos; };
  const bool good = (is_letter(parts[0]) && is_letter(parts[1])) || (is_digits(parts[0]) && is_digits(parts[1]));
  return good ? end + 1 : 0;
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80 || c == '_';
}

/// Labels between dots, of letters, digits, ranges, and, inside, of - and _.
bool is_host_name(std::string_view text) {
  bool at_start = true;
  char last = '.';
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '.') {
      if (at_start || last == '-' || last == '_') return false;
      at_start = true;
      last = c;
      ++i;
      continue;
    }
    const std::size_t range = range_length(text.substr(i));
    if (range == 0 && !is_word(c) && (c != '-' || at_start)) return false;
    last = range == 0 ? c : ']';
    i += range == 0 ? 1 : range;
    at_start = false;
  }
  return !at_start && last != '-' && last != '_';
}

/// Not the whole grammar: enough to tell an address in brackets from what is no host at all.
bool is_ipv6(std::string_view text) {
  return std::ranges::count(text, ':') >= 2 && text.find_first_not_of("0123456789abcdefABCDEF:.[]") == text.npos;
}

Address parse_address(std::string_view text) {
  Address address = split_port(text);
  if (is_host_name(address.host) || is_ipv6(address.host)) return address;
  return {text, std::nullopt};
}

long number(std::string_view text, std::string_view pattern) {
  std::string_view digits = stripped(text);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  long value = 0;
  auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (fault != std::errc() || end != digits.data() + digits.size())
    refuse(pattern, "is neither of numbers nor letters");
  return value;
}

std::vector<std::string> range_values(std::string_view range, std::string_view pattern) {
  std::vector<std::string_view> bounds = split(range, ':');
  if (bounds.size() != 2 && bounds.size() != 3) refuse(pattern, "must be begin:end or begin:end:step");
  std::string_view begin = bounds[0].empty() ? "0" : bounds[0], end = bounds[1];
  if (end.empty()) refuse(pattern, "has no end");
  std::size_t width = 0;
  if (begin[0] == '0' && begin.size() > 1) {
    width = begin.size();
    if (width != end.size()) refuse(pattern, "must have a begin and an end of equal length");
  }
  const long step = bounds.size() == 3 ? number(bounds[2], pattern) : 1;
  if (step <= 0) refuse(pattern, "needs a step above 0");

  std::vector<std::string> values;
  const std::size_t first = kLetters.find(begin), last = kLetters.find(end);
  if (first != kLetters.npos && last != kLetters.npos) {
    if (first > last) refuse(pattern, "must begin before it ends");
    for (std::size_t i = first; i <= last; i += static_cast<std::size_t>(step)) values.emplace_back(1, kLetters[i]);
    return values;
  }
  const long low = number(begin, pattern), high = number(end, pattern);
  if (high - low > static_cast<long>(kHostsAtMost)) refuse(pattern, "has more than a million hosts");
  for (long value = low; value <= high; value += step) {
    std::string text = std::to_string(value);
    if (text.size() < width) text.insert(0, width - text.size(), '0');
    values.push_back(std::move(text));
  }
  return values;
}

void expand(std::string_view text, std::string_view pattern, std::vector<std::string>& out) {
  const std::size_t open = text.find('[');
  if (open == text.npos) {
    if (out.size() >= kHostsAtMost) refuse(pattern, "has more than a million hosts");
    out.emplace_back(text);
    return;
  }
  const std::size_t close = text.find(']');
  if (close == text.npos || close < open || text.find('|') != text.npos) refuse(pattern, "has no end");
  for (const std::string& value : range_values(text.substr(open + 1, close - open - 1), pattern)) {
    expand(std::string(text.substr(0, open)) + value + std::string(text.substr(close + 1)), pattern, out);
  }
}

}  // namespace

Hosts expand_hosts(std::string_view pattern) {
  const Address address = parse_address(pattern);
  Hosts hosts;
  if (address.port) hosts.port = std::string(*address.port);
  expand(address.host, pattern, hosts.names);
  return hosts;
}

Hosts listed_host(std::string_view text) {
  const Address address = parse_address(text);
  if (address.host.find('[') != address.host.npos) return {{std::string(text)}, std::nullopt};
  Hosts hosts{{std::string(address.host)}, std::nullopt};
  if (address.port) hosts.port = std::string(*address.port);
  return hosts;
}

}  // namespace regvault::inventory
