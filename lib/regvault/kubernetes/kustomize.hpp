/// A pull secret for kustomize: a generator, and the file that it reads.
///
///     Kustomized done = write_kustomization("overlays/prod", "ghcr-credentials", "argowf", config.view(), warn);
///
/// DIR/config.json (0600) is the docker configuration in the clear, because kustomize opens no vault; DIR/.gitignore
/// names it, and is written when there is none. A kustomization.yaml that is there is never changed.
///
/// Throws Error(usage) for names, and what system/file.hpp says.
#pragma once

#include <string>
#include <string_view>

#include <regvault/base/error.hpp>

namespace regvault::kubernetes {

/// A kustomization.yaml. The secret keeps its name (no hash behind it), so that what is no part of the kustomization
/// can name it, too.
std::string kustomization(const std::string& name, const std::string& name_space);

/// Its part that makes the secret: "secretGenerator:" and one item.
std::string secret_generator(const std::string& name, const std::string& name_space);

struct Kustomized {
  std::string config, file;   ///< the paths of both
  bool made = false;          ///< the kustomization was written
  bool names_secret = false;  ///< it was there, and makes the secret
};

Kustomized write_kustomization(const std::string& directory, const std::string& name, const std::string& name_space,
                               std::string_view config, const WarningSink& warn);

}  // namespace regvault::kubernetes
