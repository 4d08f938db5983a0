#include <regvault/config/ini.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>

namespace regvault::config {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// str.isspace() beyond ASCII, in UTF-8. Each starts with a lead byte, so a match never cuts a character.
constexpr std::array<std::string_view, 19> kWideSpaces = {
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82", "\xe2\x80\x83",
    "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a",
    "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"};
constexpr std::string_view kNarrowSpaces = " \t\n\r\v\f\x1c\x1d\x1e\x1f";

/// How many bytes of white space `text` starts with, counting one character.
std::size_t leading_space(std::string_view text) {
  if (text.empty()) return 0;
  if (kNarrowSpaces.find(text.front()) != std::string_view::npos) return 1;
  auto wide = std::ranges::find_if(kWideSpaces, [&](std::string_view space) { return text.starts_with(space); });
  return wide == kWideSpaces.end() ? 0 : wide->size();
}

std::size_t trailing_space(std::string_view text) {
  if (text.empty()) return 0;
  if (kNarrowSpaces.find(text.back()) != std::string_view::npos) return 1;
  auto wide = std::ranges::find_if(kWideSpaces, [&](std::string_view space) { return text.ends_with(space); });
  return wide == kWideSpaces.end() ? 0 : wide->size();
}

std::string_view without_trailing_space(std::string_view text) {
  while (std::size_t size = trailing_space(text)) text.remove_suffix(size);
  return text;
}

/// The characters before the first that is no white space.
std::size_t indentation(std::string_view line) {
  std::size_t characters = 0;
  while (std::size_t size = leading_space(line)) {
    line.remove_prefix(size);
    ++characters;
  }
  return characters;
}

/// Where the comment of a line begins; npos: it has none.
std::size_t comment_start(std::string_view line) {
  std::string_view content = python_stripped(line);
  if (content.starts_with('#') || content.starts_with(';')) return 0;
  for (std::size_t at = line.find(';'); at != std::string_view::npos; at = line.find(';', at + 1)) {
    if (at == 0 || trailing_space(line.substr(0, at)) != 0) return at;
  }
  return std::string_view::npos;
}

/// One pass over the lines, the rules in configparser's order: comment, blank, continuation, section, setting.
class Parser {
 public:
  explicit Parser(const std::string& file) : file_(file) {}

  Ini parse(std::string_view text) {
    if (text.starts_with(kByteOrderMark)) refuse("the file starts with a UTF-8 byte order mark", 1);
    for (std::string_view line : split(text, '\n')) {
      ++line_;
      read(line);
    }
    for (auto& [name, section] : ini_) {
      for (auto& [key, value] : section) value.resize(without_trailing_space(value).size());
    }
    return std::move(ini_);
  }

 private:
  void read(std::string_view line) {
    std::size_t comment = comment_start(line);
    std::string_view content = python_stripped(line.substr(0, comment));
    if (content.empty()) {
      // a blank line belongs to the value it stands in, a comment does not
      if (comment == std::string_view::npos && value_ != nullptr) *value_ += '\n';
      return;
    }
    std::size_t indent = indentation(line);
    if (value_ != nullptr && indent > indent_) {
      value_->append("\n").append(content);
      return;
    }
    indent_ = indent;
    std::size_t bracket = content.rfind(']');
    if (content.starts_with('[') && bracket != std::string_view::npos && bracket > 1) {
      begin_section(content.substr(1, bracket - 1));
    } else {
      set(content);
    }
  }

  void begin_section(std::string_view name) {
    auto [seen, is_new] = section_lines_.emplace(name, line_);
    if (!is_new && name != "DEFAULT") {
      refuse("section [" + std::string(name) + "] is there twice, first on line " + std::to_string(seen->second));
    }
    section_name_ = name;
    section_ = &ini_[section_name_];
    value_ = nullptr;
  }

  void set(std::string_view content) {
    if (section_ == nullptr) refuse("there is no [section] line before this line");
    std::size_t delimiter = content.find_first_of("=:");
    if (delimiter == std::string_view::npos) refuse("this line is neither \"[section]\" nor \"key = value\"");
    std::string key = lowercase(without_trailing_space(content.substr(0, delimiter)));
    if (key.empty()) refuse("there is no key before the \"" + std::string(1, content[delimiter]) + "\"");
    auto [seen, is_new] = key_lines_.emplace(std::pair(section_name_, key), line_);
    if (!is_new) {
      refuse(in_quotes(key) + " is set twice in section [" + section_name_ + "], first on line " +
             std::to_string(seen->second));
    }
    value_ = &(*section_)[key];
    *value_ = python_stripped(content.substr(delimiter + 1));
  }

  [[noreturn]] void refuse(std::string message, std::size_t line = 0) const {
    throw Error(ErrorCode::malformed, std::move(message), "Ansible refuses this file, too",
                Where{.file = file_, .line = line != 0 ? line : line_, .column = 0, .excerpt = {}, .note = {}},
                "bad-ansible-cfg");
  }

  const std::string& file_;
  Ini ini_;
  std::map<std::string, std::size_t, std::less<>> section_lines_;
  std::map<std::pair<std::string, std::string>, std::size_t> key_lines_;
  std::string section_name_;
  IniSection* section_ = nullptr;
  std::string* value_ = nullptr;  // the value that an indented line continues
  std::size_t indent_ = 0;
  std::size_t line_ = 0;
};

}  // namespace

std::string_view python_stripped(std::string_view text) {
  while (std::size_t size = leading_space(text)) text.remove_prefix(size);
  return without_trailing_space(text);
}

Ini parse_ini(std::string_view text, const std::string& file) {
  return Parser(file).parse(text);
}

std::optional<std::string> ini_value(const Ini& ini, std::string_view section, std::string_view key) {
  auto found = ini.find(section);
  if (found == ini.end()) return std::nullopt;
  for (const Ini::const_iterator& candidate : {found, ini.find("DEFAULT")}) {
    if (candidate == ini.end()) continue;
    if (auto value = candidate->second.find(key); value != candidate->second.end()) return value->second;
  }
  return std::nullopt;
}

}  // namespace regvault::config
