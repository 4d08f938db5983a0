/// A flag with three answers: yes, no, and nothing said.
///
///     add_choice(app, "--persist,!--no-persist", options->persist, "Whether …");
#pragma once

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace regvault::tools {

void add_choice(CLI::App& app, const std::string& names, std::optional<bool>& choice, const std::string& help);

}  // namespace regvault::tools
