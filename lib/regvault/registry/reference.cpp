#include <regvault/registry/reference.hpp>

#include <algorithm>
#include <array>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>

namespace regvault {
namespace {

constexpr std::string_view kDockerHubKey = "https://index.docker.io/v1/";
constexpr std::array<std::string_view, 3> kDockerHubHosts{"docker.io", "index.docker.io", "registry-1.docker.io"};

bool is_docker_hub_host(std::string_view host) {
  return std::ranges::find(kDockerHubHosts, host) != kDockerHubHosts.end();
}

[[noreturn]] void refuse(std::string_view text, std::string_view why, std::string hint = {}) {
  throw Error(ErrorCode::usage, in_quotes(text) + " is not the name of a registry: " + std::string(why),
              std::move(hint), {}, "registry-name");
}

/// What stands before "@" in a URL may be a token, so the text is not shown.
void refuse_user(std::string_view text) {
  std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || text.substr(at).starts_with("@sha256:")) return;
  throw Error(ErrorCode::usage, "the name of a registry holds a user or a password (what is before \"@\")",
              "write the host only, for example ghcr.io; username and password have their own places", {},
              "registry-name");
}

bool consists_of(std::string_view text, bool (*allowed)(char)) {
  return std::ranges::all_of(text, allowed);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z');
}
bool is_host_character(char c) {
  return is_lower_alphanumeric(c) || c == '.' || c == '-' || c == '_';
}
bool is_address_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
}

bool is_port(std::string_view port) {
  if (port.empty() || port.size() > 5 || !consists_of(port, is_digit)) return false;
  int number = 0;
  for (char c : port) number = number * 10 + (c - '0');
  return number >= 1 && number <= 65535;
}

/// "ghcr.io", "localhost:5000", "[::1]:5000".
bool is_host(std::string_view text) {
  std::size_t name_end = text.starts_with('[') ? text.find(']') + 1 : std::min(text.find(':'), text.size());
  std::string_view name = text.substr(0, name_end), port = text.substr(name_end);
  if (!port.empty() && (port.front() != ':' || !is_port(port.substr(1)))) return false;
  if (name.starts_with('['))
    return name.size() > 4 && consists_of(name.substr(1, name.size() - 2), is_address_character);
  bool ends_well = !name.empty() && is_lower_alphanumeric(name.front()) && is_lower_alphanumeric(name.back());
  return ends_well && consists_of(name, is_host_character);
}

bool is_path(std::string_view path) {
  return std::ranges::all_of(split(path, '/'), [](std::string_view part) {
    bool ends_well = !part.empty() && is_lower_alphanumeric(part.front()) && is_lower_alphanumeric(part.back());
    return ends_well && consists_of(part, is_host_character);
  });
}

/// After "https://": nothing but the API's own path.
std::string_view without_api_path(std::string_view text) {
  for (std::string_view path : {"/v1/", "/v2/", "/v1", "/v2"}) {
    if (text.ends_with(path)) return text.substr(0, text.size() - path.size());
  }
  return text;
}

}  // namespace

RegistryReference parse_registry(std::string_view text) {
  if (text.empty()) refuse(text, "it is empty", "write the host, for example ghcr.io");
  refuse_user(text);
  std::string_view rest = text;
  if (lowercase(rest.substr(0, 7)) == "http://") {
    refuse(text, "it asks for plain HTTP",
           "write the host only; for a registry without TLS, with podman, add tls_verify: false");
  }
  bool has_scheme = lowercase(rest.substr(0, 8)) == "https://";
  if (has_scheme) rest = without_api_path(rest.substr(8));
  if (rest.ends_with('/')) rest.remove_suffix(1);

  std::size_t slash = std::min(rest.find('/'), rest.size());
  RegistryReference registry{lowercase(rest.substr(0, slash)),
                             std::string(rest.substr(std::min(slash + 1, rest.size())))};
  if (!is_host(registry.host))
    refuse(text, "it has no valid host", "write the host, for example ghcr.io or localhost:5000");
  if (is_docker_hub_host(registry.host)) {
    registry.host = "docker.io";
    if (registry.path == "v1" || registry.path == "v2") return {registry.host, ""};  // the API's, as docker writes it
  }
  if (slash == rest.size()) return registry;

  if (registry.path.find_first_of(":@") != std::string::npos) {
    refuse(text, "it names an image", "write the host only: " + registry.host);
  }
  if (!is_path(registry.path)) refuse(text, "its path is not valid", "a path is lower case: host/organisation");
  return registry;
}

std::string auth_key(const RegistryReference& registry, Engine engine) {
  if (engine == Engine::none && registry.name() == "docker.io") return std::string(kDockerHubKey);
  if (engine != Engine::docker) return registry.name();
  if (!registry.path.empty()) {
    throw Error(ErrorCode::unsupported, "docker has no logins for a part of a registry: " + in_quotes(registry.name()),
                "write the host only (" + registry.host + "), or use podman alone", {}, "namespace");
  }
  return registry.is_docker_hub() ? std::string(kDockerHubKey) : registry.host;
}

std::vector<std::string> namespace_keys(const RegistryReference& registry) {
  std::vector<std::string> keys{registry.name()};
  for (std::size_t slash; (slash = keys.back().rfind('/')) != std::string::npos;) {
    keys.push_back(keys.back().substr(0, slash));
  }
  return keys;
}

std::string comparable_key(std::string_view key, Engine engine, bool legacy_format) {
  std::string_view rest = key;
  if (rest.starts_with("http://")) rest.remove_prefix(7);
  if (rest.starts_with("https://")) rest.remove_prefix(8);
  bool path_counts = engine != Engine::docker && !legacy_format && rest.size() == key.size();
  if (!path_counts) rest = rest.substr(0, rest.find('/'));
  if (engine != Engine::docker && is_docker_hub_host(rest)) return "docker.io";
  return std::string(rest);
}

}  // namespace regvault
