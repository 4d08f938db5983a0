#include "regvault/network_options.hpp"

#include <chrono>

#include <CLI/CLI.hpp>

#include <regvault/registry/effective_login.hpp>

namespace regvault::tools {
namespace {

constexpr const char* kGroup = "The network";

}  // namespace

void add_network_options(CLI::App& app, NetworkOptions& options) {
  app.add_option("--github-api", options.github_api, "GitHub's API (default for ghcr.io: https://api.github.com)")
      ->type_name("URL")
      ->group(kGroup);
  app.add_option("--cert-dir", options.cert_dir, "A directory with more authorities to trust (*.crt)")
      ->type_name("DIR")
      ->group(kGroup);
  app.add_flag("--insecure", options.insecure, "Speak plain HTTP to this machine, where it does not speak TLS")
      ->group(kGroup);
  app.add_option("--timeout", options.timeout, "Seconds that each request may take (default: 30)")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 3600).description(""))
      ->group(kGroup);
}

void add_token_server_option(CLI::App& app, NetworkOptions& options) {
  app.add_option("--token-server", options.token_hosts,
                 "A host that gets the credentials, too, when the registry says so; repeatable")
      ->type_name("HOST")
      ->allow_extra_args(false)
      ->group(kGroup);
}

net::HttpClient http_client(const NetworkOptions& options, const Session& session) {
  net::HttpOptions out = net::http_options(session.environment);
  out.trust.extra_directory = options.cert_dir;
  out.timeout = std::chrono::seconds(options.timeout);
  out.connect_timeout = std::min(out.connect_timeout, out.timeout);
  out.user_agent = "regvault/" REGVAULT_VERSION;
  out.plain_http_on_loopback = options.insecure;
  return net::HttpClient(std::move(out));
}

net::Send sender(net::HttpClient& client) {
  return [&client](const net::HttpRequest& request) { return client.send(request); };
}

std::optional<access::Credentials> stored_credentials(const std::string& registry, const Session& session) {
  std::optional<EffectiveLogin> login =
      effective_login({registry, ""}, {Engine::docker, Engine::podman}, account_in(session.environment));
  if (!login) return std::nullopt;
  session.say("asking " + registry + " with " + login->source);
  return std::move(login->credentials);
}

access::RegistryOptions registry_options(const NetworkOptions& options) {
  return {.plain_http = options.insecure, .token_hosts = options.token_hosts};
}

}  // namespace regvault::tools
