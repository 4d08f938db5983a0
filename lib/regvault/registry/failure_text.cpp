#include <regvault/registry/failure_text.hpp>

#include <algorithm>
#include <vector>

#include <regvault/base/text.hpp>

namespace regvault {
namespace {

constexpr std::string_view kGithub = "ghcr.io, told by any client";
constexpr std::string_view kDocker = "docker";
constexpr std::string_view kPodman = "podman, buildah, skopeo, CRI-O";
constexpr std::string_view kContainerd = "containerd, kubelet, BuildKit";
constexpr std::string_view kKubelet = "kubelet, kubectl";
constexpr std::string_view kActions = "GitHub Actions";
constexpr std::string_view kAny = "any client";
constexpr std::string_view kHub = "Docker Hub, told by any client";
constexpr std::string_view kGitlab = "GitLab, told by any client";
constexpr std::string_view kScripts = "curl, Python, Ansible";
constexpr std::string_view kRegistryTools = "crane, Bazel, curl";

constexpr FailureText::Counts kEnd = FailureText::Counts::at_end;
constexpr FailureText::Counts kRegistry = FailureText::Counts::about_registry;
constexpr FailureText::Counts kRegistryEnd = FailureText::Counts::about_registry_at_end;

constexpr FailureText kTexts[] = {
    // --------------------------------------------------------------------------------------- ghcr.io names the cause
    {"does not match expected scopes", "", "missing-scope", kGithub},
    {"SAML enforcement", "", "single-sign-on", kGithub},
    {"forbids access via a personal access token (classic)", "", "token-kind", kGithub,
     "its organization forbids classic tokens"},
    {"forbids access via a fine-grained personal access token", "", "token-kind", kGithub,
     "fine-grained tokens are forbidden"},
    {"has an IP allow list enabled", "", "address-not-allowed", kGithub},
    {"permission_denied: read_package", "", "no-package-read", kGithub},
    {"permission_denied: write_package", "", "no-package-write", kGithub},
    {"permission_denied: create_package", "", "wrong-namespace", kGithub},
    {"installation not allowed to Create organization package", "", "workflow-permissions", kGithub},
    {"installation not allowed to Write organization package", "", "workflow-permissions", kGithub},
    {"requested installation does not exist", "", "foreign-workflow-token", kGithub},
    {"Resource not accessible by integration", "package", "workflow-permissions", kActions},
    {"User cannot be authenticated with the token provided", "", "credentials-refused", kGithub,
     "user cannot be authenticated"},

    // ---------------------------------------------------------------------------------------- on this machine, before
    {"permission denied while trying to connect to the Docker daemon socket", "", "engine-not-running", kDocker},
    {"permission denied while trying to connect to the docker API", "", "engine-not-running", kDocker},
    {"Cannot connect to the Docker daemon", "", "engine-not-running", kDocker},
    {"docker-credential-", "executable file not found", "helper-missing", "docker, podman, compose, BuildKit"},
    {"docker-credential-", "resolves to executable in current directory", "helper-missing", "podman 4, skopeo 1.9"},
    {"docker-credential-", "not installed or not available in PATH", "helper-missing", "docker-py, docker-compose 1"},
    {"error getting credentials - err: ", "", "helper-failed", "docker, BuildKit"},
    {"error storing credentials - err: ", "", "helper-failed", kDocker},
    {"error getting credentials for ", "", "helper-failed", kPodman},
    {"illegal base64 data at input byte", "", "wrapped-base64", "docker, podman, kubectl", "", kRegistry},
    {"Invalid auth configuration file", "", "bad-auth-entry", kDocker},
    {"of a credential entry", "missing semicolon", "bad-auth-entry", kPodman},
    {"Error loading config file", "permission denied", "auth-file-access", kDocker},
    {"Error loading config file", "", "malformed-auth-file", kDocker},
    {"error loading config file", "", "malformed-auth-file", kDocker},
    {"Error parsing config file", "", "malformed-auth-file", kDocker},
    {"auth.json: permission denied", "", "auth-file-access", kPodman},
    {"reading JSON file", "unmarshaling JSON at", "malformed-auth-file", kPodman},
    {"must be lowercase", "repository name", "bad-reference", "docker, podman, BuildKit"},
    {"invalid reference format", "", "bad-reference", kAny},
    {"InvalidImageName", "", "bad-reference", kKubelet},
    {"Failed to apply default image tag", "", "bad-reference", kKubelet},
    {"Username and password required", "", "no-password", "docker/login-action"},
    {"Cannot perform an interactive login from a non TTY device", "", "no-password", kDocker},
    {"cannot perform an interactive login from a non-TTY device", "", "no-password", kDocker},
    {"getting username and password: reading ", "", "no-password", kPodman},
    {"--password-stdin option requires --username", "", "no-password", kDocker},
    {"Must provide --username with --password-stdin", "", "no-password", "docker, podman"},
    {"must provide --username with --password-stdin", "", "no-password", "docker, podman"},
    {"password is empty", "", "no-password", kDocker, "", kRegistryEnd},

    // ------------------------------------------------------------------------------------------------------ Kubernetes
    {"FailedToRetrieveImagePullSecret", "", "pull-secret-missing", kKubelet},
    {"Unable to retrieve some image pull secrets", "", "pull-secret-missing", kKubelet},
    {"data[.dockerconfigjson]", "", "pull-secret-invalid", kKubelet},
    {"data[.dockercfg]", "", "pull-secret-invalid", kKubelet},
    {"ErrImageNeverPull", "", "image-never-pulled", kKubelet},
    {"is not present with pull policy of Never", "", "image-never-pulled", kKubelet},

    // ---------------------------------------------------------------------------------------------------- TLS, network
    {"certificate signed by unknown authority", "", "tls-unknown-authority", kAny, "", kRegistry},
    {"unable to get local issuer certificate", "", "tls-unknown-authority", kScripts, "", kRegistry},
    {"self-signed certificate", "certificate verify failed", "tls-unknown-authority", kScripts, "", kRegistry},
    {"certificate has expired or is not yet valid", "", "tls-expired", kAny, "", kRegistry},
    {"certificate verify failed: certificate has expired", "", "tls-expired", "Python, Ansible", "", kRegistry},
    {"certificate verify failed", "", "tls-unknown-authority", "Python, Ansible", "", kRegistry},
    {"x509: ", "", "tls", kAny, "", kRegistry},
    {"remote error: tls: ", "", "tls", kAny, "", kRegistry},
    {"server gave HTTP response to HTTPS client", "", "plain-http", kAny, "", kRegistry},
    {"first record does not look like a TLS handshake", "", "plain-http", kAny, "", kRegistry},
    {"proxyconnect tcp", "", "proxy", kAny},
    {"Proxy Authentication Required", "", "proxy", kAny, "", kRegistry},
    {"secondary rate limit", "", "rate-limit", kGithub},
    {"toomanyrequests", "", "rate-limit", kAny},
    {"pull rate limit", "", "rate-limit", kHub},
    {"429 Too Many", "", "rate-limit", kAny, "", kRegistry},

    // ----------------------------------------------------------------------------------------------- the image's name
    {"OCI index found, but Accept header", "", "old-client", kAny},
    {"OCI manifest found, but Accept header", "", "old-client", kAny},
    {"missing signature key", "", "old-client", kDocker, "", kEnd},
    {"unsupported manifest media type", "", "old-client", kAny},
    {"no matching manifest for ", "", "no-platform", kDocker},
    {"no match for platform in manifest", "", "no-platform", kContainerd},
    {"no image found in manifest list for architecture", "", "no-platform", kPodman},
    {"no image found in image index for architecture", "", "no-platform", kPodman},
    {"manifest unknown", "", "manifest-unknown", kAny},
    {"MANIFEST_UNKNOWN", "", "manifest-unknown", kRegistryTools},
    {"name unknown", "", "name-unknown", kAny, "", kRegistry},
    {"NAME_UNKNOWN", "", "name-unknown", kRegistryTools},
    {"repository name not known to registry", "", "name-unknown", kAny},

    // ------------------------------------------------------------------------- no: with credentials, or without them
    {"failed to fetch anonymous token", "401 Unauthorized", "no-credentials", kContainerd},
    {"failed to fetch anonymous token", "403 Forbidden", "no-credentials", kContainerd},
    {"failed to fetch oauth token", "401 Unauthorized", "credentials-refused", kContainerd},
    {"failed to fetch oauth token", "403 Forbidden", "credentials-refused", kContainerd},
    {"failed to fetch oauth token", "denied", "credentials-refused", kContainerd},
    {"unexpected status from POST request", "403 Forbidden", "no-package-write", kContainerd},
    {"unexpected status from PUT request", "403 Forbidden", "no-package-write", kContainerd},
    {"failed to read from destination repository", "403 (Forbidden)", "no-package-write", kPodman},
    {"initiating layer upload", "denied", "no-package-write", kPodman},
    {"trying to reuse blob", "denied", "no-package-write", kPodman},
    {"unexpected status from HEAD request", "403 Forbidden", "no-package-read", kContainerd},
    {"unauthorized: authentication required", "", "no-credentials", kAny},
    {"no basic auth credentials", "", "no-credentials", kDocker},
    {"UNAUTHORIZED: authentication required", "", "no-credentials", "crane, Bazel"},
    {"\"code\":\"UNAUTHORIZED\"", "", "no-credentials", "curl"},
    {"invalid username/password", "", "credentials-refused", kPodman, "invalid username/password"},
    {"incorrect username or password", "", "credentials-refused", kHub, "incorrect username or password"},
    {"HTTP Basic: Access denied", "", "credentials-refused", kGitlab, "denied"},
    {"denied: access forbidden", "", "credentials-refused", kGitlab, "denied"},
    {"invalid status code from registry 403 (Forbidden)", "", "credentials-refused", kPodman, "403 Forbidden"},
    {"denied: denied", "", "credentials-refused", kDocker, "denied", kEnd},
    {"error from registry: denied", "", "credentials-refused", kDocker, "denied", kEnd},
    {"DENIED: denied", "", "credentials-refused", "crane, Bazel", "denied", kEnd},
    {"\"code\":\"DENIED\"", "", "credentials-refused", "curl", "denied"},
    {"pull access denied", "", "denied-or-missing", "docker, containerd, kubelet", "denied"},
    {"push access denied", "", "denied-or-missing", kContainerd, "denied"},
    {"insufficient_scope: authorization failed", "", "denied-or-missing", kContainerd, "denied"},
    {"requested access to the resource is denied", "", "denied-or-missing", kAny, "denied"},
    {"access to the requested resource is not authorized", "", "denied-or-missing", "quay.io, told by any client",
     "not authorized"},
    {"401 Unauthorized", "", "credentials-refused", kAny, "401 Unauthorized", kRegistry},
    {"unauthorized: ", "", "denied-or-missing", kAny, "unauthorized", kRegistry},
    {"403 (Forbidden)", "", "denied-or-missing", kPodman, "403 Forbidden", kRegistry},
    {"403 Forbidden", "", "denied-or-missing", kAny, "403 Forbidden", kRegistry},
    {": denied: ", "", "denied-or-missing", kAny, "denied", kRegistry},
    {": denied", "", "credentials-refused", kAny, "denied", kRegistryEnd},

    // ---------------------------------------------------------------------------------------- something else answered
    {"invalid character '<' looking for beginning of value", "", "not-a-registry", kAny, "", kRegistry},
    {"error parsing HTTP", "response body", "not-a-registry", kDocker, "", kRegistry},
    {"500 Internal Server Error", "", "registry-fault", kAny, "", kRegistry},
    {"502 Bad Gateway", "", "registry-fault", kAny, "", kRegistry},
    {"503 Service Unavailable", "", "registry-fault", kAny, "", kRegistry},
    {"504 Gateway", "", "registry-fault", kAny, "", kRegistry},
    {"failed to resolve reference", ": not found", "name-unknown", kContainerd},

    // ------------------------------------------------------------------------------------------------- nobody answered
    {"no such host", "", "unreachable", kAny, "no such host", kRegistryEnd},
    {"failure in name resolution", "", "unreachable", kAny, "no such host", kRegistry},
    {"server misbehaving", "", "unreachable", kAny, "the name server does not answer", kRegistryEnd},
    {"connection refused", "", "unreachable", kAny, "connection refused", kRegistryEnd},
    {"network is unreachable", "", "unreachable", kAny, "network is unreachable", kRegistryEnd},
    {"no route to host", "", "unreachable", kAny, "no route to host", kRegistryEnd},
    {"TLS handshake timeout", "", "timeout", kAny, "TLS handshake timeout", kRegistryEnd},
    {"i/o timeout", "", "timeout", kAny, "i/o timeout", kRegistryEnd},
    {"Client.Timeout", "", "timeout", kAny, "timeout", kRegistry},
    {"context deadline exceeded", "", "timeout", kAny, "timeout", kRegistryEnd},
    {"connection reset by peer", "", "unreachable", kAny, "it closed the connection", kRegistryEnd},
    {": EOF", "", "unreachable", kAny, "it closed the connection", kRegistryEnd},
    {": unexpected EOF", "", "unreachable", kAny, "it closed the connection", kRegistryEnd},

    // ------------------------------------------------------------------------------------------------ the outcome only
    {"ErrImagePull", "", "image-pull", kKubelet},
    {"ImagePullBackOff", "", "image-pull", kKubelet},
    {"Back-off pulling image", "", "image-pull", kKubelet},
};

/// What tells that a line is about a registry.
// clang-format off
constexpr std::string_view kRegistryWords[] = {
    "ghcr.io", "docker.io", "docker.com", "quay.io", "gcr.io", "pkg.dev", "mcr.microsoft.com", ".azurecr.io",
    ".dkr.ecr.", "registry.gitlab", "githubusercontent.com", "/v2/\"", "/v2/:", "/v2/ ", "/v2/'", "/v2/?",
    "/manifests/", "/blobs/", "/token?", "docker://", "container registry", "docker registry", "from registry",
    "resolve reference", "ailed to pull", "ailed to push", "pulling image", "pull image", "pull and unpack",
    "reading manifest", "logging into", "login attempt to", "docker login", "podman login", "config.json",
    "auth.json", "dockerconfigjson", "cannot be handled as a Secret",
};
// clang-format on

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// What is said ends here: a quote, a bracket, a stop, or an addition in brackets.
bool is_end(std::string_view rest) {
  constexpr std::string_view kStops = "\"'`),;.]}\\";
  return rest.empty() || rest[0] == '\n' || rest[0] == '\r' || kStops.find(rest[0]) != kStops.npos ||
         rest.starts_with(" (") || rest.starts_with(": ") || stripped(rest).empty();
}

bool is_in(const FailureText& row, std::string_view line) {
  for (std::size_t at = line.find(row.text); at != line.npos; at = line.find(row.text, at + 1)) {
    if (stands_at(row, line, at)) return has_also(row, line);
  }
  return false;
}

}  // namespace

std::span<const FailureText> failure_texts() {
  return kTexts;
}

bool stands_at(const FailureText& row, std::string_view line, std::size_t at) {
  if (line.compare(at, row.text.size(), row.text) != 0) return false;
  std::string_view rest = line.substr(at + row.text.size());
  if (at > 0 && is_word(row.text.front()) && is_word(line[at - 1])) return false;
  if (is_word(row.text.back()) && !rest.empty() && is_word(rest[0])) return false;
  return !row.at_end() || is_end(rest);
}

bool has_also(const FailureText& row, std::string_view line) {
  return line.find(row.also) != line.npos;
}

bool is_about_a_registry(std::string_view line) {
  return std::ranges::any_of(kRegistryWords, [&](std::string_view word) { return line.find(word) != line.npos; });
}

const FailureText* failure_in(std::string_view output) {
  const std::vector<std::string_view> lines = split(output, '\n');
  for (const FailureText& row : kTexts) {
    if (std::ranges::any_of(lines, [&](std::string_view line) { return is_in(row, line); })) return &row;
  }
  return nullptr;
}

}  // namespace regvault
