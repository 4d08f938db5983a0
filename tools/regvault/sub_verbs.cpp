#include "regvault/sub_verbs.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

namespace regvault::tools {

Action configure_sub_verbs(CLI::App& app, Session& session, std::span<const SubVerb> verbs) {
  auto actions = std::make_shared<std::vector<std::pair<CLI::App*, Action>>>();
  for (const SubVerb& verb : verbs) {
    CLI::App* below = app.add_subcommand(std::string(verb.name), std::string(verb.summary));
    actions->emplace_back(below, verb.configure(*below, session));
  }
  app.require_subcommand(1);
  return [actions] {
    for (const auto& [below, action] : *actions) {
      if (below->parsed()) return action();
    }
    return 0;  // not reached: one is required
  };
}

}  // namespace regvault::tools
