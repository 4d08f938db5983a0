#include <regvault/kubernetes/pull_test.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <thread>

#include <regvault/base/encoding.hpp>
#include <regvault/base/error.hpp>
#include <regvault/json/document.hpp>
#include <regvault/kubernetes/names.hpp>
#include <regvault/yaml/scalar.hpp>

namespace regvault::kubernetes {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Verdict = PullResult::Verdict;

constexpr std::chrono::milliseconds kFirstPoll = 200ms, kPollEvery = 1s;

/// Why a container waits, when it is the image's fault.
constexpr std::array<std::string_view, 6> kNotPulled = {"ErrImagePull",        "ImagePullBackOff",
                                                        "InvalidImageName",    "ImageInspectError",
                                                        "RegistryUnavailable", "ErrImageNeverPull"};
/// The image is there, and the container did not start: that is no matter here.
constexpr std::array<std::string_view, 5> kPulledButNotStarted = {
    "CreateContainerError", "CreateContainerConfigError", "RunContainerError", "StartError", "CrashLoopBackOff"};
/// Events that say why, beside those of type Warning.
constexpr std::array<std::string_view, 3> kTelling = {"Failed", "FailedToRetrieveImagePullSecret", "BackOff"};

const json::Value* at(const json::Value& value, std::initializer_list<std::string_view> path) {
  const json::Value* now = &value;
  for (std::string_view key : path) {
    now = now != nullptr && now->is_object() ? now->get_object().if_contains(key) : nullptr;
  }
  return now;
}

std::string text_at(const json::Value& value, std::initializer_list<std::string_view> path) {
  const json::Value* found = at(value, path);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

const json::Array& items_at(const json::Value& value, std::initializer_list<std::string_view> path) {
  static const json::Array kNone;
  const json::Value* found = at(value, path);
  return found != nullptr && found->is_array() ? found->get_array() : kNone;
}

void add_once(std::vector<std::string>& messages, std::string text) {
  if (!text.empty() && std::ranges::count(messages, text) == 0) messages.push_back(std::move(text));
}

void judge_container(const json::Value& status, PullResult& result) {
  const std::string waiting = text_at(status, {"state", "waiting", "reason"});
  const bool ran = at(status, {"state", "running"}) != nullptr || at(status, {"state", "terminated"}) != nullptr ||
                   at(status, {"lastState", "terminated"}) != nullptr;
  if (std::ranges::count(kNotPulled, waiting) != 0) {
    result.verdict = Verdict::failed;
    add_once(result.messages, text_at(status, {"state", "waiting", "message"}));
  } else if (ran || std::ranges::count(kPulledButNotStarted, waiting) != 0) {
    result.verdict = Verdict::pulled;
  }
  result.image_id = text_at(status, {"imageID"});
}

void judge_event(const json::Value& event, PullResult& result) {
  const std::string reason = text_at(event, {"reason"});
  const bool tells = std::ranges::count(kTelling, reason) != 0 || text_at(event, {"type"}) == "Warning";
  if (tells) add_once(result.messages, text_at(event, {"message"}));
  if (reason == "Pulled") result.verdict = Verdict::pulled;
}

/// Lives as long as the pod may be there.
class PodToDelete {
 public:
  PodToDelete(const Kubectl& kubectl, const PodRequest& pod) : kubectl_(kubectl), pod_(pod) {}
  ~PodToDelete() {
    try {
      kubectl_.said({"delete", "pod", pod_.name, "--ignore-not-found", "--wait=false", "--grace-period=1"},
                    {.name_space = pod_.name_space});
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): a deadline ends it in any case
    }
  }
  PodToDelete(const PodToDelete&) = delete;
  PodToDelete& operator=(const PodToDelete&) = delete;

 private:
  const Kubectl& kubectl_;
  const PodRequest& pod_;
};

PullResult look(const Kubectl& kubectl, const PodRequest& pod, const NotedSignals& signals) {
  const Kubectl::Call call{.name_space = pod.name_space, .signals = &signals};
  const SecretBytes json = kubectl.said({"get", "pod", pod.name, "-o", "json"}, call);
  const std::string selector = "involvedObject.kind=Pod,involvedObject.name=" + pod.name;
  const SecretBytes events = kubectl.said({"get", "events", "--field-selector", selector, "-o", "json"}, call);
  return judged(json.view(), events.view());
}

void wait(std::chrono::milliseconds time, const NotedSignals& signals) {
  for (const Clock::time_point end = Clock::now() + time; Clock::now() < end;) {
    signals.throw_if_caught();
    std::this_thread::sleep_for(100ms);
  }
}

std::string yaml_text(const std::string& text) {
  return yaml::plain_or_quoted(text, false);
}

}  // namespace

