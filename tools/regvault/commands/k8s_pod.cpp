#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/base/text.hpp>
#include <regvault/diagnosis/match.hpp>
#include <regvault/kubernetes/pull_test.hpp>
#include <regvault/registry/cause.hpp>
#include <regvault/system/noted_signals.hpp>

#include "regvault/cluster_options.hpp"
#include "regvault/commands/k8s.hpp"

namespace regvault::tools {
namespace {

namespace k8s = kubernetes;

struct Options {
  k8s::PodRequest pod;
  k8s::Cluster cluster;
  int timeout = 120;
};

void add_pod_options(CLI::App& app, k8s::PodRequest& pod) {
  app.add_option("IMAGE", pod.image, "The image, as in ghcr.io/acme/app:1.0")->required()->type_name("");
  app.add_option("--secret", pod.secrets, "A pull secret; repeatable (default: those of the service account)")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_option("--namespace,-n", pod.name_space, "The pod's namespace")->type_name("NS");
  app.add_option("--service-account", pod.service_account, "The pod's service account (default: default)")
      ->type_name("SA");
  app.add_option("--node", pod.node, "The node that pulls, whatever taints it has (default: as it is scheduled)")
      ->type_name("NODE");
  app.add_option("--name", pod.name, "The pod's name (default: another one each time)")->type_name("NAME");
  app.add_option("--command", pod.command, "What runs in it, one word each; repeatable (default: true)")
      ->type_name("WORD")
      ->allow_extra_args(false);
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

[[noreturn]] void fail(const k8s::PullResult& result, const std::string& image) {
  const std::vector<diagnosis::Match> found = diagnosis::match(joined(result.messages));
  const std::string failed = "the cluster could not pull " + in_quotes(image);
  // "it could not be pulled" says less than whatever else was said
  const diagnosis::Match* best = nullptr;
  for (const diagnosis::Match& match : found) {
    if (best == nullptr || best->text->cause == "image-pull") best = &match;
  }
  if (best == nullptr) throw Error(ErrorCode::program_failed, failed, {}, {}, "image-pull");
  const Cause& cause = cause_named(best->text->cause);
  const bool is_missing = cause.slug == "manifest-unknown" || cause.slug == "name-unknown";
  throw Error(is_missing      ? ErrorCode::not_found
              : cause.refusal ? ErrorCode::refused
                              : ErrorCode::program_failed,
              failed + ": " + std::string(cause.sentence), std::string(cause.advice), {}, cause.slug);
}

int test(const Options& options, Session& session) {
  const k8s::Kubectl kubectl(session.environment, options.cluster);
  k8s::PodRequest pod = options.pod;
  if (pod.name.empty()) pod.name = k8s::unique_pod_name();
  k8s::PullResult result;
  {
    NotedSignals signals;
    session.say("pod " + in_namespace(pod.name, pod.name_space) + " pulls " + in_quotes(pod.image));
    result = k8s::test_pull(kubectl, pod, std::chrono::seconds(options.timeout), signals);
  }
  for (const std::string& message : result.messages) session.say("it says: " + escaped(message));
  if (result.verdict == k8s::PullResult::Verdict::failed) fail(result, pod.image);
  if (result.verdict == k8s::PullResult::Verdict::undecided) {
    throw Error(ErrorCode::program_failed,
                "no answer within " + std::to_string(options.timeout) + " s: " + in_quotes(pod.image) +
                    " was neither pulled nor refused",
                "a large image, or a pod that is not scheduled: --timeout 600, --node NODE", {}, "timeout");
  }
  session.announce("pulled " + pod.image + (result.node.empty() ? "" : " on " + result.node) +
                   (result.image_id.empty() ? "" : " (" + result.image_id + ")") + "\n");
  return 0;
}

}  // namespace

Action configure_k8s_pod(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  add_pod_options(app, options->pod);
  app.footer(
      "\nExamples:\n"
      "  regvault k8s pod ghcr.io/acme/app:1.0 --secret ghcr-credentials -n argowf > pod.yml");
  return [options, &session] {
    session.write(k8s::pod_manifest(options->pod));
    return 0;
  };
}

Action configure_k8s_test(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  add_pod_options(app, options->pod);
  app.add_option("--timeout", options->timeout, "Seconds to wait for the pull (default: 120)")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 3600));
  add_cluster_options(app, options->cluster);
  app.footer(
      "\nThe pod is deleted in any case, also after Ctrl-C.\n\n"
      "Examples:\n"
      "  regvault k8s test ghcr.io/acme/app:1.0 --secret ghcr-credentials -n argowf");
  return [options, &session] { return test(*options, session); };
}

}  // namespace regvault::tools
