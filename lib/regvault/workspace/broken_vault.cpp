#include <regvault/workspace/broken_vault.hpp>

#include <algorithm>
#include <span>

#include <regvault/base/text.hpp>
#include <regvault/vault/payload.hpp>

namespace regvault::workspace {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
constexpr std::string_view kMark = "$ANSIBLE_VAULT";

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

bool is_hexadecimal(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kHexDigits) == text.npos;
}

std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// `6131next_key: …`: hexadecimal digits, then the rest of a key.
bool is_glued(std::string_view line) {
  std::size_t digits = std::min(line.find_first_not_of(kHexDigits), line.size());
  std::size_t colon = line.find(':');
  bool ends_as_key = colon != line.npos && (colon + 1 == line.size() || is_blank(line[colon + 1]));
  return digits >= 2 && ends_as_key && colon > digits && line.substr(0, colon).find(' ') == line.npos;
}

/// The header and, in the same line, what were the lines below it.
bool is_folded(std::string_view first) {
  std::size_t blank = first.find(' ');
  if (blank == first.npos || !first.starts_with(kMark)) return false;
  std::string_view rest = stripped(first.substr(first.rfind(' ')));
  return rest.size() >= 2 && is_hexadecimal(rest);
}

struct Fault {
  std::size_t index = 0;  ///< of the line in the payload
  std::string_view text;
};

std::optional<Fault> fault_of_lines(std::span<const std::string_view> lines) {
  if (stripped(lines[0]).empty()) {
    bool empty = std::ranges::all_of(lines, [](std::string_view line) { return stripped(line).empty(); });
    return Fault{0, empty ? "nothing in it" : "an empty line before $ANSIBLE_VAULT"};
  }
  if (is_folded(lines[0])) return Fault{0, "its lines are folded into one: write !vault |"};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string_view line = without_return(lines[i]);
    if (line.empty()) continue;
    if (is_blank(line.back())) return Fault{i, "a blank at the end of a line"};
    if (is_blank(line.front())) return Fault{i, "a line that is indented deeper than the first"};
    if (line.front() == '#') return Fault{i, "a comment inside of the block"};
    if (i > 0 && is_glued(line)) return Fault{i, "a key is glued to its last line"};
  }
  return std::nullopt;
}

/// The payload's line in the file, if it stands where a block puts it, else where the value begins.
std::size_t line_in_file(const yaml::Value& value, std::string_view bytes, std::size_t index, std::string_view text) {
  std::vector<std::string_view> lines = split(bytes, '\n');
  std::size_t line = value.line + 1 + index;
  bool is_there = line <= lines.size() && !stripped(text).empty() && stripped(lines[line - 1]) == stripped(text);
  return is_there ? line : value.line;
}

bool is_comment(std::string_view line, std::size_t at) {
  std::size_t hash = line.find('#');
  return hash < at && (hash == 0 || is_blank(line[hash - 1]));
}

}  // namespace

std::optional<LineFault> fault_of(const yaml::Value& value, std::string_view bytes, const std::string& name) {
  try {
    vault::SealedPayload::parse(vault::reading(value.text), name);
    return std::nullopt;
  } catch (const Error& error) {
    std::vector<std::string_view> lines = split(value.text, '\n');
    if (auto fault = fault_of_lines(lines)) {
      return LineFault{line_in_file(value, bytes, fault->index, lines[fault->index]), std::string(fault->text)};
    }
    return LineFault{value.line, error.message};
  }
}

std::vector<LineFault> faults_of_lines(std::string_view bytes) {
  std::vector<LineFault> faults;
  std::size_t number = 0;
  bool in_payload = false;
  for (std::string_view line : split(bytes, '\n')) {
    ++number;
    std::string_view text = stripped(line);
    if (in_payload && is_glued(text)) faults.push_back({number, "a key is glued to the last line of a vault"});
    in_payload = text.starts_with(kMark) || (in_payload && is_hexadecimal(text));
    std::size_t tag = line.find("!vault");
    if (tag == line.npos || is_comment(line, tag)) continue;
    std::string_view behind = line.substr(tag + std::string_view("!vault").size());
    if (behind.starts_with('|') || behind.starts_with('>')) faults.push_back({number, "no blank behind !vault"});
    if (line.substr(tag).starts_with(yaml::kPlainTag)) {
      faults.push_back({number, "a secret in the clear, tagged !vault-plain", true});
    }
  }
  return faults;
}

}  // namespace regvault::workspace
