#include "regvault/choice_option.hpp"

#include <cstdint>

#include <CLI/CLI.hpp>

namespace regvault::tools {

void add_choice(CLI::App& app, const std::string& names, std::optional<bool>& choice, const std::string& help) {
  // (CLI11 takes an optional<bool> that is not given for a no.)
  app.add_flag_function(
      names, [&choice](std::int64_t count) { choice = count > 0; }, help);
}

}  // namespace regvault::tools
