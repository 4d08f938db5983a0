/// Pull secrets in a cluster: stored, and given to service accounts.
///
///     Kubectl kubectl(environment, {});
///     Applied done = store_secret(kubectl, {"ghcr-credentials", "argowf"}, config.view());
///     attach_to_service_account(kubectl, {"default", "argowf"}, "ghcr-credentials");
///
/// `kubectl apply` would copy the secret into an annotation. Here a new one is created; one that is there is read,
/// changed (labels, owners and other keys stay, such an annotation goes) and replaced, with the version that was read,
/// so that a change in between is a conflict, which is tried again.
///
/// Throws what kubectl.hpp says, and Error(unsupported) for a secret that cannot be changed: another type, immutable.
#pragma once

#include <string>
#include <string_view>

#include <regvault/kubernetes/kubectl.hpp>

namespace regvault::kubernetes {

struct ObjectName {
  std::string name;
  std::string name_space = {};  ///< empty: the context's
};

enum class Applied { created, replaced, unchanged };

/// `config`: docker_config(). With `dry_run` the API checks the change, and stores nothing.
Applied store_secret(const Kubectl& kubectl, const ObjectName& secret, std::string_view config, bool dry_run = false);

/// Adds the secret to the service account's imagePullSecrets, behind those that are there. Never `created`.
Applied attach_to_service_account(const Kubectl& kubectl, const ObjectName& account, const std::string& secret,
                                  bool dry_run = false);

/// The secret as JSON; nullopt: there is none of that name.
std::optional<SecretBytes> secret_in_cluster(const Kubectl& kubectl, const ObjectName& secret);

}  // namespace regvault::kubernetes
