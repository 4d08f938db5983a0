#include "large_inventory.hpp"

#include <regvault/vault/payload.hpp>

namespace regvault {
namespace {

constexpr std::string_view kIndentation = "        ";

std::string indented(std::string_view lines) {
  std::string out;
  while (!lines.empty()) {
    std::size_t end = lines.find('\n') + 1;
    out += kIndentation;
    out += lines.substr(0, end);
    lines.remove_prefix(end);
  }
  return out;
}

}  // namespace

std::string large_inventory(bool with_vaults) {
  std::string payload = vault::seal("a token of forty bytes, or thereabouts", "a password");
  if (!with_vaults) payload.erase(0, payload.find('\n') + 1);
  std::string token = std::string("      token: ") + (with_vaults ? "!vault |\n" : "|\n") + indented(payload);
  std::string text = "all:\n  hosts:\n";
  for (int host = 0; text.size() < kLargeInventory; ++host) {
    text += "    host" + std::to_string(host) + ":\n      ansible_port: 22\n" + token;
  }
  return text;
}

}  // namespace regvault
