/// The URLs a request may go to: http and https, in ASCII, without a user.
///
///     Url url = parse_url("https://ghcr.io/v2/");       // host "ghcr.io", port 443, target "/v2/"
///     Url next = resolved(url, "/token?scope=x");       // what a Location header means
///
/// Whatever comes out of here may be put into a request line or a Host header: control characters, blanks and bytes
/// beyond ASCII are refused, not encoded. parse_url throws Error(usage), reason "url"; a user or password before the
/// host is refused and not shown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace regvault::net {

struct Url {
  std::string scheme = {};  ///< "https" or "http"
  std::string host = {};    ///< lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string target = {};  ///< path and query, from the "/" on; a fragment is dropped

  bool is_https() const { return scheme == "https"; }
  std::string authority() const;      ///< "ghcr.io", "localhost:5000", "[::1]:5000": the port where it is not the usual
  std::string host_and_port() const;  ///< the same, always with the port
  std::string text() const;
};

Url parse_url(std::string_view text);

/// A reference as in Location headers: absolute, "//host/path", "/path" or, beside the base's last "/", "path".
Url resolved(const Url& base, std::string_view reference);

/// Equal scheme, host and port: only then may credentials go to both.
bool same_origin(const Url& a, const Url& b);

/// "localhost", names under it, 127.0.0.0/8 and ::1.
bool is_loopback(std::string_view host);

bool is_ip_address(std::string_view host);

/// RFC 3986: everything but letters, digits and "-._~" becomes %XX.
std::string percent_encoded(std::string_view text);

}  // namespace regvault::net
