#include <regvault/diagnosis/workflow.hpp>

#include <algorithm>
#include <array>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/diagnosis/workflow_model.hpp>

namespace regvault::diagnosis {
namespace {

using Weight = Finding::Weight;
using Packages = Permission::Packages;

constexpr std::string_view kGhcr = "ghcr.io";
constexpr std::string_view kGivePermission = "give the job: permissions: {contents: read, packages: write}";

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

bool is_workflow_token(std::string_view password) {
  return has(password, "secrets.GITHUB_TOKEN") || has(password, "github.token");
}

/// The text with `${{ … }}` and `$NAME` left out.
std::string literal_part(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t at = text.find('$');
    out += text.substr(0, at);
    if (at == text.npos) break;
    text.remove_prefix(at);
    std::size_t end = text.starts_with("${{") ? text.find("}}") : text.npos;
    std::size_t size = end == text.npos ? 1 : end + 2;
    if (end == text.npos) {
      while (size < text.size() && !has("/:@. ", text.substr(size, 1))) ++size;
    }
    text.remove_prefix(size);
  }
  return out;
}

bool has_upper_case(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// What stands before the first slash, when it is a host; nullopt: not known, as it is an expression.
std::optional<std::string> host_of(std::string_view image) {
  std::string_view first = image.substr(0, image.find('/'));
  if (first.starts_with('$')) return std::nullopt;
  if (first.size() < image.size() && (first.find_first_of(".:") != first.npos || first == "localhost")) {
    return std::string(first);
  }
  return "docker.io";
}

std::string without_tag(std::string_view image) {
  std::string_view name = image.substr(0, image.find('@'));
  for (std::size_t at = name.rfind(':'); at != name.npos; at = name.rfind(':', at - 1)) {
    bool in_expression = has(name.substr(at), "}}") && !has(name.substr(at), "${{");
    if (in_expression && at > 0) continue;
    return std::string(has(name.substr(at), "/") ? name : name.substr(0, at));
  }
  return std::string(name);
}

std::string registry_name(std::string_view registry) {
  if (registry.starts_with("https://")) registry.remove_prefix(8);
  registry = registry.substr(0, registry.find('/'));
  return registry == "index.docker.io" || registry == "registry-1.docker.io" ? "docker.io" : lowercase(registry);
}

class Examination {
 public:
  Examination(const Workflow& workflow, std::string name, const WorkflowSurroundings& surroundings)
      : workflow_(workflow), name_(std::move(name)), surroundings_(surroundings) {}

  std::vector<Finding> run() {
    for (const WorkflowJob& job : workflow_.jobs) examine(job);
    return std::move(out_);
  }

 private:
  void add(std::string_view cause, Weight weight, std::size_t line, std::string evidence, std::string fix = {}) {
    Finding found{cause, weight, name_ + ":" + std::to_string(line), std::move(evidence), std::move(fix)};
    auto same = [&](const Finding& other) {
      return other.cause == cause && other.where == found.where && other.evidence == found.evidence;
    };
    if (std::ranges::none_of(out_, same)) out_.push_back(std::move(found));
  }

  void examine(const WorkflowJob& job) {
    if (!job.calls.empty()) examine_call(job);
    for (const WorkflowStep& step : job.steps) {
      if (step.login) examine_login(*step.login, step.line);
    }
    for (std::size_t i = 0; i < job.steps.size(); ++i) {
      if (job.steps[i].push) examine_push(job, i);
    }
  }

  void examine_call(const WorkflowJob& job) {
    Packages packages = effective(job).packages;
    if (packages != Packages::write) {
      add("workflow-permissions", Weight::note, job.line,
          "the called workflow " + job.calls +
              " gets no more than this job's permissions, and they lack packages: write",
          "if it pushes to ghcr.io: " + std::string(kGivePermission));
    }
    if (!job.inherits_secrets) {
      add("no-password", Weight::note, job.line,
          "the called workflow " + job.calls + " gets no secrets but GITHUB_TOKEN and those passed to it",
          "if it needs others: secrets: inherit");
    }
  }

  const Permission& effective(const WorkflowJob& job) const {
    return job.permission.packages == Packages::unsaid ? workflow_.permission : job.permission;
  }

  // ---------------------------------------------------------------------------------------------------------- logins

  void examine_login(const WorkflowLogin& login, std::size_t line) {
    if (!login.has_password) add("no-password", Weight::fault, line, "the login has no password");
    if (!login.has_username) {
      add("no-password", Weight::fault, line, "the login has no user name", "username: ${{ github.actor }}");
    }
    bool literal = login.has_password && !has(login.password, "$");
    if (literal) {
      add("secret-in-clear", Weight::fault, line, "the password of the login is written out",
          "revoke it, and put a new one in a secret: regvault github secret CR_PAT --repo OWNER/REPO");
    }
    bool own_secret = has(login.password, "secrets.") && !is_workflow_token(login.password);
    if (own_secret && registry_name(login.registry) == kGhcr) {
      add("token-kind", Weight::note, line, "the password is a secret of its own, not GITHUB_TOKEN",
          "it must be a classic token with write:packages; GITHUB_TOKEN is enough for the repository's own packages");
    }
  }

  // ---------------------------------------------------------------------------------------------------------- pushes

  void examine_push(const WorkflowJob& job, std::size_t index) {
    const WorkflowStep& step = job.steps[index];
    const WorkflowLogin* login = nullptr;
    bool to_ghcr = false;
    std::vector<std::string> images = step.push->images;
    if (images.empty()) images.emplace_back("$unknown");
    for (const std::string& image : images) {
      std::optional<std::string> host = host_of(image);
      login = login_before(job, index, host);
      to_ghcr = to_ghcr || host == kGhcr || (!host && login != nullptr && registry_name(login->registry) == kGhcr);
      if (login == nullptr) explain_missing_login(job, index, host.value_or("a registry"));
      examine_image(image, *step.push, step.line, login);
    }
    bool by_workflow_token = login != nullptr && is_workflow_token(login->password);
    if (to_ghcr && by_workflow_token) examine_permission(job, step.line);
    examine_forks(job, step);
    if (to_ghcr && step.push->builds && !step.push->labelled) {
      add("no-source-label", Weight::note, step.line, "no label org.opencontainers.image.source is given here",
          "fine if the Dockerfile has it; docker/metadata-action makes it: labels: ${{ steps.meta.outputs.labels }}");
    }
  }

  /// The login that counts for the host, before the step in the job.
  static const WorkflowLogin* login_before(const WorkflowJob& job, std::size_t index,
                                           const std::optional<std::string>& host) {
    for (std::size_t i = index; i-- > 0;) {
      const std::optional<WorkflowLogin>& login = job.steps[i].login;
      if (!login) continue;
      std::string registry = registry_name(login->registry);
      if (!host || registry.starts_with('$') || registry == registry_name(*host)) return &*login;
    }
    return nullptr;
  }

  void explain_missing_login(const WorkflowJob& job, std::size_t index, const std::string& host) {
    for (std::size_t i = 0; i < job.steps.size(); ++i) {
      if (!job.steps[i].login) continue;
      std::string registry = registry_name(job.steps[i].login->registry);
      std::string at = " (line " + std::to_string(job.steps[i].line) + ")";
      if (registry == registry_name(host)) {
        add("no-login-step", Weight::fault, job.steps[index].line,
            "the login to " + host + at + " comes after the push", "move the login before the push");
      } else {
        add("other-registry", Weight::fault, job.steps[index].line,
            "the push goes to " + host + ", the login" + at + " to " + registry,
            "docker/login-action, with: registry: " + host);
      }
      return;
    }
    add("no-login-step", Weight::fault, job.steps[index].line,
        "job " + in_quotes(job.name) + " pushes to " + host + " and has no login");
  }

  void examine_permission(const WorkflowJob& job, std::size_t push_line) {
    const Permission& permission = effective(job);
    if (permission.packages == Packages::write) return;
    if (permission.packages != Packages::unsaid) {
      bool replaced = job.permission.packages != Packages::unsaid && workflow_.permission.packages == Packages::write;
      bool read = permission.packages == Packages::read;
      add("workflow-permissions", Weight::fault, permission.line,
          replaced ? "the job's permissions replace the workflow's, and do not give packages: write"
          : read   ? "the permissions give packages: read"
                   : "the permissions say nothing of packages, which means none",
          std::string(kGivePermission));
      return;
    }
    if (workflow_.on_call || surroundings_.token_may_write == true) return;  // the caller's count
    bool sure = surroundings_.token_may_write == false;
    std::string where = surroundings_.repository ? " (" + settings_url(*surroundings_.repository) + ")" : "";
    add("workflow-permissions", sure ? Weight::fault : Weight::warning, push_line,
        sure ? "there are no permissions, and the repository's default is read-only"
             : "there are no permissions, so the repository's default counts" + where,
        std::string(kGivePermission));
  }

  void examine_forks(const WorkflowJob& job, const WorkflowStep& step) {
    if (!workflow_.on_pull_request) return;
    for (const std::string& condition : {step.push->condition, job.condition}) {
      if (has(condition, "pull_request") || has(condition, "event_name") || has(condition, "github.ref")) return;
    }
    add("fork-pull-request", Weight::warning, step.line, "it pushes for pull requests, too; those from forks will fail",
        "push: ${{ github.event_name != 'pull_request' }}, or the same as if:");
  }

  // ---------------------------------------------------------------------------------------------------------- images

  void examine_image(const std::string& image, const WorkflowPush& push, std::size_t line, const WorkflowLogin* login) {
    std::string name = without_tag(image);
    std::optional<std::string> host = host_of(name);
    if (!push.lowercased) examine_case(name, line);
    if (host != kGhcr) return;
    std::string path = name.substr(kGhcr.size() + 1);
    if (!has(path, "/") && !has(path, "$")) {
      add("wrong-namespace", Weight::fault, line, in_quotes(name) + " names no owner");
      return;
    }
    std::string owner = path.substr(0, path.find('/'));
    bool known = !has(owner, "$") && surroundings_.repository.has_value();
    if (!known || login == nullptr || !is_workflow_token(login->password)) return;
    std::string own = surroundings_.repository->substr(0, surroundings_.repository->find('/'));
    if (lowercase(owner) != lowercase(own)) {
      add("foreign-workflow-token", Weight::fault, line,
          "the image is " + owner + "'s, GITHUB_TOKEN is for the packages of " + own);
    }
  }

  void examine_case(const std::string& name, std::size_t line) {
    if (has_upper_case(literal_part(name))) {
      add("bad-reference", Weight::fault, line, in_quotes(name) + " has capital letters",
          "write the image's name in lower case");
      return;
    }
    constexpr std::array<std::string_view, 4> kMayBeUpper{"github.repository", "github.actor",
                                                          "github.event.repository", "GITHUB_REPOSITORY"};
    bool may_be = std::ranges::any_of(kMayBeUpper, [&](std::string_view part) { return has(name, part); });
    bool lowered = has(name, ",,}");  // bash: ${NAME,,}
    bool known = surroundings_.repository.has_value();
    if (!may_be || lowered || (known && !has_upper_case(*surroundings_.repository))) return;
    add("bad-reference", known ? Weight::fault : Weight::warning, line,
        in_quotes(name) + (known ? " becomes a name with capital letters: " + *surroundings_.repository
                                 : " has capital letters when the owner's or repository's name has"),
        "make it lower case in a step before: echo \"IMAGE=ghcr.io/${GITHUB_REPOSITORY,,}\" >> \"$GITHUB_ENV\"");
  }

  const Workflow& workflow_;
  std::string name_;
  const WorkflowSurroundings& surroundings_;
  std::vector<Finding> out_;
};

}  // namespace

std::string settings_url(const std::string& repository) {
  return "https://github.com/" + repository + "/settings/actions";
}

std::vector<Finding> examine_workflow(std::string bytes, const std::string& name,
                                      const WorkflowSurroundings& surroundings) {
  Workflow workflow = read_workflow(std::move(bytes), name);
  return Examination(workflow, name, surroundings).run();
}

}  // namespace regvault::diagnosis
