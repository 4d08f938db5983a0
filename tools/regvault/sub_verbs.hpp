/// Verbs below a verb: `regvault k8s secret`.
///
///     constexpr SubVerb kSubVerbs[] = {{"secret", "Print a pull secret", configure_k8s_secret}, …};
///     return configure_sub_verbs(app, session, kSubVerbs);
///
/// Each has options, a help text and examples of its own.
#pragma once

#include <span>

#include "regvault/commands.hpp"

namespace regvault::tools {

using SubVerb = Command;

/// Registers them all, and runs the one that is given; none given is an error (2).
Action configure_sub_verbs(CLI::App& app, Session& session, std::span<const SubVerb> verbs);

}  // namespace regvault::tools
