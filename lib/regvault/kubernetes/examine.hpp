/// Pull secrets read back: whose logins are in one, and what keeps it from working.
///
///     for (const PullSecret& secret : pull_secrets_in(bytes, "secret.yml")) {
///       for (const PullSecret::Login& login : secret.logins) use(login.registry, login.username);
///       for (const Finding& finding : secret.findings) warn(finding.text);
///     }
///
/// What counts is what the kubelet reads (k8s.io/kubernetes pkg/credentialprovider): of a secret of one of the two
/// types the one key; of an entry `auth`, and username and password only without it; nothing of credsStore. Line
/// breaks inside of the base64 of `data` are nothing to the API; inside of `auth` other readers stumble over them.
///
/// Throws Error(malformed) for what is neither YAML nor JSON, Error(not_found) for a file without a secret. No message
/// holds a value.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/secret/secret_bytes.hpp>

namespace regvault::kubernetes {

struct Finding {
  std::string cause;     ///< a slug of registry/cause.hpp; empty: nothing that fails, but should not be
  std::string registry;  ///< empty: the whole secret
  std::string text;
};

struct PullSecret {
  struct Login {
    std::string registry;
    std::string username;  ///< empty: not readable, or not to be shown
    SecretBytes password;
  };

  std::string name, name_space;  ///< empty: it has none
  std::string type;
  std::size_t line = 0;  ///< 0: not known
  std::vector<Login> logins = {};
  std::vector<Finding> findings = {};
};

/// Manifests in YAML (several documents, Lists) or JSON; also a bare docker configuration ({"auths": …}), and one in
/// base64 as `kubectl get -o jsonpath` prints it. Other objects are passed over.
std::vector<PullSecret> pull_secrets_in(std::string_view bytes, const std::string& name);

/// The text of .dockerconfigjson; `old_form`: of .dockercfg. Adds to `secret`.
void examine_config(std::string_view config, bool old_form, PullSecret& secret);

}  // namespace regvault::kubernetes
