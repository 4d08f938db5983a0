/// Which proxy a request goes through, as the variables say: HTTPS_PROXY and NO_PROXY, or in lower case.
///
///     ProxySettings settings = proxy_settings(environment);
///     if (const Proxy* proxy = proxy_for(url, settings)) …
///
/// HTTP_PROXY is not read: the only plain http there is goes to this machine, and that never through a proxy. NO_PROXY
/// as Go's programs (docker, podman, kubectl) read it: "*", "acme.com" (it and what is under it), ".acme.com" (only
/// what is under it), addresses and networks ("10.0.0.0/8"), each with or without a port.
/// (golang.org/x/net/http/httpproxy)
///
/// Throws Error(usage), reason "proxy", for a proxy that is none we can use; its user and password are never shown.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <regvault/net/url.hpp>
#include <regvault/secret/secret_bytes.hpp>

namespace regvault::net {

/// Looks an environment variable up.
using Lookup = std::function<std::optional<std::string>(const std::string& name)>;

struct Proxy {
  Url url;                    ///< http or https
  SecretBytes authorization;  ///< the value of Proxy-Authorization; empty: none
};

struct ProxySettings {
  std::optional<Proxy> https = {};
  std::vector<std::string> exceptions = {};  ///< NO_PROXY, in lower case
};

ProxySettings proxy_settings(const Lookup& environment);

/// nullptr: straight to the host. Always so for this machine.
const Proxy* proxy_for(const Url& url, const ProxySettings& settings);

}  // namespace regvault::net
