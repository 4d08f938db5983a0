/// The verbs: one row each. A verb registers its options only when it is the one that was chosen, because setting up
/// every verb's options would cost more than a small command itself.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "session.hpp"

namespace CLI {
class App;
}

namespace regvault::tools {

/// What a verb does once its options are parsed; returns the exit code.
using Action = std::function<int()>;

struct Command {
  std::string_view name;
  std::string_view summary;
  Action (*configure)(CLI::App& app, Session& session);  ///< registers options; one function a file of commands/
};

std::span<const Command> commands();

/// nullptr: there is no such verb.
const Command* find_command(std::string_view name);

// commands/<verb>.cpp; docs/commands/<verb>.md is the specification of each
Action configure_check(CLI::App& app, Session& session);
Action configure_create(CLI::App& app, Session& session);
Action configure_credential_helper(CLI::App& app, Session& session);
Action configure_decrypt(CLI::App& app, Session& session);
Action configure_decrypt_string(CLI::App& app, Session& session);
Action configure_diagnose(CLI::App& app, Session& session);
Action configure_edit(CLI::App& app, Session& session);
Action configure_encrypt(CLI::App& app, Session& session);
Action configure_encrypt_string(CLI::App& app, Session& session);
Action configure_explain(CLI::App& app, Session& session);
Action configure_get(CLI::App& app, Session& session);
Action configure_git(CLI::App& app, Session& session);
Action configure_github(CLI::App& app, Session& session);
Action configure_k8s(CLI::App& app, Session& session);
Action configure_list(CLI::App& app, Session& session);
Action configure_login(CLI::App& app, Session& session);
Action configure_logout(CLI::App& app, Session& session);
Action configure_merge_driver(CLI::App& app, Session& session);
Action configure_rekey(CLI::App& app, Session& session);
Action configure_rotate(CLI::App& app, Session& session);
Action configure_scan(CLI::App& app, Session& session);
Action configure_set(CLI::App& app, Session& session);
Action configure_shim(CLI::App& app, Session& session);
Action configure_status(CLI::App& app, Session& session);
Action configure_textconv(CLI::App& app, Session& session);
Action configure_token(CLI::App& app, Session& session);
Action configure_unset(CLI::App& app, Session& session);
Action configure_view(CLI::App& app, Session& session);

}  // namespace regvault::tools
