#include <regvault/access/github_account.hpp>

#include <algorithm>
#include <charconv>

#include <regvault/access/answer.hpp>
#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>

namespace regvault::access {
namespace {

using net::HttpRequest;
using net::HttpResponse;
using std::chrono::sys_seconds;

bool has_scope(const Account& account, std::initializer_list<std::string_view> any_of) {
  if (!account.scopes) return true;  // a kind of token without scopes: the registry decides
  return std::ranges::any_of(
      *account.scopes, [&](const std::string& scope) { return std::ranges::find(any_of, scope) != any_of.end(); });
}

std::vector<std::string> scopes_in(std::string_view header) {
  std::vector<std::string> out;
  for (std::string_view scope : split(header, ',')) {
    if (!stripped(scope).empty()) out.emplace_back(stripped(scope));
  }
  return out;
}

bool has_header(const HttpResponse& response, std::string_view name) {
  return std::ranges::any_of(response.headers, [&](const auto& h) { return lowercase(h.name) == lowercase(name); });
}

/// "required; url=https://github.com/orgs/acme/sso?…"
std::string sign_on_url(const HttpResponse& response) {
  std::string_view text = response.header("X-GitHub-SSO");
  std::size_t at = text.find("url=https://");
  return at == std::string_view::npos ? std::string() : std::string(text.substr(at + 4));
}

/// Where people go, of what programs ask: api.github.com → github.com, HOST/api/v3 → HOST.
std::string web_url_of(const net::Url& api) {
  net::Url web = api;
  if (web.host.starts_with("api.")) web.host = web.host.substr(4);
  return web.scheme + "://" + web.authority();
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool whole = fault == std::errc() && end == text.data() + text.size();
  return whole && value >= 0 ? std::optional(value) : std::nullopt;
}

std::optional<std::chrono::minutes> parse_zone(std::string_view text) {
  if (text == "UTC") return std::chrono::minutes(0);
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  std::optional<int> hours = number(text.substr(1, 2)), minutes = number(text.substr(3, 2));
  if (!hours || !minutes) return std::nullopt;
  std::chrono::minutes offset(*hours * 60 + *minutes);
  return text[0] == '-' ? -offset : offset;
}

}  // namespace

bool Account::may_read_packages() const {
  return has_scope(*this, {"read:packages", "write:packages"});
}

bool Account::may_write_packages() const {
  return has_scope(*this, {"write:packages"});
}

GithubApi::GithubApi(std::string_view api_url, net::Send send)
    : api_(net::parse_url(api_url)), web_url_(web_url_of(api_)), send_(std::move(send)) {
  while (api_.target.ends_with('/')) api_.target.pop_back();
}

HttpRequest GithubApi::request(const std::string& path, std::string_view token) const {
  HttpRequest out{.url = api_};
  out.url.target += path;
  out.headers = {{"Accept", "application/vnd.github+json"}, {"X-GitHub-Api-Version", "2022-11-28"}};
  if (!token.empty()) {
    out.authorization = SecretBytes::copy_of("Bearer ");
    out.authorization.append(token);
  }
  return out;
}

HttpResponse GithubApi::ask(const HttpRequest& request, std::string_view token, std::string_view cause_of_403,
                            RegistryAnswer& answer) const {
  HttpResponse response = send_(request);
  answer.status = response.status;
  if (response.status / 100 == 2) return response;
  answer.said = words_of(response, {token});
  answer.retry_after = retry_after(response);
  answer.cause = plain_cause(response);
  if (!sign_on_url(response).empty()) answer.cause = "single-sign-on";
  if (!answer.cause.empty()) return response;
  bool used_up = response.status == 403 && response.header("X-RateLimit-Remaining") == "0";
  answer.cause = used_up                                        ? "rate-limit"
                 : answer.said.empty() && is_web_page(response) ? "not-a-registry"
                 : response.status == 404                       ? "name-unknown"
                 : response.status == 403                       ? cause_of_403
                                                                : "credentials-refused";
  return response;
}

const Account& GithubApi::account(std::string_view token) {
  // Repeated failures bring a refusal for some minutes: a token is asked about once.
  if (account_ && equal_in_constant_time(asked_.view(), token)) return *account_;
  Account account;
  HttpResponse response = ask(request("/user", token), token, "credentials-refused", account.answer);
  account.sign_on_url = sign_on_url(response);
  if (account.answer.allowed()) {
    std::optional<json::Document> document = json_of(response);
    account.login = document ? std::string(text_at(document->root(), "login")) : "";
    if (account.login.empty()) account.answer.cause = "not-a-registry";
    if (has_header(response, "X-OAuth-Scopes")) account.scopes = scopes_in(response.header("X-OAuth-Scopes"));
    account.expires = parse_expiration(response.header("github-authentication-token-expiration"));
  }
  asked_ = SecretBytes::copy_of(token);
  return account_.emplace(std::move(account));
}

Package GithubApi::package(const std::string& owner, const std::string& name, std::string_view token) {
  Package out;
  for (bool of_organization : {false, true}) {
    out = Package{.of_organization = of_organization};
    std::string path = (of_organization ? "/orgs/" : "/users/") + net::percent_encoded(owner) + "/packages/container/" +
                       net::percent_encoded(name);
    HttpResponse response = ask(request(path, token), token, "missing-scope", out.answer);
    out.settings_url = package_settings_url(owner, name, of_organization);
    if (response.status == 404 && !of_organization) continue;
    std::optional<json::Document> document = out.answer.allowed() ? json_of(response) : std::nullopt;
    if (!document) return out;
    out.visibility = text_at(document->root(), "visibility");
    const json::Value* repository =
        document->root().is_object() ? document->root().as_object().if_contains("repository") : nullptr;
    if (repository != nullptr) out.repository = text_at(*repository, "full_name");
    return out;
  }
  return out;
}

WorkflowPermissions GithubApi::workflow_permissions(const std::string& repository, std::string_view token) {
  WorkflowPermissions out;
  std::size_t slash = repository.find('/');
  std::string owner = repository.substr(0, slash),
              name = slash == std::string::npos ? "" : repository.substr(slash + 1);
  out.settings_url = web_url_ + "/" + repository + "/settings/actions";
  std::string path = "/repos/" + net::percent_encoded(owner) + "/" + net::percent_encoded(name);
  HttpResponse response =
      ask(request(path + "/actions/permissions/workflow", token), token, "missing-scope", out.answer);
  std::optional<json::Document> document = out.answer.allowed() ? json_of(response) : std::nullopt;
  if (document) out.by_default = text_at(document->root(), "default_workflow_permissions");
  return out;
}

RegistryAnswer GithubApi::revoke(std::string_view token) {
  json::Document body;
  json::Array credentials(body.root().storage());
  credentials.emplace_back(json::String(token, body.root().storage()));
  body.root().as_object().emplace("credentials", std::move(credentials));
  HttpRequest post = request("/credentials/revoke", {});
  post.method = "POST";
  post.headers.push_back({"Content-Type", "application/json"});
  post.body = body.written_compact();
  RegistryAnswer answer;
  ask(post, token, "credentials-refused", answer);
  return answer;
}

std::string GithubApi::package_settings_url(const std::string& owner, const std::string& name,
                                            bool of_organization) const {
  return web_url_ + (of_organization ? "/orgs/" : "/users/") + owner + "/packages/container/" +
         net::percent_encoded(name) + "/settings";
}

std::optional<sys_seconds> parse_expiration(std::string_view text) {
  text = stripped(text);
  if (text.size() < 21 || text[4] != '-' || text[7] != '-' || text[10] != ' ' || text[13] != ':' || text[16] != ':' ||
      text[19] != ' ') {
    return std::nullopt;
  }
  std::optional<int> year = number(text.substr(0, 4)), month = number(text.substr(5, 2)),
                     day = number(text.substr(8, 2)), hour = number(text.substr(11, 2)),
                     minute = number(text.substr(14, 2)), second = number(text.substr(17, 2));
  std::optional<std::chrono::minutes> zone = parse_zone(text.substr(20));
  if (!year || !month || !day || !hour || !minute || !second || !zone) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                   std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second) - *zone;
}

int days_left(sys_seconds expires, sys_seconds now) {
  return static_cast<int>(std::chrono::floor<std::chrono::days>(expires - now).count());
}

std::string new_token_url(const std::string& web_url, std::string_view scopes, std::string_view note) {
  // Commas and colons may stand in a query as they are, and are easier to read so.
  std::string list;
  for (std::string_view scope : split(scopes, ',')) {
    std::size_t colon = std::min(scope.find(':'), scope.size());
    list += (list.empty() ? "" : ",") + net::percent_encoded(scope.substr(0, colon));
    if (colon < scope.size()) list += ":" + net::percent_encoded(scope.substr(colon + 1));
  }
  return web_url + "/settings/tokens/new?scopes=" + list + "&description=" + net::percent_encoded(note);
}

}  // namespace regvault::access
