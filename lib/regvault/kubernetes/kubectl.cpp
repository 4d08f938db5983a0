#include <regvault/kubernetes/kubectl.hpp>

#include <regvault/base/error.hpp>
#include <regvault/registry/presentable.hpp>
#include <regvault/system/process.hpp>

namespace regvault::kubernetes {
namespace {

struct Answer {
  std::string_view text, also;
  ErrorCode code;
  std::string_view reason;
};

/// What the API's answers have in them, as kubectl prints them; the first that fits.
constexpr Answer kAnswers[] = {
    {"(AlreadyExists)", "", ErrorCode::program_failed, "exists"},
    {"(Conflict)", "", ErrorCode::program_failed, "conflict"},
    {"the object has been modified", "", ErrorCode::program_failed, "conflict"},
    {"(NotFound)", "namespaces \"", ErrorCode::not_found, "no-namespace"},
    {"(NotFound)", "", ErrorCode::not_found, "not-found"},
    {"(Forbidden)", "", ErrorCode::refused, "forbidden"},
    {"(Unauthorized)", "", ErrorCode::refused, "unauthorized"},
    {"You must be logged in", "", ErrorCode::refused, "unauthorized"},
};

std::string hint_for(std::string_view reason, const std::string& name_space) {
  if (reason == "no-namespace") {
    return name_space.empty() ? "make it first: kubectl create namespace NAME"
                              : "make it first: kubectl create namespace " + name_space;
  }
  if (reason == "unauthorized") return "is the cluster the right one? kubectl config current-context";
  return {};
}

[[noreturn]] void fail(const ProcessResult& result, const Process& process, const Kubectl::Call& call) {
  const std::string_view text = result.standard_error.view();
  std::string said = presentable(text, call.secrets, 3);
  if (said.empty()) said = how_it_ended(result, process);
  for (const Answer& answer : kAnswers) {
    if (text.find(answer.text) == text.npos || text.find(answer.also) == text.npos) continue;
    throw Error(answer.code, "kubectl: " + said, hint_for(answer.reason, call.name_space), {}, answer.reason);
  }
  throw Error(ErrorCode::program_failed, "kubectl failed: " + said, {}, {}, "kubectl");
}

}  // namespace

Kubectl::Kubectl(const Environment& environment, Cluster cluster) : cluster_(std::move(cluster)) {
  std::optional<std::string> program = find_program("kubectl", environment);
  if (!program) {
    throw Error(ErrorCode::not_found, "kubectl is not on PATH", "https://kubernetes.io/docs/tasks/tools/", {},
                "kubectl");
  }
  program_ = *program;
}

SecretBytes Kubectl::said(const std::vector<std::string>& arguments, const Call& call) const {
  Process process{.argv = {program_}};
  process.argv.insert(process.argv.end(), arguments.begin(), arguments.end());
  if (!cluster_.kubeconfig.empty()) process.argv.push_back("--kubeconfig=" + cluster_.kubeconfig);
  if (!cluster_.context.empty()) process.argv.push_back("--context=" + cluster_.context);
  if (!call.name_space.empty()) process.argv.push_back("--namespace=" + call.name_space);
  process.argv.emplace_back("--request-timeout=30s");
  process.standard_input = call.standard_input;
  process.timeout = call.timeout;
  process.output_at_most = 16 << 20;
  process.noted_signals = call.signals;
  ProcessResult result = run(process);
  if (!result.succeeded()) fail(result, process, call);
  return std::move(result.standard_output);
}

}  // namespace regvault::kubernetes