std::string unique_pod_name() {
  std::random_device random;
  const std::uint32_t number = random();
  return "regvault-pull-test-" + hex_encode({reinterpret_cast<const char*>(&number), sizeof(number)});
}

std::string pod_manifest(const PodRequest& pod) {
  const bool strange =
      pod.image.empty() || std::ranges::any_of(pod.image, [](char c) { return c <= ' ' || c == 0x7f; });
  if (strange) throw Error(ErrorCode::usage, in_quotes(pod.image) + " is no image", "as in ghcr.io/acme/app:1.0");
  const std::string name = pod.name.empty() ? unique_pod_name() : pod.name;
  check_name(name, "pod");
  for (const std::string& secret : pod.secrets) check_name(secret, "secret");
  if (!pod.name_space.empty()) check_namespace(pod.name_space);
  std::string out = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: " + yaml_name(name) + "\n";
  if (!pod.name_space.empty()) out += "  namespace: " + yaml_name(pod.name_space) + "\n";
  out += "  labels:\n    app.kubernetes.io/managed-by: regvault\nspec:\n  restartPolicy: Never\n";
  out += "  activeDeadlineSeconds: 600\n  automountServiceAccountToken: false\n  enableServiceLinks: false\n";
  if (!pod.node.empty()) out += "  nodeName: " + yaml_text(pod.node) + "\n";
  if (!pod.service_account.empty()) out += "  serviceAccountName: " + yaml_text(pod.service_account) + "\n";
  if (!pod.secrets.empty()) out += "  imagePullSecrets:\n";
  for (const std::string& secret : pod.secrets) out += "  - name: " + yaml_name(secret) + "\n";
  out +=
      "  securityContext:\n    runAsNonRoot: true\n    runAsUser: 65534\n    seccompProfile:\n"
      "      type: RuntimeDefault\n";
  out += "  containers:\n  - name: pull-test\n    image: " + yaml_text(pod.image) + "\n    imagePullPolicy: Always\n";
  std::string words;
  for (const std::string& word : pod.command) words += (words.empty() ? "" : ", ") + yaml::plain_or_quoted(word, true);
  out += "    command: [" + (words.empty() ? "\"true\"" : words) + "]\n";
  out +=
      "    resources:\n      requests:\n        cpu: 10m\n        memory: 16Mi\n      limits:\n        cpu: 100m\n"
      "        memory: 64Mi\n";
  out +=
      "    securityContext:\n      allowPrivilegeEscalation: false\n      readOnlyRootFilesystem: true\n"
      "      capabilities:\n        drop:\n        - ALL\n";
  return out;
}

PullResult judged(std::string_view pod_json, std::string_view events_json) {
  const json::Document pod = json::Document::parse(pod_json, "kubectl's answer");
  const json::Document events = json::Document::parse(events_json, "kubectl's answer");
  PullResult result;
  result.node = text_at(pod.root(), {"spec", "nodeName"});
  for (const json::Value& event : items_at(events.root(), {"items"})) judge_event(event, result);
  for (const json::Value& condition : items_at(pod.root(), {"status", "conditions"})) {
    const bool unscheduled =
        text_at(condition, {"type"}) == "PodScheduled" && text_at(condition, {"status"}) == "False";
    if (unscheduled) add_once(result.messages, text_at(condition, {"message"}));
  }
  if (result.verdict == Verdict::pulled) {
    for (const json::Value& status : items_at(pod.root(), {"status", "containerStatuses"})) {
      result.image_id = text_at(status, {"imageID"});
    }
    return result;
  }
  for (const json::Value& status : items_at(pod.root(), {"status", "containerStatuses"})) {
    judge_container(status, result);
  }
  return result;
}

PullResult test_pull(const Kubectl& kubectl, PodRequest pod, std::chrono::seconds timeout,
                     const NotedSignals& signals) {
  if (pod.name.empty()) pod.name = unique_pod_name();
  const std::string manifest = pod_manifest(pod);
  const Clock::time_point end = Clock::now() + timeout;
  PodToDelete guard(kubectl, pod);
  kubectl.said({"create", "-f", "-", "-o", "name", "--validate=false"},
               {.name_space = pod.name_space, .standard_input = manifest, .signals = &signals});
  PullResult result;
  std::chrono::milliseconds pause = kFirstPoll;
  do {
    wait(pause, signals);
    pause = std::min(2 * pause, kPollEvery);
    result = look(kubectl, pod, signals);
  } while (result.verdict == Verdict::undecided && Clock::now() < end);
  return result;
}

}  // namespace regvault::kubernetes
