#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/access/check.hpp>
#include <regvault/base/text.hpp>
#include <regvault/diagnosis/auth_files.hpp>
#include <regvault/diagnosis/diagnose.hpp>
#include <regvault/diagnosis/page.hpp>
#include <regvault/diagnosis/workflow.hpp>
#include <regvault/registry/image_reference.hpp>

#include "regvault/commands.hpp"
#include "regvault/diagnosis_report.hpp"
#include "regvault/exit_code.hpp"
#include "regvault/network_options.hpp"
#include "regvault/token_source.hpp"

namespace regvault::tools {
namespace {

using diagnosis::Finding;
using Weight = Finding::Weight;

constexpr std::size_t kWorkflowAtMost = std::size_t{16} << 20;

struct Options {
  std::string image, text, repository;
  std::vector<std::string> workflows;
  bool auth_files = false, anonymous = false, offline = false, push = false, json = false, markdown = false;
  TokenSource token;
  NetworkOptions network;
};

/// The engines whose logins are looked at; docker's first, as most people mean it.
const std::vector<Engine> kEngines{Engine::docker, Engine::podman};

SecretBytes read_text(const std::string& file, Session& session) {
  Input input = file == "-" ? session.open_input() : Input::open(file);
  SecretBytes text(diagnosis::kTextAtMost);
  std::size_t size = 0;
  while (size < text.size()) {
    std::size_t got = input.read_at(size, text.data() + size, text.size() - size);
    if (got == 0) break;
    size += got;
  }
  char more = 0;
  if (size == text.size() && input.read_at(size, &more, 1) != 0) {
    session.warner()("the text is longer than 16 MiB; what is behind that was not looked at");
  }
  text.keep(0, size);
  return text;
}

/// One token for the registry and for GitHub's API; read once, and only when it is said where it is.
class GivenToken {
 public:
  GivenToken(const TokenSource& source, Session& session) : source_(source), session_(session) {
    source_.force = true;  // one that looks wrong is a finding
  }

  bool is_said() const { return source_.is_said(); }

  const access::Credentials& credentials(const std::string& registry) {
    if (read_) return *read_;
    bool named = !source_.username.empty() || !source_.username_place.empty() || !source_.username_variable.empty();
    if (!named && (registry.empty() || access::github_api_of(registry))) {
      // GitHub's registries do not look at the user name.
      return read_.emplace(
          access::Credentials{"token", read_bare_token(source_, registry.empty() ? "GitHub" : registry, session_)});
    }
    Token token = read_token(source_, registry, session_);
    return read_.emplace(access::Credentials{std::move(token.username), std::move(token.password)});
  }

 private:
  TokenSource source_;
  Session& session_;
  std::optional<access::Credentials> read_;
};

class Diagnose {
 public:
  Diagnose(const Options& options, Session& session)
      : options_(options),
        session_(session),
        token_(options.token, session),
        client_(http_client(options.network, session)) {}

  DiagnosisReport run() {
    std::optional<ImageReference> image = image_reference();
    if (!options_.text.empty()) look_at_text(image);
    if (options_.auth_files || image) look_at_files(image);
    if (image && !options_.offline && diagnosis::registry_decides(evidence_.by_text)) ask_registry(*image);
    look_at_workflows();
    report_.findings = diagnosis::put_together(std::move(evidence_));
    if (image) {
      report_.image = image->text();
      report_.registry = image->registry;
    }
    return std::move(report_);
  }

 private:
  /// A name that is none is what we look for.
  std::optional<ImageReference> image_reference() {
    if (options_.image.empty()) return std::nullopt;
    try {
      return parse_image(options_.image);
    } catch (const Error& error) {
      evidence_.by_workflow.push_back({"bad-reference", Weight::fault, "IMAGE", error.message, error.hint});
      return std::nullopt;
    }
  }

  void look_at_text(const std::optional<ImageReference>& image) {
    SecretBytes text = read_text(options_.text, session_);
    std::vector<diagnosis::Match> matches = diagnosis::match(text.view(), image ? image->registry : "");
    for (const diagnosis::Match& match : matches) {
      if (report_.image.empty()) report_.image = match.image;
      if (report_.registry.empty()) report_.registry = match.registry;
    }
    evidence_.by_text = diagnosis::findings_of(matches);
    report_.may_ask = options_.image.empty() && !options_.offline && !matches.empty() && !report_.image.empty() &&
                      diagnosis::registry_decides(evidence_.by_text);
  }

  void look_at_files(const std::optional<ImageReference>& image) {
    StatusRequest request{.engines = kEngines};
    if (image) request.registry = RegistryReference{image->registry, ""};
    evidence_.by_files = diagnosis::examine_auth_files(request, account_in(session_.environment));
  }

