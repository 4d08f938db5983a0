/// Pull secrets: registry credentials as Kubernetes wants them, in kubectl's bytes.
///
///     std::vector<Credential> credentials;
///     credentials.push_back({.registry = "ghcr.io", .username = "octocat", .password = std::move(token)});
///     SecretBytes config = docker_config(credentials);           // {"auths":{"ghcr.io":{"username":"octocat",…}}}
///     SecretBytes yaml = manifest({.name = "ghcr-credentials", .namespaces = {"argowf"}}, config.view());
///
/// The manifest is, byte for byte, what `kubectl create secret docker-registry NAME --dry-run=client -o yaml` (or json)
/// prints: keys in the order username, password, email, auth, an empty email left out, registries sorted as Go sorts a
/// map, the characters that mean something to HTML or JavaScript escaped, names quoted as sigs.k8s.io/yaml quotes
/// them. Compared with kubectl 1.32. Unlike kubectl, names, sizes and texts are checked: Error(usage).
///
/// Everything that holds a secret is SecretBytes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/secret/secret_bytes.hpp>

namespace regvault::kubernetes {

inline constexpr std::string_view kSecretType = "kubernetes.io/dockerconfigjson";
inline constexpr std::string_view kSecretKey = ".dockerconfigjson";
inline constexpr std::string_view kOldSecretType = "kubernetes.io/dockercfg";
inline constexpr std::string_view kOldSecretKey = ".dockercfg";

struct Credential {
  std::string registry;  ///< as it shall stand there; Docker Hub by any of its names is https://index.docker.io/v1/
  std::string username;
  SecretBytes password = {};
  std::string email = {};  ///< empty: none
};

/// The text of .dockerconfigjson, on one line. Throws Error(usage): none, one registry twice, an empty or strange name,
/// a colon in a user name, text that is not UTF-8, white space around a user name or e-mail address.
SecretBytes docker_config(std::span<const Credential> credentials);

/// The value of "auth": base64 of "user:password", on one line.
SecretBytes auth_of(const Credential& credential);

enum class Form { yaml, json };

struct Manifest {
  std::string name;
  std::vector<std::string> namespaces = {};  ///< a secret in each; none: one that leaves it open
  Form form = Form::yaml;
  bool creation_timestamp = false;  ///< "creationTimestamp: null", as kubectl up to 1.34 prints it
};

/// A secret of type kubernetes.io/dockerconfigjson; several are documents, or a List in JSON. Throws Error(usage) for
/// names, and for a config beyond the 1 MiB that the API takes.
SecretBytes manifest(const Manifest& manifest, std::string_view config);

}  // namespace regvault::kubernetes
