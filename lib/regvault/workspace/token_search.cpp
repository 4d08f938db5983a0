#include <regvault/workspace/token_search.hpp>

#include <algorithm>
#include <array>
#include <bitset>
#include <optional>

#include <regvault/base/encoding.hpp>
#include <regvault/base/text.hpp>
#include <regvault/github/token.hpp>
#include <regvault/secret/secret_bytes.hpp>

namespace regvault::workspace {
namespace {

using Form = TokenHit::Form;
using github::TokenKind;
using github::TokenVerdict;

constexpr std::size_t kBodyAtLeast = 20;   // behind the prefix
constexpr std::size_t kSizeAtMost = 1024;  // installation tokens have 520
constexpr std::size_t kDistinctAtLeast = 10;
constexpr std::size_t kClassicSize = 40;
constexpr std::string_view kFineGrained = "github_pat_";
constexpr std::string_view kShortPrefixes = "pousr";  // gh?_

/// Base64 digits that hold "u:" and the shortest token.
constexpr std::size_t kDigitsAtLeast = 36;
constexpr std::size_t kWrappedAtLeast = 60;  // a line of wrapped base64 has 64 or 76
constexpr std::size_t kShiftedAtMost = 64 * 1024;
constexpr std::size_t kSniffed = 64;  // what tells JSON

using Set = std::array<bool, 256>;

constexpr Set set_of(std::string_view characters, bool letters_and_digits) {
  Set set{};
  for (char c : characters) set[static_cast<unsigned char>(c)] = true;
  for (int c = 0; c < 128; ++c) {
    bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (alphanumeric && letters_and_digits) set[static_cast<std::size_t>(c)] = true;
  }
  return set;
}

constexpr Set kWord = set_of("_", true);
constexpr Set kTokenBody = set_of("._-", true);
constexpr Set kBase64 = set_of("+/", true);
constexpr Set kHexadecimal = set_of("0123456789abcdefABCDEF", false);

bool is_in(const Set& set, char c) {
  return set[static_cast<unsigned char>(c)];
}

std::size_t run_end(std::string_view bytes, std::size_t at, const Set& set) {
  while (at < bytes.size() && is_in(set, bytes[at])) ++at;
  return at;
}

/// Many different characters, of both cases.
bool looks_random(std::string_view body) {
  std::bitset<256> seen;
  bool upper = false, lower = false;
  for (char c : body) {
    seen.set(static_cast<unsigned char>(c));
    upper = upper || (c >= 'A' && c <= 'Z');
    lower = lower || (c >= 'a' && c <= 'z');
  }
  return upper && lower && seen.count() >= kDistinctAtLeast;
}

std::string shown(std::string_view token, std::size_t prefix, github::TokenShape shape) {
  std::string text = std::string(name_of(shape.kind)) + " " + std::string(token.substr(0, prefix)) + "… (" +
                     std::to_string(token.size()) + " characters";
  if (shape.verdict == TokenVerdict::mistyped) text += ", the checksum is wrong";
  return text + ")";
}

struct Token {
  std::size_t begin = 0, end = 0;
  std::string text;
};

/// `underscore` ends a token's prefix, perhaps.
std::optional<Token> token_at(std::string_view bytes, std::size_t underscore) {
  std::size_t prefix = 4;
  if (underscore + 1 >= kFineGrained.size() &&
      bytes.substr(underscore + 1 - kFineGrained.size(), kFineGrained.size()) == kFineGrained) {
    prefix = kFineGrained.size();
  } else if (underscore < 3 || bytes[underscore - 3] != 'g' || bytes[underscore - 2] != 'h' ||
             kShortPrefixes.find(bytes[underscore - 1]) == std::string_view::npos) {
    return std::nullopt;
  }
  std::size_t begin = underscore + 1 - prefix;
  std::string_view classic = bytes.substr(begin, kClassicSize);
  github::TokenShape shape = github::inspect_token(classic);
  if (shape.verdict == TokenVerdict::ok) return Token{begin, begin + kClassicSize, shown(classic, prefix, shape)};

  if (begin > 0 && is_in(kWord, bytes[begin - 1])) return std::nullopt;
  std::size_t end = run_end(bytes.substr(0, begin + kSizeAtMost), underscore + 1, kTokenBody);
  while (end > underscore + 1 && !is_in(kWord, bytes[end - 1])) --end;  // the full stop behind it
  std::string_view token = bytes.substr(begin, end - begin);
  if (token.size() < prefix + kBodyAtLeast || !looks_random(token.substr(prefix))) return std::nullopt;
  return Token{begin, end, shown(token, prefix, github::inspect_token(token))};
}

/// The first from `at` on.
std::optional<Token> next_token(std::string_view bytes, std::size_t at) {
  for (at = bytes.find('_', at); at != bytes.npos; at = bytes.find('_', at + 1)) {
    if (auto token = token_at(bytes, at)) return token;
  }
  return std::nullopt;
}

/// `"NAME": "` and something in it.
bool has_text(std::string_view json, std::string_view name) {
  for (std::size_t at = json.find(name); at != json.npos; at = json.find(name, at + 1)) {
    std::size_t value = json.find_first_not_of(" \t\r\n", at + name.size());
    if (value == json.npos || json[value] != ':') continue;
    value = json.find_first_not_of(" \t\r\n", value + 1);
    if (value != json.npos && json[value] == '"' && json.substr(value + 1, 1) != "\"") return true;
  }
  return false;
}

bool is_docker_login(std::string_view text) {
  if (text.find("\"auths\"") == text.npos) return false;
  constexpr std::array kCredentials{"\"auth\"", "\"password\"", "\"identitytoken\"", "\"registrytoken\""};
  return std::ranges::any_of(kCredentials, [&](const char* name) { return has_text(text, name); });
}

/// Decodes what is there, padded or not, and cut off or not.
std::size_t decode(std::string_view digits, char* out) {
  std::size_t whole = digits.size() / 4 * 4;
  std::size_t size = base64_decode(digits.substr(0, whole), out).value_or(0);
  std::array<char, 4> last{'=', '=', '=', '='};
  std::ranges::copy(digits.substr(whole), last.begin());
  if (digits.size() - whole >= 2) size += base64_decode({last.data(), last.size()}, out + size).value_or(0);
  return size;
}

class Base64Search {
 public:
  Base64Search(std::string_view bytes, std::vector<TokenHit>& hits) : bytes_(bytes), hits_(hits) {}

