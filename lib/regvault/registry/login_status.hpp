/// What is logged in where on this host, and which login counts: every auth file the engines read, every helper these
/// name. Never a password.
///
///     LoginStatus status = login_status({.engines = {Engine::podman, Engine::docker}}, account);
///     for (const FoundLogin& login : status.logins)
///       … login.registry, login.auth_file, login.username, login.in_force
///
/// A file that cannot be read, or is none, and a helper that fails, are no errors: they are told where they are, and
/// the others go on.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include <regvault/registry/auth_locations.hpp>
#include <regvault/registry/engine.hpp>
#include <regvault/registry/reference.hpp>

namespace regvault {

struct StatusRequest {
  std::vector<Engine> engines;
  std::optional<RegistryReference> registry = std::nullopt;  ///< this one only
  std::optional<std::string> auth_file = std::nullopt;       ///< this one, instead of those the engines read
};

/// One file an engine reads, in the order of reading; one that two engines read is there once.
struct AuthFileStatus {
  std::string path;
  std::vector<Engine> engines;  ///< who reads it
  bool exists = false;
  mode_t mode = 0;           ///< permission bits
  std::string owner = {};    ///< a name, else a number
  bool in_memory = false;    ///< on tmpfs: a reboot forgets it
  std::string problem = {};  ///< why nothing is known of its logins; empty: something is
  std::string warning = {};  ///< others may read it, it belongs to another user
};

/// A login, as one engine sees it.
struct FoundLogin {
  Engine engine = Engine::podman;
  std::string registry;  ///< "ghcr.io", "ghcr.io/octo", "docker.io"
  std::string auth_file;
  std::string key;                                     ///< as it is written there
  std::string helper = {};                             ///< the program that has it; empty: the file itself
  std::optional<std::string> username = std::nullopt;  ///< nullopt: none that can be shown
  bool in_force = false;                               ///< the engine uses this one: no file it reads earlier has one
  bool lasts = false;                                  ///< it is still there after a reboot
};

struct LoginStatus {
  std::vector<AuthFileStatus> files;
  std::vector<FoundLogin> logins;
};

std::string octal(mode_t mode);  ///< "0600"

LoginStatus login_status(const StatusRequest& request, const Account& account);

}  // namespace regvault