  void ask_registry(const ImageReference& image) {
    access::CheckRequest request{.registry = image.registry, .images = {image}};
    request.push = options_.push;
    if (!options_.network.github_api.empty()) request.github_api = options_.network.github_api;
    request.options = registry_options(options_.network);
    request.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (token_.is_said()) {
      request.credentials = &token_.credentials(image.registry);
    } else if (!options_.anonymous) {
      stored_ = stored_credentials(image.registry, session_);
      if (stored_) request.credentials = &*stored_;
    }
    checked_ = access::check(request, sender(client_));
    evidence_.checked = &checked_;
    evidence_.with_credentials = request.credentials != nullptr;
  }

  void look_at_workflows() {
    diagnosis::WorkflowSurroundings around;
    if (!options_.repository.empty()) {
      around.repository = options_.repository;
      access::WorkflowPermissions permissions = repository_permissions();
      if (!permissions.by_default.empty()) around.token_may_write = permissions.by_default == "write";
      evidence_.by_workflow.push_back(diagnosis::finding_of(options_.repository, permissions));
    }
    for (const std::string& file : options_.workflows) {
      for (Finding& found : diagnosis::examine_workflow(read_file(file, kWorkflowAtMost), file, around)) {
        evidence_.by_workflow.push_back(std::move(found));
      }
    }
  }

  access::WorkflowPermissions repository_permissions() {
    if (!token_.is_said() || options_.offline) return {.answer = {.cause = "no-credentials"}};
    std::string_view api =
        options_.network.github_api.empty() ? access::kGithubApi : std::string_view(options_.network.github_api);
    access::GithubApi github(api, sender(client_));
    const SecretBytes& token = token_.credentials("").password;
    try {
      return github.workflow_permissions(options_.repository, token.view());
    } catch (const Error& error) {  // the workflow can be looked at without
      session_.warner()(error.message);
      return {.answer = {.cause = "not-asked"}};
    }
  }

  const Options& options_;
  Session& session_;
  GivenToken token_;
  net::HttpClient client_;
  diagnosis::Evidence evidence_;
  DiagnosisReport report_;
  access::CheckResult checked_;
  std::optional<access::Credentials> stored_;
};

void refuse_nonsense(const Options& options) {
  bool nothing = options.image.empty() && options.text.empty() && options.repository.empty() &&
                 options.workflows.empty() && !options.auth_files;
  if (nothing) {
    throw Error(ErrorCode::usage, "there is nothing to look at",
                "--text FILE (- for standard input), an IMAGE, --auth-files, --workflow FILE or --repo OWNER/REPO");
  }
  std::string_view repository = options.repository;
  bool is_one = split(repository, '/').size() == 2 && !repository.starts_with('/') && !repository.ends_with('/') &&
                repository.find_first_of(kWhitespace) == repository.npos;
  if (!repository.empty() && !is_one) {
    throw Error(ErrorCode::usage, in_quotes(repository) + " is no repository", "OWNER/REPO, as in --repo octo/app");
  }
}

int diagnose(const Options& options, Session& session) {
  if (options.markdown) {
    session.write(diagnosis::troubleshooting_page());
    return 0;
  }
  refuse_nonsense(options);
  DiagnosisReport report = Diagnose(options, session).run();
  session.write(options.json ? diagnosis_json(report) : diagnosis_text(report));
  return diagnosis::is_something_wrong(report.findings) ? kNeedsAttention : 0;
}

}  // namespace

Action configure_diagnose(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  app.add_option("IMAGE", options->image, "What cannot be pulled or pushed: its registry is asked why")->type_name("");
  app.add_option("--text", options->text, "What the program said: a file; - is standard input")->type_name("FILE");
  app.add_flag("--auth-files", options->auth_files, "Look at the stored logins of this user");
  app.add_option("--workflow", options->workflows, "Look at a workflow of GitHub Actions; repeatable")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option("--repo", options->repository, "The workflow's repository; its settings are read, given a token")
      ->type_name("OWNER/REPO");
  app.add_flag("--push", options->push, "Try a push, too: an upload is opened, and cancelled");
  auto* anonymous = app.add_flag("--anonymous", options->anonymous, "Do not use the login that is stored here");
  app.add_flag("--offline", options->offline, "Ask nobody")->excludes(anonymous);
  app.add_flag("--json", options->json, "Print a JSON object: cause, findings, …");
  app.add_flag("--markdown", options->markdown,
               "Print all texts and causes that are known, as docs/troubleshooting.md");
  add_network_options(app, options->network);
  add_token_server_option(app, options->network);
  add_token_options(app, options->token);
  app.footer(
      "\nExit code 20: something is wrong.\n\n"
      "Examples:\n"
      "  docker pull ghcr.io/octo/app:1 2>&1 | regvault diagnose --text -\n"
      "  kubectl describe pod api-0 | regvault diagnose --text - --json\n"
      "  regvault diagnose ghcr.io/octo/app:1\n"
      "  regvault diagnose --auth-files\n"
      "  regvault diagnose --workflow .github/workflows/image.yml --repo octo/app");
  return [options, &session] { return diagnose(*options, session); };
}

}  // namespace regvault::tools
