#include <algorithm>
#include <charconv>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>

#include <regvault/access/check.hpp>
#include <regvault/registry/cause.hpp>
#include <regvault/registry/reference.hpp>
#include <regvault/system/file_update.hpp>

#include "regvault/check_report.hpp"
#include "regvault/commands.hpp"
#include "regvault/exit_code.hpp"
#include "regvault/login_options.hpp"
#include "regvault/network_options.hpp"
#include "regvault/token_source.hpp"

namespace regvault::tools {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kLongestPause{30};
constexpr mode_t kReadableByAll = 0644;

struct Options {
  std::vector<std::string> images;
  std::string registry;
  TokenSource token;
  NetworkOptions network;
  bool anonymous = false, stored = false, push = false, json = false, quiet = false;
  std::string wait, prometheus;
  int warn_days = 14;
};

/// "5m", "90s", "1h", "300"
seconds duration(const std::string& text) {
  int number = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  int factor = unit.empty() || unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
  if (fault == std::errc() && factor != 0 && number >= 0 && number <= 86400) return seconds(number * factor);
  throw Error(ErrorCode::usage, in_quotes(text) + " is no time to wait", "as in --wait 5m, --wait 90s");
}

access::CheckRequest request_of(const Options& options) {
  access::CheckRequest request;
  for (const std::string& image : options.images) request.images.push_back(parse_image(image));
  if (!options.registry.empty()) {
    request.registry = parse_registry(options.registry).host;
  } else {
    request.registry = request.images.empty() ? std::string(kDefaultRegistry) : request.images.front().registry;
  }
  request.push = options.push;
  request.force = options.token.force;
  if (!options.network.github_api.empty()) request.github_api = options.network.github_api;
  request.warn_days = options.warn_days;
  request.options = registry_options(options.network);
  return request;
}

/// A token that looks wrong is a finding here. GitHub's registries do not look at the user name, so none need be given.
access::Credentials credentials_of(const Options& options, const access::CheckRequest& request, Session& session) {
  if (options.stored && options.token.is_said()) {
    throw Error(ErrorCode::usage, "--stored is a login of its own: it takes no other token");
  }
  if (options.stored) {
    std::optional<access::Credentials> login = stored_credentials(request.registry, session);
    if (login) return std::move(*login);
    throw Error(ErrorCode::not_found, "neither docker nor podman is logged in to " + request.registry + " here",
                "regvault status shows what is stored", {}, "no-credentials");
  }
  TokenSource source = options.token;
  source.force = true;
  bool named = !source.username.empty() || !source.username_place.empty() || !source.username_variable.empty();
  if (!named && access::github_api_of(request.registry)) {
    return {"token", read_bare_token(source, request.registry, session)};
  }
  Token token = read_token(source, request.registry, session);
  return {std::move(token.username), std::move(token.password)};
}

// --------------------------------------------------------------------------------------------------------- the outcome

/// The token or the registry has said no, and would say it again.
bool is_refusal(const access::Finding& failure) {
  constexpr std::array<std::string_view, 4> kNo{"mistyped-token", "no-credentials", "denied-or-missing",
                                                "foreign-realm"};
  const Cause* cause = find_cause(failure.cause);
  return (cause != nullptr && cause->refusal) || std::ranges::find(kNo, failure.cause) != kNo.end();
}

int exit_code_of(const access::CheckResult& result) {
  const access::Finding* failure = result.failure();
  if (failure == nullptr) return result.near_expiry() ? kNeedsAttention : 0;
  if (is_refusal(*failure)) return exit_code(ErrorCode::refused);
  bool missing = failure->cause == "manifest-unknown" || failure->cause == "name-unknown";
  return exit_code(missing ? ErrorCode::not_found : ErrorCode::program_failed);
}

std::chrono::sys_seconds now() {
  return std::chrono::floor<seconds>(std::chrono::system_clock::now());
}

/// Until everything passes, the time is over, or the answer is final.
access::CheckResult check_until(access::CheckRequest& request, const net::Send& send, seconds wait,
                                const Session& session) {
  auto end = steady_clock::now() + wait;
  std::string told;
  for (seconds pause = 1s;; pause = std::min(2 * pause, kLongestPause)) {
    request.now = now();
    access::CheckResult result = access::check(request, send);
    if (result.account && result.account->answer.allowed()) request.account = result.account;
    const access::Finding* failure = result.failure();
    if (failure == nullptr || is_refusal(*failure)) return result;
    auto left = end - steady_clock::now();
    seconds asked_for = std::max(pause, result.retry_after.value_or(0s));
    if (left <= 0s || asked_for > left + pause) return result;
    if (failure->detail != told) session.say("not yet: " + escaped(failure->detail));
    told = failure->detail;
    std::this_thread::sleep_for(std::min<steady_clock::duration>(asked_for, left));
  }
}

void write_metrics(const std::string& file, const CheckReport& report, const Session& session) {
  FileUpdate update = FileUpdate::begin_or_create(file, kReadableByAll);
  update.set_mode(kReadableByAll);  // its reader is another user
  update.commit(check_metrics(report), session.warner());
}

int check(const Options& options, Session& session) {
  access::CheckRequest request = request_of(options);
  seconds wait = options.wait.empty() ? 0s : duration(options.wait);
  access::Credentials credentials;
  if (!options.anonymous) {
    credentials = credentials_of(options, request, session);
    request.credentials = &credentials;
  }
  net::HttpClient client = http_client(options.network, session);
  CheckReport report{request.registry, check_until(request, sender(client), wait, session), now()};
  if (!options.prometheus.empty()) write_metrics(options.prometheus, report, session);
  if (options.json) {
    session.write(check_json(report));
  } else {
    session.write(check_table(report, options.quiet, takes_utf8(session.environment)));
  }
  return exit_code_of(report.result);
}

}  // namespace

Action configure_check(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  app.add_option("IMAGE", options->images, "An image that must be there to pull; repeatable")->type_name("");
  app.add_option("--registry", options->registry, "The registry (default: the images', else ghcr.io)")->type_name("R");
  auto* anonymous = app.add_flag("--anonymous", options->anonymous, "Without a login: is the image public?");
  app.add_flag("--stored", options->stored, "With the login that docker, else podman, has on this machine")
      ->excludes(anonymous);
  app.add_flag("--push", options->push, "Try a push, too: an upload is opened, and cancelled");
  app.add_option("--wait", options->wait, "Try again until everything passes, for so long at most: 90s, 5m")
      ->type_name("TIME");
  app.add_option("--warn-days", options->warn_days, "Exit with 20 when the token expires so soon (default: 14)")
      ->type_name("DAYS")
      ->check(CLI::Range(0, 3650).description(""));
  app.add_option("--prometheus", options->prometheus, "Write metrics for the textfile collector")->type_name("FILE");
  auto* json = app.add_flag("--json", options->json, "Print a JSON object: registry, passed, findings, …");
  app.add_flag("--quiet,-q", options->quiet, "Print only what is wrong")->excludes(json);
  add_network_options(app, options->network);
  add_token_server_option(app, options->network);
  add_token_options(app, options->token);
  app.footer(
      "\nExamples:\n"
      "  regvault check ghcr.io/octo/app:1 --from group_vars/all/vars.yml:ghcr_pat\n"
      "  regvault check ghcr.io/octo/app:1 --from-env CR_PAT --push\n"
      "  regvault check ghcr.io/octo/open --anonymous --quiet\n"
      "  regvault check --from group_vars/all/vars.yml:ghcr_pat --warn-days 30 --json");
  return [options, &session] { return check(*options, session); };
}

}  // namespace regvault::tools