  /// Jumps from one byte to another that is as far away as the shortest run of digits is long: whatever is between two
  /// bytes that are no digits is too short.
  void run() {
    std::size_t at = 0;  // nothing before it is part of a run
    while (at + kDigitsAtLeast <= bytes_.size()) {
      std::size_t probe = at + kDigitsAtLeast - 1;
      if (!is_in(kBase64, bytes_[probe])) {
        at = probe + 1;
        continue;
      }
      std::size_t begin = probe;
      while (begin > at && is_in(kBase64, bytes_[begin - 1])) --begin;
      at = begin > at ? begin : look_at(begin);
    }
  }

 private:
  bool is_hexadecimal(std::size_t begin, std::size_t end) const { return run_end(bytes_, begin, kHexadecimal) >= end; }

  /// Where the next line's digits begin, when a line of them ends at `end`; 0: they do not go on.
  std::size_t next_line(std::size_t end) const {
    if (end < bytes_.size() && bytes_[end] == '\r') ++end;
    if (end >= bytes_.size() || bytes_[end] != '\n') return 0;
    std::size_t begin = bytes_.find_first_not_of(" \t", end + 1);
    return begin != bytes_.npos && is_in(kBase64, bytes_[begin]) ? begin : 0;
  }

  /// The run from `begin` on, with the lines it goes on in. Returns where it ends.
  std::size_t look_at(std::size_t begin) {
    std::size_t end = run_end(bytes_, begin, kBase64);
    if (is_hexadecimal(begin, end)) return end;
    std::string_view digits = bytes_.substr(begin, end - begin);
    bool wrapped = false;
    if (std::size_t more = digits.size() >= kWrappedAtLeast ? next_line(end) : 0; more != 0) {
      joined_.clear();
      joined_.append(digits);
      std::size_t width = digits.size();
      while (more != 0) {
        std::size_t line_end = run_end(bytes_, more, kBase64);
        if (line_end - more > width) break;
        joined_.append(bytes_.substr(more, line_end - more));
        wrapped = true;
        end = line_end;
        more = line_end - more == width ? next_line(line_end) : 0;
      }
      digits = joined_.view();
    }
    for (std::size_t shift = 0; shift < 4; ++shift) {
      if (shift > 0 && (wrapped || digits.size() > kShiftedAtMost)) break;
      if (found_in(digits.substr(shift), begin)) break;
    }
    return end;
  }

  bool found_in(std::string_view digits, std::size_t begin) {
    if (decoded_.size() < digits.size()) decoded_.resize(digits.size());
    std::string_view text(decoded_.data(), decode(digits, decoded_.data()));
    auto token = next_token(text, 0);
    if (is_docker_login(text)) {
      std::string what = token ? token->text : "a login";
      hits_.push_back({begin, Form::docker_config, "base64 of docker's JSON with " + what});
      return true;
    }
    if (!token) return false;
    bool behind_user = token->begin > 1 && text[token->begin - 1] == ':';
    hits_.push_back({begin, Form::base64, (behind_user ? "base64 of a user name and " : "base64 of ") + token->text});
    return true;
  }

  std::string_view bytes_;
  std::vector<TokenHit>& hits_;
  SecretBytes joined_, decoded_;
};

}  // namespace

std::vector<TokenHit> search_tokens(std::string_view bytes) {
  std::vector<TokenHit> hits;
  for (auto token = next_token(bytes, 0); token; token = next_token(bytes, token->end)) {
    hits.push_back({token->begin, Form::clear, std::move(token->text)});
  }
  Base64Search(bytes, hits).run();
  if (hits.empty() && stripped(bytes.substr(0, kSniffed)).starts_with('{') && is_docker_login(bytes)) {
    hits.push_back({bytes.find("\"auths\""), Form::docker_config, "docker's JSON with a login"});
  }
  std::ranges::stable_sort(hits, {}, &TokenHit::begin);
  return hits;
}

}  // namespace regvault::workspace
