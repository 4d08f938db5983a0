/// What is asked, and what is answered.
///
///     HttpRequest request{.method = "GET", .url = parse_url("https://ghcr.io/v2/")};
///     request.authorization = SecretBytes::copy_of("Basic …");
///
/// Whatever may hold a secret (Authorization, both bodies) is in memory that is wiped.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <regvault/net/url.hpp>
#include <regvault/secret/secret_bytes.hpp>

namespace regvault::net {

struct Header {
  std::string name, value;
};

struct HttpRequest {
  std::string method = "GET";
  Url url = {};
  std::vector<Header> headers = {};  ///< besides Host, User-Agent, Connection, Content-Length and Authorization
  SecretBytes authorization = {};    ///< the whole value of Authorization; empty: none
  SecretBytes body = {};
  int redirects = 0;  ///< of GET and HEAD: how many are followed. Otherwise a redirect is an answer like others
};

struct HttpResponse {
  int status = 0;
  std::vector<Header> headers = {};
  SecretBytes body = {};
  Url url = {};  ///< that answered: another one after redirects

  /// The first of this name, in any case; empty: there is none.
  std::string_view header(std::string_view name) const;
};

/// Throws Error(usage), reason "header", for a method, name or value that would not stay where it is put (line breaks).
void check_request(const HttpRequest& request);

/// As it goes over the wire. CONNECT asks a proxy, so its authorization is the proxy's.
SecretBytes written(const HttpRequest& request, std::string_view user_agent);

}  // namespace regvault::net
