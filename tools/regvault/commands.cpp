#include "regvault/commands.hpp"

#include <algorithm>
#include <array>

namespace regvault::tools {
namespace {

constexpr std::array kCommands{
    Command{"encrypt_string", "Encrypt text and print it as a YAML value", configure_encrypt_string},
    Command{"get", "Print the value of a key in a YAML file, decrypted", configure_get},
    Command{"set", "Encrypt a value into a YAML file, leaving every other byte", configure_set},
};

}  // namespace

std::span<const Command> commands() {
  return kCommands;
}

const Command* find_command(std::string_view name) {
  const auto* row = std::find_if(kCommands.begin(), kCommands.end(), [&](const Command& c) { return c.name == name; });
  return row == kCommands.end() ? nullptr : row;
}

}  // namespace regvault::tools
