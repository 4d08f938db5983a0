#include <regvault/diagnosis/evidence.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <regvault/base/text.hpp>

namespace regvault::diagnosis {
namespace {

constexpr std::string_view kHidden = "********";
constexpr std::size_t kShown = 300;
constexpr std::size_t kRandomAtLeast = 20;

/// What a secret follows; in lower case.
constexpr std::array<std::string_view, 13> kBefore{"password", "passwd",  "--password", "secret", "token",
                                                   "auth",     "basic",   "bearer",     "pat",    "pwd",
                                                   "apikey",   "api_key", "-p"};

constexpr std::array<std::string_view, 8> kTokenPrefixes{"ghp_", "gho_",        "ghu_",   "ghs_",
                                                         "ghr_", "github_pat_", "glpat-", "dckr_pat_"};

bool is_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_secret_character(char c) {
  return is_alnum(c) || c == '+' || c == '/' || c == '=' || c == '_' || c == '-';
}

int kind_of(char c) {
  return c >= '0' && c <= '9' ? 0 : c >= 'a' && c <= 'z' ? 1 : c >= 'A' && c <= 'Z' ? 2 : 3;
}

/// Letters of both cases and digits, changing as often as in no name: base64, a token.
bool looks_random(std::string_view run) {
  if (run.size() < kRandomAtLeast) return false;
  std::array<std::size_t, 4> count{};
  std::size_t changes = 0;
  for (std::size_t i = 0; i < run.size(); ++i) {
    ++count[static_cast<std::size_t>(kind_of(run[i]))];
    if (i > 0 && kind_of(run[i]) != kind_of(run[i - 1]) && kind_of(run[i]) != 3 && kind_of(run[i - 1]) != 3) ++changes;
  }
  return count[0] > 0 && count[1] > 0 && count[2] > 0 && changes * 4 >= run.size();
}

bool is_token(std::string_view run) {
  return std::ranges::any_of(kTokenPrefixes, [&](std::string_view prefix) {
    std::size_t at = run.find(prefix);
    return at != run.npos && run.size() - at >= prefix.size() + 4;
  });
}

/// Where the value begins that `line`, from `at` on, is the name of: behind `password": "`, `-p `, `token=`; 0: none.
/// Words of prose ("token provided does not match") have neither `:` nor `=`.
std::size_t value_after(std::string_view line, std::size_t end, std::string_view name) {
  std::size_t at = end;
  while (at < line.size() && (line[at] == '"' || line[at] == '\'')) ++at;
  bool needs_sign = name != "-p" && name != "--password" && name != "bearer" && name != "basic";
  bool sign = at < line.size() && (line[at] == ':' || line[at] == '=');
  if (sign) ++at;
  if (needs_sign && !sign) return 0;
  if (!sign && (at >= line.size() || line[at] != ' ')) return 0;
  while (at < line.size() && (line[at] == ' ' || line[at] == '"' || line[at] == '\'')) ++at;
  return at;
}

std::size_t end_of_value(std::string_view line, std::size_t at) {
  return std::min(line.find_first_of(" \"',;&)}", at), line.size());
}

/// What follows a colon in prose is a word; a secret has a digit, or is long.
bool may_be_secret(std::string_view value, std::string_view name) {
  bool digit = std::ranges::any_of(value, [](char c) { return c >= '0' && c <= '9'; });
  bool option = name == "-p" || name == "--password";
  if (value.empty() || value.starts_with('$')) return false;  // a variable's name is none
  return option || (digit && value.size() >= 6) || value.size() > 24;
}

/// Columns, as kubectl describe has them, are closed up.
std::string one_line(std::string_view text) {
  std::string out(stripped(text));
  auto both_blank = [](char a, char b) { return a == ' ' && b == ' '; };
  out.erase(std::unique(out.begin(), out.end(), both_blank), out.end());
  return as_utf8(out);
}

class Redaction {
 public:
  explicit Redaction(std::string_view line) : line_(line), lower_(lowercase(line)), hidden_(line.size(), false) {
    hide_runs();
    hide_values();
    hide_in_urls();
  }

  /// And where what stands at `at` is in it.
  std::pair<std::string, std::size_t> text(std::size_t at) const {
    std::string out;
    std::size_t place = 0;
    for (std::size_t i = 0; i < line_.size(); ++i) {
      if (i == at) place = out.size();
      if (!hidden_[i]) {
        out += line_[i];
      } else if (i == 0 || !hidden_[i - 1]) {
        out += kHidden;
      }
    }
    return {out, place};
  }

 private:
  void hide(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) hidden_[i] = true;
  }

  void hide_runs() {
    for (std::size_t at = 0; at < line_.size();) {
      if (!is_secret_character(line_[at])) {
        ++at;
        continue;
      }
      std::size_t end = at;
      while (end < line_.size() && is_secret_character(line_[end])) ++end;
      std::string_view run = line_.substr(at, end - at);
      if (looks_random(run) || is_token(run)) hide(at, end);
      at = end;
    }
  }

  void hide_values() {
    for (std::string_view name : kBefore) {
      for (std::size_t at = lower_.find(name); at != lower_.npos; at = lower_.find(name, at + name.size())) {
        if (at > 0 && name == "-p" && line_[at - 1] != ' ') continue;
        std::size_t begin = value_after(line_, at + name.size(), name);
        if (begin == 0) continue;
        std::size_t end = end_of_value(line_, begin);
        if (may_be_secret(line_.substr(begin, end - begin), name)) hide(begin, end);
      }
    }
  }

  /// https://NAME:PASSWORD@HOST
  void hide_in_urls() {
    for (std::size_t at = line_.find("://"); at != line_.npos; at = line_.find("://", at + 3)) {
      std::size_t end = std::min(line_.find_first_of("/ \"'", at + 3), line_.size());
      std::size_t sign = line_.substr(0, end).rfind('@');
      if (sign != line_.npos && sign > at + 3) hide(at + 3, sign);
    }
  }

  std::string_view line_;
  std::string lower_;
  std::vector<bool> hidden_;
};

}  // namespace

std::string without_secrets(std::string_view line) {
  return Redaction(line).text(0).first;
}

std::string evidence(std::string_view line, std::size_t at) {
  auto [text, place] = Redaction(line).text(at);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  if (text.size() <= kShown) return one_line(text);
  std::size_t begin = std::min(place - std::min(place, kShown / 2), text.size() - kShown);
  std::size_t end = begin + kShown;
  auto inside_character = [&text = text](std::size_t i) { return i < text.size() && (text[i] & 0xc0) == 0x80; };
  while (begin > 0 && begin < end && inside_character(begin)) ++begin;
  while (end > begin && inside_character(end)) --end;
  return (begin > 0 ? "… " : "") + one_line(text.substr(begin, end - begin)) + (end < text.size() ? " …" : "");
}

}  // namespace regvault::diagnosis
