/// imagePullSecrets in manifests, added without a change to any other byte.
///
///     Attached result = attach_pull_secret(bytes, "deployment.yml", "ghcr-credentials");
///     if (result.changes()) update.commit(result.bytes, warn);
///
/// Every document of the file, and every item of a List, gets it at the places its kind has:
///
///     Pod                                                       spec
///     Deployment StatefulSet DaemonSet ReplicaSet Job …         spec.template.spec
///     CronJob                                                   spec.jobTemplate.spec.template.spec
///     SeldonDeployment                                          spec.predictors[].componentSpecs[].spec
///     Workflow WorkflowTemplate CronWorkflow (Argo)             spec, spec.workflowSpec
///     ServiceAccount                                            the top
///
/// A list that is there keeps its items and its style. JSON is YAML. The result is proven, as all edits of the yaml
/// room are.
///
/// Throws, with nothing changed: what yaml::Document throws; Error(unsupported): a template (Helm's {{ }}), a place
/// that an alias shares (reason "anchor-in-use"), items that are no mappings; Error(not_found): nothing in the file
/// runs pods.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace regvault::kubernetes {

/// A place that takes pull secrets.
struct AttachedPlace {
  std::string kind, name;  ///< "Deployment", "web"; the name may be empty (generateName)
  std::size_t line = 0;    ///< of the object
  std::string path;        ///< "spec.template.spec.imagePullSecrets"
  bool was_there = false;  ///< the secret was in the list already
};

struct Attached {
  std::string bytes;
  std::vector<AttachedPlace> places;  ///< at least one

  std::size_t changes() const;
};

/// `name` is the file's, for messages.
Attached attach_pull_secret(std::string bytes, const std::string& name, const std::string& secret);

}  // namespace regvault::kubernetes
