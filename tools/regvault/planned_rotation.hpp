/// rotate --plan and --run: a new token, and everything that follows from it, as .regvault.yml says it.
///
/// A journal beside the file (rotation/journal.hpp) holds both tokens and what is done from before the first change
/// until the last step, so that the same command goes on where one was interrupted.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <regvault/keys/keyring.hpp>
#include <regvault/vault_file/vault_file.hpp>

#include "regvault/network_options.hpp"
#include "session.hpp"

namespace regvault::tools {

struct RotationRun {
  const vault_file::Target& target;
  const keys::KeyRequest& keys;
  const NetworkOptions& network;
  std::string registry, username;  ///< instead of the plan's; empty: the plan's
  bool verify = true;

  std::function<SecretBytes()> ask;                    ///< for the new token
  std::function<int()> try_replacing;                  ///< names the places, changes nothing; an exit code
  std::function<int(std::string_view value)> replace;  ///< the value, in all places; an exit code
};

/// Asks the registry that the plan names, else the run, else ghcr.io. Throws what check_new_token() throws.
void verify_new_token(const RotationRun& run, std::string_view token, Session& session);

/// Says what would be done, and what is done already. Returns an exit code.
int show_plan(const RotationRun& run, keys::Keyring& keyring, Session& session);

/// Returns an exit code.
int run_plan(const RotationRun& run, keys::Keyring& keyring, Session& session);

}  // namespace regvault::tools
