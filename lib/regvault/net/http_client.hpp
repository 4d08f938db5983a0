/// A small HTTPS client: one request, one answer, and nothing that a registry has no need of.
///
///     HttpOptions options = http_options(environment);                    // proxy and authorities
///     HttpClient client(std::move(options));
///     HttpResponse answer = client.send({.url = parse_url("https://ghcr.io/v2/")});      // status 401
///
/// Safe by construction: https only (http to this machine, if the options allow it); TLS 1.2 or later, certificate and
/// name verified; headers and body bounded, and all of it within a time; redirects are not followed unless the request
/// says so, then over https only, and Authorization goes to the origin it was meant for alone; a proxy is used by
/// CONNECT and sees no request. A connection serves one request.
///
/// Throws Error(program_failed) whose `reason` is a stable word: unreachable, timeout, tls-unknown-authority,
/// tls-expired, tls, plain-http, proxy, not-a-registry (no HTTP, or too much of it); Error(refused), reason "redirect",
/// for a redirect that is not followed; Error(usage) for a request that must not be sent. Any HTTP status is an answer.
///
/// A client may be used by several threads only one after the other.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include <regvault/net/http_message.hpp>
#include <regvault/net/proxy.hpp>
#include <regvault/net/trust.hpp>

namespace regvault::net {

struct HttpOptions {
  ProxySettings proxy = {};
  TrustSettings trust = {};
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds timeout{30'000};  ///< for all of a request, with its redirects
  std::size_t max_body = 4 * 1024 * 1024;
  std::string user_agent = "regvault";
  bool plain_http_on_loopback = false;
};

HttpOptions http_options(const Lookup& environment);

/// What sends a request: HttpClient::send, or a test's own.
using Send = std::function<HttpResponse(const HttpRequest&)>;

class HttpClient {
 public:
  explicit HttpClient(HttpOptions options);

  HttpResponse send(const HttpRequest& request);

 private:
  HttpResponse send_once(const HttpRequest& request, std::chrono::steady_clock::time_point end);
  ssl_ctx_st& context();

  HttpOptions options_;
  TlsContext context_;  // from the first https request on
};

}  // namespace regvault::net
