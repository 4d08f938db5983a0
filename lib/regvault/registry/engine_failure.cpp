#include <regvault/registry/engine_failure.hpp>

#include <algorithm>
#include <array>

namespace regvault {
namespace {

struct KnownFailure {
  std::string_view text;     ///< in the engine's output
  std::string_view reason;   ///< our stable word
  std::string_view message;  ///< after "podman: ghcr.io "
  std::string_view hint;
  std::string_view docker_hint = {};  ///< where it differs
};

constexpr std::string_view kCheckToken =
    "check the user name and the token: expired? of the right account? (ghcr.io takes classic tokens only)";
constexpr std::string_view kCheckNetwork = "check the name and the host's network, proxy and firewall";

// The first that matches counts. Source of the texts: podman 4.3.1, docker 28.2.2, GitHub's and Docker's registries.
constexpr std::array kKnownFailures{
    KnownFailure{"x509: certificate signed by unknown authority", "tls-unknown-authority",
                 "has a certificate of an unknown authority",
                 "install the authority's certificate, or name its directory: cert_dir",
                 "install the authority's certificate on the host, or as /etc/docker/certs.d/HOST/ca.crt"},
    KnownFailure{"certificate has expired or is not yet valid", "tls-expired",
                 "has a certificate that is not valid now", "check the host's clock, then the registry's certificate"},
    KnownFailure{"x509: ", "tls", "has a certificate that does not fit", "check the registry's name and certificate"},
    KnownFailure{"server gave HTTP response to HTTPS client", "plain-http", "speaks plain HTTP, not HTTPS",
                 "give the registry TLS; if plain HTTP is meant: tls_verify: false",
                 "give the registry TLS; docker allows plain HTTP only by insecure-registries in its daemon.json"},
    KnownFailure{"proxyconnect", "proxy", "cannot be reached through the proxy",
                 "check HTTPS_PROXY and NO_PROXY of the task"},
    KnownFailure{"does not match expected scopes", "missing-scope", "refused the token: a scope is missing",
                 "make a classic token with the scope read:packages (to push: write:packages)"},
    KnownFailure{"SAML", "single-sign-on", "refused the token: its organization wants single sign-on (SAML)",
                 "authorize the token for the organization: https://github.com/settings/tokens, Configure SSO"},
    KnownFailure{"personal access token (classic)", "token-kind",
                 "refused the token: its organization forbids classic tokens", "ask an owner of the organization"},
    KnownFailure{"IP allow list", "address-not-allowed",
                 "refused the login: this host's address is not on the organization's list",
                 "ask an owner of the organization to allow the address the host has on the internet"},
    KnownFailure{"secondary rate limit", "rate-limit", "limits the number of requests",
                 "wait, then run the task again"},
    KnownFailure{"toomanyrequests", "rate-limit", "limits the number of requests", "wait, then run the task again"},
    KnownFailure{"429 Too Many", "rate-limit", "limits the number of requests", "wait, then run the task again"},
    KnownFailure{"invalid username/password", "credentials-refused",
                 "refused the credentials (invalid username/password)", kCheckToken},
    KnownFailure{"User cannot be authenticated", "credentials-refused",
                 "refused the credentials (user cannot be authenticated)", kCheckToken},
    KnownFailure{"incorrect username or password", "credentials-refused",
                 "refused the credentials (incorrect username or password)", kCheckToken},
    KnownFailure{"401 Unauthorized", "credentials-refused", "refused the credentials (401 Unauthorized)", kCheckToken},
    KnownFailure{"unauthorized: ", "credentials-refused", "refused the credentials (unauthorized)", kCheckToken},
    KnownFailure{"403 (Forbidden)", "credentials-refused", "refused the credentials (403 Forbidden)", kCheckToken},
    KnownFailure{"403 Forbidden", "credentials-refused", "refused the credentials (403 Forbidden)", kCheckToken},
    KnownFailure{": denied: ", "credentials-refused", "refused the credentials (denied)", kCheckToken},
    KnownFailure{"resource is denied", "credentials-refused", "refused the credentials (denied)", kCheckToken},
    KnownFailure{"invalid character '<'", "not-a-registry", "answers with a web page, not as a registry does",
                 "check the name; is a captive portal or a proxy in between?"},
    KnownFailure{"connection refused", "unreachable", "cannot be reached (connection refused)", kCheckNetwork},
    KnownFailure{"no such host", "unreachable", "cannot be reached (no such host)", kCheckNetwork},
    KnownFailure{"failure in name resolution", "unreachable", "cannot be reached (no such host)", kCheckNetwork},
    KnownFailure{"server misbehaving", "unreachable", "cannot be reached (the name server does not answer)",
                 kCheckNetwork},
    KnownFailure{"network is unreachable", "unreachable", "cannot be reached (network is unreachable)", kCheckNetwork},
    KnownFailure{"no route to host", "unreachable", "cannot be reached (no route to host)", kCheckNetwork},
    KnownFailure{"TLS handshake timeout", "timeout", "does not answer (TLS handshake timeout)", kCheckNetwork},
    KnownFailure{"i/o timeout", "timeout", "does not answer (i/o timeout)", kCheckNetwork},
    KnownFailure{"Client.Timeout", "timeout", "does not answer (timeout)", kCheckNetwork},
    KnownFailure{"context deadline exceeded", "timeout", "does not answer (timeout)", kCheckNetwork},
    KnownFailure{"connection reset by peer", "unreachable", "closed the connection", kCheckNetwork},
    KnownFailure{": EOF", "unreachable", "closed the connection", kCheckNetwork},
};

const KnownFailure* known_failure(std::string_view output) {
  for (const KnownFailure& known : kKnownFailures) {
    if (output.find(known.text) != std::string_view::npos) return &known;
  }
  return nullptr;
}

// The registry answered, and said no: another try with the same token would be the same, or lock the account.
constexpr std::array<std::string_view, 5> kRefusals{"credentials-refused", "missing-scope", "single-sign-on",
                                                    "token-kind", "address-not-allowed"};

std::string begin(Engine engine) {
  return std::string(engine_name(engine)) + ": ";
}

}  // namespace

EngineFailure explained(Engine engine, const RegistryReference& registry, std::string_view output, std::string shown,
                        std::string_view how_it_ended) {
  const KnownFailure* known = known_failure(output);
  if (known == nullptr) {
    std::string_view last = std::string_view(shown).substr(shown.rfind('\n') + 1);
    std::string message = begin(engine) + "login to " + registry.name() + " failed (" + std::string(how_it_ended) + ")";
    if (!last.empty()) message += ": " + std::string(last);
    return {Error(ErrorCode::program_failed, std::move(message), {}, {}, "engine"), engine, std::move(shown)};
  }
  bool refused = std::ranges::find(kRefusals, known->reason) != kRefusals.end();
  bool differs = engine == Engine::docker && !known->docker_hint.empty();
  return {Error(refused ? ErrorCode::refused : ErrorCode::program_failed,
                begin(engine) + registry.name() + " " + std::string(known->message),
                std::string(differs ? known->docker_hint : known->hint), {}, known->reason),
          engine, std::move(shown)};
}

EngineFailure no_answer(Engine engine, const RegistryReference& registry, std::string shown,
                        std::string_view how_it_ended) {
  return {Error(ErrorCode::program_failed, begin(engine) + registry.name() + ": " + std::string(how_it_ended),
                std::string(kCheckNetwork) + "; to wait longer: timeout: 120", {}, "timeout"),
          engine, std::move(shown)};
}

EngineFailure nothing_stored(Engine engine, const RegistryReference& registry) {
  return {Error(ErrorCode::program_failed,
                begin(engine) + "logged in to " + registry.name() + ", but stored no entry for it", {}, {}, "no-entry"),
          engine,
          {}};
}

}  // namespace regvault
