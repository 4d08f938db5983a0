#include <regvault/vault_file/inline_block.hpp>

#include <algorithm>
#include <cctype>

#include <regvault/base/text.hpp>

namespace regvault::vault_file {
namespace {

constexpr std::string_view kMagic = "$ANSIBLE_VAULT;";
constexpr std::size_t kColumns = 10;  // of the lines of a block

bool is_hexadecimal(std::string_view line) {
  return !line.empty() && std::ranges::all_of(line, [](unsigned char c) { return std::isxdigit(c) != 0; });
}

}  // namespace

std::string as_block(std::string_view name, std::string_view payload) {
  std::string text(name);
  text += name.empty() ? "!vault |\n" : ": !vault |\n";
  for (std::string_view line : split(stripped(payload, "\n"), '\n')) {
    text.append(kColumns, ' ').append(line).append("\n");
  }
  return text;
}

std::optional<std::string> payload_in(std::string_view text) {
  std::size_t begin = text.find(kMagic);
  if (begin == std::string_view::npos) return std::nullopt;
  std::string payload;
  for (std::string_view line : split(text.substr(begin), '\n')) {
    line = stripped(line, " \t\r\"'");
    if (!payload.empty() && !is_hexadecimal(line)) break;
    payload.append(line).append("\n");
  }
  return payload;
}

}  // namespace regvault::vault_file
