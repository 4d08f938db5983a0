/// A pod that shows whether a cluster can pull an image.
///
///     NotedSignals signals;
///     PodRequest pod{.image = "ghcr.io/acme/app:1", .secrets = {"ghcr-credentials"}, .name_space = "argowf"};
///     PullResult result = test_pull(kubectl, pod, 120s, signals);
///
/// The pod pulls always (a node may have the image already), runs one command, `true`, once, is small, mounts no token
/// and is what the strictest pod security standard admits. Whatever happens, a signal as well, it is deleted.
///
/// Throws what kubectl.hpp says, Error(usage) for names, and Interrupted.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <regvault/kubernetes/kubectl.hpp>

namespace regvault::kubernetes {

struct PodRequest {
  std::string image;
  std::vector<std::string> secrets = {};
  std::string name_space = {};
  std::string node = {};                  ///< on this one; empty: wherever it is scheduled
  std::string service_account = {};       ///< empty: the namespace's default
  std::vector<std::string> command = {};  ///< instead of `true`
  std::string name = {};                  ///< empty: regvault-pull-test-XXXXXXXX, another one each time
};

std::string unique_pod_name();

/// The manifest, in YAML.
std::string pod_manifest(const PodRequest& pod);

struct PullResult {
  enum class Verdict { pulled, failed, undecided } verdict = Verdict::undecided;
  std::string image_id;  ///< what was pulled, with its digest
  std::string node;
  std::vector<std::string> messages;  ///< what the kubelet and the scheduler said, each once, the oldest first
};

PullResult test_pull(const Kubectl& kubectl, PodRequest pod, std::chrono::seconds timeout, const NotedSignals& signals);

/// From the pod and its events, as kubectl prints them in JSON. (What test_pull() decides by.)
PullResult judged(std::string_view pod_json, std::string_view events_json);

}  // namespace regvault::kubernetes
