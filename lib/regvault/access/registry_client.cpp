#include <regvault/access/registry_client.hpp>

#include <algorithm>
#include <array>

#include <regvault/access/answer.hpp>
#include <regvault/base/error.hpp>
#include <regvault/registry/failure_text.hpp>
#include <regvault/secret/base64.hpp>

namespace regvault::access {
namespace {

using net::HttpRequest;
using net::HttpResponse;

constexpr std::string_view kBasic = "Basic ";
constexpr std::string_view kDockerHubApi = "registry-1.docker.io";

// Where a registry's token server has another host than the registry, and both are of one house.
struct Realm {
  std::string_view registry, host;
};
constexpr std::array kKnownRealms{Realm{kDockerHubApi, "auth.docker.io"}, Realm{"registry.gitlab.com", "gitlab.com"}};

// Without all four a registry answers 404 for an image that is there, in a form that was not asked for.
constexpr const char* kManifestTypes =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";

[[noreturn]] void fail(const std::string& host, const std::string& what, std::string_view reason) {
  throw Error(ErrorCode::program_failed, host + " " + what, {}, {}, reason);
}

[[noreturn]] void fail_as_no_registry(const std::string& host, const HttpResponse& response) {
  if (response.status == 429) fail(host, "limits the number of requests", "rate-limit");
  std::string status = std::to_string(response.status);
  if (response.status >= 500) fail(host, "has a fault of its own (it answers " + status + ")", "registry-fault");
  if (response.status / 100 == 3) fail(host, "redirects, which a registry does not", "not-a-registry");
  if (is_web_page(response)) fail(host, "answers with a web page, not as a registry does", "not-a-registry");
  fail(host, "does not answer as a registry does (it answers " + status + ")", "not-a-registry");
}

SecretBytes bearer_authorization(const net::Url& realm, const HttpResponse& response) {
  std::optional<json::Document> document = json_of(response);
  std::string_view token = document ? text_at(document->root(), "token") : std::string_view();
  if (document && token.empty()) token = text_at(document->root(), "access_token");
  if (token.empty()) fail_as_no_registry(realm.authority(), response);
  SecretBytes out = SecretBytes::copy_of("Bearer ");
  out.append(token);
  return out;
}

void add_parameter(net::Url& url, const std::string& name, std::string_view value) {
  url.target += (url.target.find('?') == std::string::npos ? "?" : "&") + name + "=" + net::percent_encoded(value);
}

/// The password that Basic's authorization holds; empty: it is none.
SecretBytes password_in(const Grant& grant) {
  std::string_view value = grant.authorization.view();
  if (!value.starts_with(kBasic)) return {};
  const SecretBytes plain = base64_decoded(value.substr(kBasic.size())).value_or(SecretBytes());
  return SecretBytes::copy_of(plain.view().substr(std::min(plain.view().find(':') + 1, plain.size())));
}

/// What a registry might repeat in its words.
std::vector<std::string_view> secrets_in(const Grant& grant, const SecretBytes& password) {
  std::string_view value = grant.authorization.view();
  return {value.substr(std::min(value.find(' ') + 1, value.size())), password.view()};
}

bool is_said_of_what_is_missing(std::string_view words) {
  const FailureText* known = failure_in(words);
  return known != nullptr && known->cause == "denied-or-missing";
}

std::string host_of(const std::string& authority) {
  return net::parse_url("https://" + authority).host;
}

/// What of a refusal is the caller's case: with credentials it is about them.
RegistryAnswer read(const HttpResponse& response, std::string_view cause_of_refusal,
                    const std::vector<std::string_view>& secrets) {
  RegistryAnswer answer{.status = response.status};
  if (response.status / 100 == 2) return answer;
  answer.said = words_of(response, secrets);
  answer.retry_after = retry_after(response);
  std::string_view cause = plain_cause(response);
  if (cause.empty() && (response.status == 401 || response.status == 403)) cause = cause_of_refusal;
  if (cause.empty() && response.status == 404) {
    bool no_name = answer.said.find("NAME_UNKNOWN") != std::string::npos;
    cause = no_name ? "name-unknown" : "manifest-unknown";
  }
  answer.cause = cause.empty() ? "not-a-registry" : cause;
  return answer;
}

}  // namespace

SecretBytes basic_authorization(const Credentials& credentials) {
  SecretBytes out = SecretBytes::copy_of(kBasic);
  out.append(base64_of(user_and_password(credentials.username, credentials.password.view()).view()).view());
  return out;
}

RegistryClient::RegistryClient(std::string host, net::Send send, RegistryOptions options)
    : host_(std::move(host)), send_(std::move(send)), options_(std::move(options)) {}

net::Url RegistryClient::url(const std::string& target) const {
  return net::parse_url(scheme_ + "://" + (host_ == "docker.io" ? std::string(kDockerHubApi) : host_) + target);
}

HttpRequest RegistryClient::request(const std::string& method, const std::string& target, const Grant& grant) const {
  HttpRequest out{.method = method, .url = url(target)};
  out.authorization = SecretBytes::copy_of(grant.authorization.view());
  return out;
}

/// TLS is always tried first: what `plain_http` allows is to go on without, not to leave it out.
HttpResponse RegistryClient::first_answer() {
  try {
    return send_({.url = url("/v2/")});
  } catch (const Error& error) {
    bool may_go_on = options_.plain_http && error.reason == "plain-http" && net::is_loopback(url("/").host);
    if (!may_go_on) throw;
  }
  scheme_ = "http";
  return send_({.url = url("/v2/")});
}

const Challenge& RegistryClient::ping() {
  if (challenge_) return *challenge_;
  HttpResponse response = first_answer();
  if (response.status == 200 && !is_web_page(response)) return challenge_.emplace();
  std::optional<Challenge> challenge = parse_challenge(response.headers);
  bool usable =
      response.status == 401 && challenge && (challenge->kind == Challenge::Kind::basic || !challenge->realm.empty());
  retry_after_ = access::retry_after(response);
  if (!usable) fail_as_no_registry(host_, response);
  return challenge_.emplace(std::move(*challenge));
}

Grant RegistryClient::grant(const Scope& scope, const Credentials* credentials) {
  switch (ping().kind) {
    case Challenge::Kind::none:
      return {};
    case Challenge::Kind::basic:
      return basic(credentials);
    case Challenge::Kind::bearer:
      return bearer(scope, credentials);
  }
  return {};
}

Grant RegistryClient::basic(const Credentials* credentials) {
  Grant grant{.anonymous = credentials == nullptr};
  if (credentials == nullptr) {
    grant.answer = {.status = 401, .cause = "no-credentials"};
    return grant;
  }
  grant.authorization = basic_authorization(*credentials);
  grant.answer =
      read(send_(request("GET", "/v2/", grant)), "credentials-refused", secrets_in(grant, credentials->password));
  if (!grant.answer.allowed()) grant.authorization.clear();
  return grant;
}

/// The challenge's realm, if credentials may go there.
net::Url RegistryClient::trusted_realm() const {
  net::Url realm;
  try {
    realm = net::parse_url(challenge_->realm);
  } catch (const Error&) {
    fail(host_, "names no token server that can be asked", "not-a-registry");
  }
  std::string own = url("/").host;
  bool known = std::ranges::any_of(kKnownRealms,
                                   [&](const Realm& row) { return row.registry == own && row.host == realm.host; });
  bool named = std::ranges::any_of(options_.token_hosts, [&](const auto& host) { return host_of(host) == realm.host; });
  bool safe = realm.is_https() || (options_.plain_http && net::is_loopback(realm.host));
  if (safe && (known || named || realm.host == own)) return realm;
  throw Error(ErrorCode::refused,
              host_ + " wants the credentials sent to " + realm.scheme + "://" + realm.authority() +
                  ", which is not its own host",
              {}, {}, "foreign-realm");
}

Grant RegistryClient::bearer(const Scope& scope, const Credentials* credentials) {
  HttpRequest ask{.url = trusted_realm()};
  if (!challenge_->service.empty()) add_parameter(ask.url, "service", challenge_->service);
  if (!scope.repository.empty()) {
    add_parameter(ask.url, "scope", "repository:" + scope.repository + ":" + scope.actions);
  }
  Grant grant{.anonymous = credentials == nullptr};
  std::vector<std::string_view> secrets;
  if (credentials != nullptr) {
    ask.authorization = basic_authorization(*credentials);
    secrets = {credentials->password.view(), ask.authorization.view().substr(kBasic.size())};
  }
  HttpResponse response = send_(ask);
  grant.answer = read(response, grant.anonymous ? "no-credentials" : "credentials-refused", secrets);
  if (grant.answer.allowed()) grant.authorization = bearer_authorization(ask.url, response);
  return grant;
}

RegistryAnswer RegistryClient::pull(const ImageReference& image, const Grant& grant) {
  if (!grant.answer.allowed()) return grant.answer;
  HttpRequest ask = request("HEAD", "/v2/" + image.repository + "/manifests/" + image.reference(), grant);
  ask.headers = {{"Accept", kManifestTypes}};
  ask.redirects = 5;
  HttpResponse response = send_(ask);
  if (response.status != 200) {
    ask.method = "GET";  // HEAD has no words
    response = send_(ask);
  }
  // 401 to a good token is how most say both "no" and "no such image"; GHCR answers 403 to what is there.
  bool may_be_missing = response.status == 401 || is_said_of_what_is_missing(words_of(response, {}));
  std::string_view refusal = may_be_missing ? "denied-or-missing" : "no-package-read";
  const SecretBytes password = password_in(grant);
  RegistryAnswer answer = read(response, grant.anonymous ? "no-credentials" : refusal, secrets_in(grant, password));
  std::string_view digest = response.header("Docker-Content-Digest");
  if (answer.allowed() && is_digest(digest)) answer.digest = digest;
  if (answer.allowed() && is_web_page(response)) answer.cause = "not-a-registry";
  return answer;
}

RegistryAnswer RegistryClient::push(const std::string& repository, const Grant& grant) {
  if (!grant.answer.allowed()) return grant.answer;
  HttpResponse response = send_(request("POST", "/v2/" + repository + "/blobs/uploads/", grant));
  const SecretBytes password = password_in(grant);
  std::string_view refusal = grant.anonymous ? "no-credentials" : "no-package-write";
  RegistryAnswer answer = read(response, refusal, secrets_in(grant, password));
  std::string_view location = response.header("Location");
  if (!answer.allowed() || location.empty()) return answer;
  try {
    HttpRequest cancel{.method = "DELETE", .url = net::resolved(url("/"), location)};
    // A hostile registry could name any host of the network we are in; an upload that is left open expires.
    if (!net::same_origin(cancel.url, url("/"))) return answer;
    cancel.authorization = SecretBytes::copy_of(grant.authorization.view());
    send_(cancel);          // any answer is fine (GHCR: 405)
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the question is answered
  }
  return answer;
}

}  // namespace regvault::access
