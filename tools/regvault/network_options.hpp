/// The options of verbs that ask a registry or GitHub themselves.
///
///     NetworkOptions network;
///     add_network_options(app, network);
///     net::HttpClient client = http_client(network, session);
///     access::RegistryClient registry("ghcr.io", sender(client), registry_options(network));
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <regvault/access/registry_client.hpp>
#include <regvault/net/http_client.hpp>

#include "session.hpp"

namespace CLI {
class App;
}

namespace regvault::tools {

struct NetworkOptions {
  std::string github_api;  ///< empty: the registry's own, if it is GitHub's
  std::string cert_dir;
  std::vector<std::string> token_hosts;
  bool insecure = false;
  int timeout = 30;  ///< seconds, of each request
};

/// --github-api, --cert-dir, --insecure, --timeout.
void add_network_options(CLI::App& app, NetworkOptions& options);

/// --token-server: for verbs that send credentials to a registry.
void add_token_server_option(CLI::App& app, NetworkOptions& options);

/// Proxies and authorities come from the session's environment.
net::HttpClient http_client(const NetworkOptions& options, const Session& session);

/// `client` must outlive it.
net::Send sender(net::HttpClient& client);

/// What docker, else podman, would send from here, which is said; nullopt: neither is logged in.
std::optional<access::Credentials> stored_credentials(const std::string& registry, const Session& session);

access::RegistryOptions registry_options(const NetworkOptions& options);

}  // namespace regvault::tools
