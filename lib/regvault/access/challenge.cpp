#include <algorithm>

#include <regvault/access/registry_client.hpp>
#include <regvault/base/text.hpp>

namespace regvault::access {
namespace {

/// A header's value, from left to right (RFC 9110, 11.6.1).
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  void skip(std::string_view characters) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(characters), rest_.size()));
  }

  std::string_view word() {
    std::size_t end = std::min(rest_.find_first_of(" \t,="), rest_.size());
    std::string_view out = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return out;
  }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string value() {
    if (!take('"')) return std::string(word());
    std::string out;
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.front() == '\\' && rest_.size() > 1) rest_.remove_prefix(1);
      out += rest_.front();
      rest_.remove_prefix(1);
    }
    take('"');
    return out;
  }

 private:
  std::string_view rest_;
};

using Kind = Challenge::Kind;

std::vector<Challenge> challenges_in(std::string_view text) {
  std::vector<Challenge> out;
  Reader reader(text);
  for (reader.skip(" \t,"); !reader.at_end(); reader.skip(" \t,")) {
    std::string word = lowercase(reader.word());
    reader.skip(" \t");
    if (!reader.take('=')) {
      out.push_back({.kind = word == "bearer" ? Kind::bearer : word == "basic" ? Kind::basic : Kind::none});
      continue;
    }
    reader.skip(" \t");
    std::string value = reader.value();
    if (out.empty()) continue;
    if (word == "realm") out.back().realm = value;
    if (word == "service") out.back().service = value;
  }
  return out;
}

}  // namespace

std::optional<Challenge> parse_challenge(const std::vector<net::Header>& headers) {
  std::optional<Challenge> best;
  for (const net::Header& header : headers) {
    if (lowercase(header.name) != "www-authenticate") continue;
    for (Challenge& challenge : challenges_in(header.value)) {
      if (challenge.kind == Kind::none) continue;
      if (!best || best->kind < challenge.kind) best = std::move(challenge);
    }
  }
  return best;
}

}  // namespace regvault::access
