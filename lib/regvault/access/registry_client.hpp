/// What a registry says when it is asked, question by question: is it one, whose credentials does it take, may they
/// pull this, may they push there.
///
///     RegistryClient registry("ghcr.io", send, {});
///     registry.ping();                                                       // Bearer, realm https://ghcr.io/token
///     Grant grant = registry.grant({"octo/app", "pull"}, &credentials);      // the token, or the refusal
///     RegistryAnswer answer = registry.pull(parse_image("ghcr.io/octo/app:1"), grant);
///     if (!answer.allowed()) … cause_named(answer.cause)
///
/// `send` is net::HttpClient::send, or a test's own. A "no" is an answer: status, the registry's own words, and the
/// slug of the cause (registry/cause.hpp). What is no answer is thrown: Error(program_failed), whose reason is a slug,
/// too ("unreachable", "tls-expired", "not-a-registry" …).
///
/// Credentials go to the registry's own host over https, and to the realms of Docker Hub and GitLab that belong to
/// theirs; anything else is Error(refused), reason "foreign-realm", before they are sent.
///
/// Protocol: https://distribution.github.io/distribution/spec/api/ and …/spec/auth/token/.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/net/http_client.hpp>
#include <regvault/registry/auth_file.hpp>
#include <regvault/registry/image_reference.hpp>
#include <regvault/secret/secret_bytes.hpp>

namespace regvault::access {

using Credentials = StoredCredentials;

/// How the registry wants to be asked (the answer to GET /v2/).
struct Challenge {
  enum class Kind { none, basic, bearer };
  Kind kind = Kind::none;
  std::string realm = {}, service = {};
};

struct RegistryAnswer {
  int status = 0;
  std::string cause = {};   ///< a slug; empty: allowed
  std::string said = {};    ///< the registry's own words, presentable: "DENIED: permission_denied: read_package"
  std::string digest = {};  ///< of a manifest
  std::optional<std::chrono::seconds> retry_after = {};

  bool allowed() const { return cause.empty(); }
};

/// What a grant is for; no repository: only whether the credentials are good.
struct Scope {
  std::string repository = {};
  std::string actions = "pull";  ///< or "pull,push"
};

/// The answer to a request for a token.
struct Grant {
  RegistryAnswer answer = {};
  SecretBytes authorization = {};  ///< for the requests to come; empty: none needed, or none given
  bool anonymous = true;
};

struct RegistryOptions {
  bool plain_http = false;                    ///< to this machine, when it does not speak TLS
  std::vector<std::string> token_hosts = {};  ///< that may be sent credentials, too
};

class RegistryClient {
 public:
  /// `host` as ImageReference has it: "ghcr.io", "localhost:5000", "docker.io".
  RegistryClient(std::string host, net::Send send, RegistryOptions options);

  const std::string& host() const { return host_; }

  /// Asked once. Throws Error(program_failed); then retry_after() is what the registry said of another time.
  const Challenge& ping();
  std::optional<std::chrono::seconds> retry_after() const { return retry_after_; }

  /// nullptr: anonymously. With Basic no token is asked for: the credentials are the authorization, and the API says
  /// whether they are good. Every grant() with credentials is a login attempt.
  Grant grant(const Scope& scope, const Credentials* credentials);

  /// HEAD of the manifest; and for the registry's words GET.
  RegistryAnswer pull(const ImageReference& image, const Grant& grant);

  /// An upload is opened, and cancelled.
  RegistryAnswer push(const std::string& repository, const Grant& grant);

 private:
  net::Url url(const std::string& target) const;
  net::HttpRequest request(const std::string& method, const std::string& target, const Grant& grant) const;
  net::HttpResponse first_answer();
  net::Url trusted_realm() const;
  Grant bearer(const Scope& scope, const Credentials* credentials);
  Grant basic(const Credentials* credentials);

  std::string host_;
  net::Send send_;
  RegistryOptions options_;
  std::string scheme_ = "https";
  std::optional<Challenge> challenge_;
  std::optional<std::chrono::seconds> retry_after_;
};

/// "Bearer realm="…",service="…"" of WWW-Authenticate headers; Bearer is preferred. nullopt: neither.
std::optional<Challenge> parse_challenge(const std::vector<net::Header>& headers);

/// "Basic " and the base64 of USER:PASSWORD.
SecretBytes basic_authorization(const Credentials& credentials);

}  // namespace regvault::access
