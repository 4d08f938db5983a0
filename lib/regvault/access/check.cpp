#include <regvault/access/check.hpp>

#include <algorithm>
#include <array>

#include <regvault/base/error.hpp>
#include <regvault/github/token.hpp>
#include <regvault/registry/cause.hpp>

namespace regvault::access {
namespace {

constexpr std::array<std::string_view, 3> kNeededScopes{"read:packages", "write:packages", "delete:packages"};

std::string advice_of(std::string_view cause) {
  const Cause* known = find_cause(cause);
  return known == nullptr ? std::string() : std::string(known->advice);
}

Finding finding(std::string step, std::string subject, Outcome outcome, std::string detail, std::string advice = {},
                std::string cause = {}) {
  return {std::move(step), std::move(subject), outcome, std::move(detail), std::move(advice), std::move(cause)};
}

Finding failed(std::string step, std::string subject, std::string detail, std::string_view cause) {
  return finding(std::move(step), std::move(subject), Outcome::failed, std::move(detail), advice_of(cause),
                 std::string(cause));
}

/// What an Error says about a step, as a finding.
Finding failed(std::string step, std::string subject, const Error& error) {
  bool named = error.message.starts_with(subject + " ");  // the table names it already
  std::string detail = named ? error.message.substr(subject.size() + 1) : error.message;
  Finding out = failed(std::move(step), std::move(subject), std::move(detail), error.reason);
  if (out.advice.empty()) out.advice = error.hint;
  return out;
}

/// "the account may not read the package (403: DENIED: …)"
std::string told(const RegistryAnswer& answer) {
  const Cause* known = find_cause(answer.cause);
  std::string said = std::to_string(answer.status) + (answer.said.empty() ? "" : ", " + answer.said);
  return std::string(known == nullptr ? "no" : known->sentence) + " (" + said + ")";
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

// --------------------------------------------------------------------------------------------------------- a whole run

class Run {
 public:
  Run(const CheckRequest& request, const net::Send& send)
      : request_(request), registry_(request.registry, send, request.options) {
    std::optional<std::string> api = request.github_api ? request.github_api : github_api_of(request.registry);
    if (api) github_.emplace(*api, send);
  }

  CheckResult run() {
    bool good_token = inspect_token_itself();
    if (!ask_registry()) return std::move(result_);
    for (const ImageReference& image : request_.images) ask_anonymously(image);
    if (request_.credentials != nullptr && !good_token) {
      skip_rest("the token is not one to be sent");
    } else if (request_.credentials != nullptr) {
      bool accepted = try_credentials();
      ask_account();
      if (accepted) {
        ask_about_images();
      } else {
        skip_images("the credentials are refused");
      }
    }
    return std::move(result_);
  }

 private:
  void add(Finding finding) { result_.findings.push_back(std::move(finding)); }

  void note(const RegistryAnswer& answer) {
    if (answer.retry_after)
      result_.retry_after = std::max(result_.retry_after.value_or(std::chrono::seconds(0)), *answer.retry_after);
  }

  bool inspect_token_itself() {
    if (request_.credentials == nullptr) return true;
    Finding shape = inspect(request_.credentials->password.view(), github_.has_value());
    bool bad = shape.outcome == Outcome::failed;
    if (bad && request_.force) shape.outcome = Outcome::warning;
    add(std::move(shape));
    return !bad || request_.force;
  }

  bool ask_registry() {
    try {
      const Challenge& challenge = registry_.ping();
      constexpr std::array<const char*, 3> kHow{"answers, and wants no login", "answers, and takes user and password",
                                                "answers, and gives tokens"};
      add(finding("registry", request_.registry, Outcome::ok, kHow[static_cast<std::size_t>(challenge.kind)]));
      return true;
    } catch (const Error& error) {
      result_.retry_after = registry_.retry_after();
      add(failed("registry", request_.registry, error));
      skip_rest("the registry cannot be asked");
      return false;
    }
  }

  /// Without credentials of ours this is the check; with them it tells which images need none.
  void ask_anonymously(const ImageReference& image) {
    bool required = request_.credentials == nullptr;
    try {
      Grant grant = registry_.grant({image.repository}, nullptr);
      RegistryAnswer answer = registry_.pull(image, grant);
      note(answer);
      if (answer.allowed()) {
        add(finding("anonymous", image.text(), Outcome::ok, std::string(kAnybodyCanPull)));
      } else if (required) {
        bool plain_no = answer.cause == "no-credentials";
        add(failed("anonymous", image.text(), plain_no ? "not public: it needs a login, or is not there" : told(answer),
                   answer.cause));
      } else if (answer.cause == "no-credentials" || answer.cause == "denied-or-missing") {
        add(finding("anonymous", image.text(), Outcome::ok, "it needs a login"));
      } else {
        add(finding("anonymous", image.text(), Outcome::warning, told(answer), {}, answer.cause));
      }
    } catch (const Error& error) {
      Finding out = failed("anonymous", image.text(), error);
      if (!required) out.outcome = Outcome::warning;
      add(std::move(out));
    }
  }

  bool try_credentials() {
    try {
      Grant grant = registry_.grant({}, request_.credentials);
      note(grant.answer);
      std::string who = request_.credentials->username;
      if (registry_.ping().kind == Challenge::Kind::none) {
        add(finding("credentials", who, Outcome::skipped, "the registry wants none"));
        return true;
      }
      if (grant.answer.allowed()) {
        add(finding("credentials", who, Outcome::ok, "the registry takes them"));
        return true;
      }
      add(failed("credentials", who, told(grant.answer), grant.answer.cause));
    } catch (const Error& error) {
      add(failed("credentials", request_.credentials->username, error));
    }
    return false;
  }

  void ask_account() {
    if (!github_) return;
    github::TokenKind kind = github::inspect_token(request_.credentials->password.view()).kind;
    if (kind == github::TokenKind::server_to_server) {
      return skip("account", std::string(github::name_of(kind)), "GitHub tells nothing about its kind");
    }
    try {
      result_.account = request_.account ? request_.account : github_->account(request_.credentials->password.view());
    } catch (const Error& error) {
      // GitHub's API is not the registry: it may be unreachable, and pulls work.
      Finding out = failed("account", github_->web_url(), error);
      out.outcome = Outcome::warning;
      return add(std::move(out));
    }
    const Account& account = *result_.account;
    note(account.answer);
    if (account.expires) {
      result_.days_left = days_left(*account.expires, request_.now);
      result_.near_expiry_ = *result_.days_left <= request_.warn_days;
    }
    add(judge(account, request_));
  }

  void ask_about_images() {
    for (const ImageReference& image : request_.images) pull(image);
    for (const ImageReference& image : request_.images) ask_about_package(image);
    if (!request_.push) return;
    if (request_.images.empty()) add(finding("push", request_.registry, Outcome::skipped, "no image is named"));
    std::vector<std::string> seen;
    for (const ImageReference& image : request_.images) {
      if (std::ranges::find(seen, image.repository) != seen.end()) continue;
      seen.push_back(image.repository);
      push(image);
    }
  }

  void pull(const ImageReference& image) {
    try {
      Grant grant = registry_.grant({image.repository}, request_.credentials);
      RegistryAnswer answer = registry_.pull(image, grant);
      note(answer);
      if (!answer.allowed()) return add(failed("pull", image.text(), told(answer), answer.cause));
      add(finding("pull", image.text(), Outcome::ok, answer.digest.empty() ? "it can be pulled" : answer.digest));
    } catch (const Error& error) {
      add(failed("pull", image.text(), error));
    }
  }

  void push(const ImageReference& image) {
    try {
      Grant grant = registry_.grant({image.repository, "pull,push"}, request_.credentials);
      RegistryAnswer answer = registry_.push(image.repository, grant);
      note(answer);
      if (!answer.allowed()) return add(failed("push", image.name(), told(answer), answer.cause));
      add(finding("push", image.name(), Outcome::ok, "an upload was opened, and cancelled"));
    } catch (const Error& error) {
      add(failed("push", image.name(), error));
    }
  }

  /// Never a failure: what a package's page says decides nothing by itself.
  void ask_about_package(const ImageReference& image) {
    if (!github_ || image.package().empty()) return;
    if (!result_.account || !result_.account->answer.allowed()) {
      return skip("package", image.name(), "GitHub's API did not say whose the token is");
    }
    try {
      Package package = github_->package(image.owner(), image.package(), request_.credentials->password.view());
      note(package.answer);
      if (!package.answer.allowed()) {
        std::string detail =
            package.answer.status == 404 ? "GitHub shows no such package to this account" : told(package.answer);
        return add(finding("package", image.name(), Outcome::warning, detail, advice_of(package.answer.cause),
                           package.answer.cause));
      }
      std::string linked = package.repository.empty() ? "linked to no repository" : "linked to " + package.repository;
      add(finding("package", image.name(), Outcome::ok, package.visibility + ", " + linked,
                  "access: " + package.settings_url));
    } catch (const Error& error) {
      Finding out = failed("package", image.name(), error);
      out.outcome = Outcome::warning;
      add(std::move(out));
    }
  }

  void skip(const char* step, const std::string& subject, const std::string& why) {
    add(finding(step, subject, Outcome::skipped, why));
  }

  void skip_images(const std::string& why) {
    for (const ImageReference& image : request_.images) skip("pull", image.text(), why);
    if (request_.push) {
      for (const ImageReference& image : request_.images) skip("push", image.name(), why);
    }
  }

  void skip_rest(const std::string& why) {
    if (request_.credentials != nullptr) skip("credentials", request_.credentials->username, why);
    if (request_.credentials == nullptr) {
      for (const ImageReference& image : request_.images) skip("anonymous", image.text(), why);
      return;
    }
    skip_images(why);
  }

  const CheckRequest& request_;
  RegistryClient registry_;
  std::optional<GithubApi> github_;
  CheckResult result_;
};

}  // namespace

std::string_view name_of(Outcome outcome) {
  constexpr std::array<std::string_view, 4> kNames{"ok", "failed", "warning", "skipped"};
  return kNames[static_cast<std::size_t>(outcome)];
}

bool CheckResult::passed() const {
  return failure() == nullptr;
}

const Finding* CheckResult::failure() const {
  auto found = std::ranges::find(findings, Outcome::failed, &Finding::outcome);
  return found == findings.end() ? nullptr : &*found;
}

std::optional<std::string> github_api_of(std::string_view registry) {
  if (registry == "ghcr.io") return std::string(kGithubApi);
  constexpr std::string_view kContainers = "containers.";
  if (!registry.starts_with(kContainers)) return std::nullopt;
  std::string host(registry.substr(kContainers.size()));
  // GitHub Enterprise Cloud with data residency has its API on a host of its own, Enterprise Server under a path.
  return host.ends_with(".ghe.com") ? "https://api." + host : "https://" + host + "/api/v3";
}

Finding inspect(std::string_view token, bool of_github) {
  github::TokenShape shape = github::inspect_token(token);
  std::string name(github::name_of(shape.kind));
  if (shape.verdict == github::TokenVerdict::has_whitespace) {
    return finding("token", name, Outcome::failed, "there is white space in it, or around it",
                   "store it once more, without the line end", "mistyped-token");
  }
  if (shape.verdict == github::TokenVerdict::mistyped) {
    return failed("token", name, "its checksum is wrong: it was not copied whole", "mistyped-token");
  }
  if (of_github && shape.kind == github::TokenKind::fine_grained) {
    return failed("token", name, "the registry takes classic tokens only", "token-kind");
  }
  if (of_github && shape.kind == github::TokenKind::refresh) {
    return failed("token", name, "it refreshes other tokens, and opens nothing itself", "token-kind");
  }
  bool verified = shape.verdict == github::TokenVerdict::ok;
  return finding("token", name, Outcome::ok, verified ? "copied whole" : "nothing to be seen from it");
}

Finding judge(const Account& account, const CheckRequest& request) {
  if (!account.answer.allowed()) {
    Finding out = failed("account", "", told(account.answer), account.answer.cause);
    if (!account.sign_on_url.empty()) out.advice = "authorize the token: " + account.sign_on_url;
    return out;
  }
  std::string scopes = account.scopes ? "scopes: " + (account.scopes->empty() ? "none" : joined(*account.scopes)) : "";
  if (!account.may_read_packages() || (request.push && !account.may_write_packages())) {
    return failed("account", account.login, "a scope is missing; " + scopes, "missing-scope");
  }
  std::string expiry = "does not expire";
  Outcome outcome = Outcome::ok;
  std::string_view cause;
  if (account.expires) {
    int days = days_left(*account.expires, request.now);
    expiry = "expires in " + std::to_string(days) + (days == 1 ? " day" : " days");
    if (days <= request.warn_days) {
      outcome = Outcome::warning;
      cause = "token-expires";
    }
  }
  std::vector<std::string> unneeded;
  for (const std::string& scope : account.scopes.value_or(std::vector<std::string>())) {
    if (std::ranges::find(kNeededScopes, scope) == kNeededScopes.end()) unneeded.push_back(scope);
  }
  std::string advice = advice_of(cause);
  if (cause.empty() && !unneeded.empty()) advice = "more than a registry needs: " + joined(unneeded);
  return finding("account", account.login, outcome, (scopes.empty() ? "" : scopes + "; ") + expiry, std::move(advice),
                 std::string(cause));
}

CheckResult check(const CheckRequest& request, const net::Send& send) {
  for (const ImageReference& image : request.images) {
    if (image.registry == request.registry) continue;
    throw Error(ErrorCode::usage, in_quotes(image.text()) + " is not an image of " + request.registry,
                "check the images of one registry at a time");
  }
  return Run(request, send).run();
}

}  // namespace regvault::access
