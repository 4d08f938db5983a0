#include <regvault/registry/child_environment.hpp>

#include <array>
#include <optional>

namespace regvault {
namespace {

// What engines and helpers read from the environment and that holds no password. REGISTRY_AUTH_FILE and DOCKER_CONFIG
// are left out: whoever runs a program says which file it is for.
constexpr std::array kPassedOn{
    "PATH",
    "XDG_RUNTIME_DIR",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "TMPDIR",
    // the network
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    // engines
    "CONTAINERS_CONF",
    "CONTAINERS_REGISTRIES_CONF",
    "CONTAINERS_STORAGE_CONF",
    "REGISTRIES_CONFIG_PATH",
    "DOCKER_HOST",
    "DOCKER_CERT_PATH",
    "DOCKER_TLS_VERIFY",
    // helpers: secretservice, pass, ecr-login, gcloud, acr-env
    "DBUS_SESSION_BUS_ADDRESS",
    "GNUPGHOME",
    "PASSWORD_STORE_DIR",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "CLOUDSDK_CONFIG",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "AZURE_CONFIG_DIR",
};

}  // namespace

std::vector<std::string> child_environment(const Account& account) {
  std::vector<std::string> out{"HOME=" + account.user.home, "LANG=C.UTF-8"};
  bool has_path = false;
  for (std::string name : kPassedOn) {
    std::optional<std::string> value = account.environment(name);
    if (!value || value->empty()) continue;
    has_path = has_path || name == "PATH";
    out.push_back(name + "=" + *value);
  }
  if (!has_path) out.emplace_back("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  return out;
}

}  // namespace regvault
