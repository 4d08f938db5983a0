#include "regvault/rotation_steps.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <regvault/access/check.hpp>
#include <regvault/base/text.hpp>
#include <regvault/config/ansible_path.hpp>
#include <regvault/github/token.hpp>
#include <regvault/keys/vault_id.hpp>
#include <regvault/kubernetes/apply.hpp>
#include <regvault/kubernetes/names.hpp>
#include <regvault/kubernetes/pull_secret.hpp>
#include <regvault/registry/cause.hpp>
#include <regvault/registry/image_reference.hpp>
#include <regvault/registry/reference.hpp>
#include <regvault/system/process.hpp>

#include "regvault/actions_secret.hpp"

namespace regvault::tools {
namespace {

using rotation::Task;

std::string first(const std::vector<std::string>& texts) {
  return texts.empty() ? std::string() : texts.front();
}

/// GitHub's registry takes any name, but not none.
std::string username_of(const config::RotationPlan& plan) {
  if (!plan.username.empty()) return plan.username;
  if (access::github_api_of(parse_registry(plan.registry).host)) return "token";
  throw Error(ErrorCode::usage, in_quotes(plan.registry) + " wants a user name",
              plan.where.file.empty() ? "--username U" : "username: U", plan.where);
}

std::string github_api(const StepContext& context) {
  if (!context.network.github_api.empty()) return context.network.github_api;
  return access::github_api_of(parse_registry(context.plan.registry).host).value_or(std::string(access::kGithubApi));
}

// --------------------------------------------------------------------------------------------------------------- check

Error failed(const access::Finding& finding) {
  const Cause* cause = find_cause(finding.cause);
  bool refused = cause == nullptr ? !finding.cause.empty() : cause->refusal;
  return {refused ? ErrorCode::refused : ErrorCode::program_failed,
          "the new token: " + finding.subject + ": " + finding.detail,
          finding.advice,
          {},
          finding.cause};
}

void check_access(const StepContext& context, const std::vector<std::string>& images, bool push) {
  access::Credentials credentials{username_of(context.plan), SecretBytes::copy_of(context.new_token)};
  access::CheckRequest request{.registry = parse_registry(context.plan.registry).host, .credentials = &credentials};
  for (const std::string& image : images) request.images.push_back(parse_image(image));
  request.push = push;
  request.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  request.options = registry_options(context.network);
  if (!context.network.github_api.empty()) request.github_api = context.network.github_api;
  net::HttpClient client = http_client(context.network, context.session);
  const access::CheckResult result = access::check(request, sender(client));
  if (const access::Finding* failure = result.failure()) throw failed(*failure);
  for (const access::Finding& finding : result.findings) {
    if (finding.outcome == access::Outcome::warning) context.session.warner()(finding.detail);
  }
}

void look_at_image(const Task& task, const StepContext& context) {
  ImageReference image = parse_image(task.object);
  if (image.registry == parse_registry(context.plan.registry).host) return;
  throw Error(ErrorCode::malformed, in_quotes(task.object) + " is not in the registry " + context.plan.registry, {},
              context.plan.where);
}

void pull(const Task& task, const StepContext& context) {
  check_access(context, {task.object}, first(task.step.setting("push")) == "true");
}

// ------------------------------------------------------------------------------------------------------------ playbook

std::string playbook_path(const Task& task, const StepContext& context) {
  return config::ansible_path(task.object, context.plan.directory, context.session.environment);
}

void look_at_playbook(const Task& task, const StepContext& context) {
  if (!config::is_there(playbook_path(task, context))) {
    throw Error(ErrorCode::not_found, "there is no playbook " + in_quotes(task.object), {}, context.plan.where);
  }
  if (find_program("ansible-playbook", context.session.environment)) return;
  throw Error(ErrorCode::not_found, "ansible-playbook is not installed", {}, {}, "ansible");
}

/// As they mean the same in another directory.
std::vector<std::string> key_arguments(const StepContext& context) {
  auto absolute = [&](const std::string& source) {
    if (source.starts_with("prompt")) return source;
    return config::ansible_path(source, context.session.working_directory, context.session.environment);
  };
  std::vector<std::string> out;
  for (const std::string& text : context.keys.vault_ids) {
    keys::VaultId id = keys::parse_vault_id(text);
    out.insert(out.end(), {"--vault-id", (id.label ? *id.label + "@" : "") + absolute(id.source)});
  }
  for (const std::string& file : context.keys.password_files) {
    out.insert(out.end(), {"--vault-password-file", absolute(file)});
  }
  if (context.keys.ask) out.emplace_back("--ask-vault-password");
  return out;
}

void play(const Task& task, const StepContext& context) {
  Process process{.argv = {find_program("ansible-playbook", context.session.environment).value_or("ansible-playbook")},
                  .working_directory = context.plan.directory,
                  .timeout = kNoTimeout,
                  .pass_standard_input = true,
                  .pass_standard_output = true,
                  .pass_standard_error = true,
                  .foreground = true};
  for (const std::string& source : task.step.setting("inventory")) process.argv.push_back("--inventory=" + source);
  for (const std::string& hosts : task.step.setting("limit")) process.argv.push_back("--limit=" + hosts);
  for (const std::string& tags : task.step.setting("tags")) process.argv.push_back("--tags=" + tags);
  for (std::string& argument : key_arguments(context)) process.argv.push_back(std::move(argument));
  process.argv.push_back(playbook_path(task, context));
  ProcessResult result = run(process);
  if (result.succeeded()) return;
  throw Error(ErrorCode::program_failed,
              "the playbook " + in_quotes(task.object) + " failed (" + how_it_ended(result, process) + ")", {}, {},
              "playbook");
}

// -------------------------------------------------------------------------------------------------------------- copies

kubernetes::Kubectl kubectl(const Task& task, const StepContext& context) {
  return {context.session.environment, {.context = first(task.step.setting("context"))}};
}

void look_at_cluster(const Task& task, const StepContext& context) {
  kubernetes::check_name(task.object, "secret");
  if (!task.place.empty()) kubernetes::check_namespace(task.place);
  (void)username_of(context.plan);
  (void)kubectl(task, context);
}

void store_pull_secret(const Task& task, const StepContext& context) {
  const std::array<kubernetes::Credential, 1> login{{{.registry = context.plan.registry,
                                                      .username = username_of(context.plan),
                                                      .password = SecretBytes::copy_of(context.new_token),
                                                      .email = first(task.step.setting("email"))}}};
  kubernetes::store_secret(kubectl(task, context), {task.object, task.place}, kubernetes::docker_config(login).view());
}

ActionsSecret actions_secret(const Task& task) {
  ActionsSecret secret{.name = task.object, .environment = first(task.step.setting("environment"))};
  bool of_repository = task.place.find('/') != std::string::npos;
  (of_repository ? secret.repository : secret.organization) = task.place;
  return secret;
}

void look_at_actions_secret(const Task& task, const StepContext& context) {
  check(actions_secret(task));
  if (find_program("gh", context.session.environment)) return;
  throw Error(ErrorCode::not_found, "gh, GitHub's command line, is not installed", {}, {}, "gh");
}

void set_secret(const Task& task, const StepContext& context) {
  set_actions_secret(actions_secret(task), context.new_token, context.session);
}

// ---------------------------------------------------------------------------------------------------------- revocation

void look_at_old_token(const Task&, const StepContext& context) {
  if (context.old_token.empty() || github::inspect_token(context.old_token).kind != github::TokenKind::none) return;
  throw Error(ErrorCode::unsupported, "the old token is none of GitHub's: only those can be revoked from here",
              "take the step \"revoke: old\" out of the plan, and end the token where it was made", context.plan.where,
              "token");
}

void revoke(const Task&, const StepContext& context) {
  net::HttpClient client = http_client(context.network, context.session);
  access::RegistryAnswer answer = access::GithubApi(github_api(context), sender(client)).revoke(context.old_token);
  if (answer.allowed()) return;
  const Cause* cause = find_cause(answer.cause);
  throw Error(cause != nullptr && cause->refusal ? ErrorCode::refused : ErrorCode::program_failed,
              "GitHub did not revoke the old token (" + std::to_string(answer.status) +
                  (answer.said.empty() ? "" : ": " + answer.said) + ")",
              {}, {}, answer.cause);
}

// ---------------------------------------------------------------------------------------------------------- the table

struct Runner {
  rotation::TaskKind kind;
  void (*look_over)(const Task& task, const StepContext& context);
  void (*run)(const Task& task, const StepContext& context);
};

constexpr std::array kRunners{
    Runner{rotation::TaskKind::playbook, look_at_playbook, play},
    Runner{rotation::TaskKind::pull_secret, look_at_cluster, store_pull_secret},
    Runner{rotation::TaskKind::actions_secret, look_at_actions_secret, set_secret},
    Runner{rotation::TaskKind::check, look_at_image, pull},
    Runner{rotation::TaskKind::revoke, look_at_old_token, revoke},
};

const Runner& runner_of(const Task& task) {
  return *std::ranges::find(kRunners, task.kind, &Runner::kind);
}

}  // namespace

void check_new_token(const StepContext& context) {
  check_access(context, {}, false);
}

void look_over(const Task& task, const StepContext& context) {
  runner_of(task).look_over(task, context);
}

void run_task(const Task& task, const StepContext& context) {
  runner_of(task).run(task, context);
}

}  // namespace regvault::tools
