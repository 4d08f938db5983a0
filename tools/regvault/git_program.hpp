/// git, and regvault when git runs it: never a prompt.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <regvault/keys/keyring.hpp>

#include "session.hpp"

namespace regvault::tools {

/// Runs `git -C WORKING_DIRECTORY ARGUMENTS…` and returns what it printed, without the last line end; nullopt: it
/// failed. Throws Error(program_failed) when there is no git.
std::optional<std::string> git_answer(const std::vector<std::string>& arguments, const Session& session);

/// The same, where failing is an error: git's own words are in the message.
std::string git(const std::vector<std::string>& arguments, const Session& session);

/// The vault secrets that can be had without asking, which may be none: files and programs. From now on no program can
/// ask on the terminal, either.
keys::Keyring keyring_without_prompts(keys::KeyRequest request, const Session& session);

}  // namespace regvault::tools
