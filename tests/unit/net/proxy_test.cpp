#include <regvault/net/proxy.hpp>

#include <gtest/gtest.h>

#include <map>

#include <regvault/base/error.hpp>

namespace regvault::net {
namespace {

Lookup variables(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

std::string used(const std::string& url, std::map<std::string, std::string> values) {
  ProxySettings settings = proxy_settings(variables(std::move(values)));
  const Proxy* proxy = proxy_for(parse_url(url), settings);
  return proxy == nullptr ? "" : proxy->url.text();
}

TEST(Proxy, ComesFromVariables) {
  EXPECT_EQ(used("https://ghcr.io/", {}), "");
  EXPECT_EQ(used("https://ghcr.io/", {{"HTTPS_PROXY", "http://p.acme.com:3128"}}), "http://p.acme.com:3128/");
  EXPECT_EQ(used("https://ghcr.io/", {{"https_proxy", "p.acme.com:3128"}}), "http://p.acme.com:3128/");
  EXPECT_EQ(used("https://ghcr.io/", {{"HTTPS_PROXY", "https://p.acme.com"}}), "https://p.acme.com/");
  EXPECT_EQ(used("https://ghcr.io/", {{"HTTP_PROXY", "http://p.acme.com:3128"}}), "");
  EXPECT_EQ(used("https://localhost:5000/", {{"HTTPS_PROXY", "http://p.acme.com:3128"}}), "");
}

TEST(Proxy, Exceptions) {
  struct Row {
    std::string no_proxy, host;
    bool excepted;
  };
  const Row rows[] = {
      {"*", "ghcr.io", true},
      {"ghcr.io", "ghcr.io", true},
      {" GHCR.IO , x", "ghcr.io", true},
      {"ghcr.io", "pkg.ghcr.io", true},
      {"hcr.io", "ghcr.io", false},
      {".ghcr.io", "ghcr.io", false},
      {".ghcr.io", "pkg.ghcr.io", true},
      {"*.ghcr.io", "pkg.ghcr.io", true},
      {"ghcr.io:443", "ghcr.io", true},
      {"ghcr.io:8443", "ghcr.io", false},
      {"10.0.0.0/8", "10.1.2.3", true},
      {"10.0.0.0/8", "11.1.2.3", false},
      {"10.0.0.0/8", "ten.example", false},
      {"10.1.2.3", "10.1.2.3", true},
      {"2.3", "10.1.2.3", false},
      {"fd00::/8", "[fd12::1]", true},
      {"fd00::/8", "[fe80::1]", false},
      {"[fd12::1]", "[fd12::1]", true},
      {"[fd12::1]:5000", "[fd12::1]", false},
      {"10.0.0.0/33", "10.1.2.3", false},
      {"", "ghcr.io", false},
      {":443", "ghcr.io", false},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.no_proxy + " for " + row.host);
    std::string proxy = used("https://" + row.host + "/", {{"HTTPS_PROXY", "p:1"}, {"no_proxy", row.no_proxy}});
    EXPECT_EQ(proxy.empty(), row.excepted);
  }
}

TEST(Proxy, UserAndPassword) {
  ProxySettings settings = proxy_settings(variables({{"HTTPS_PROXY", "http://octo:a%40b@p.acme.com:3128/"}}));
  EXPECT_EQ(settings.https->authorization.view(), "Basic b2N0bzphQGI=");
  EXPECT_EQ(settings.https->url.text(), "http://p.acme.com:3128/");
}

TEST(Proxy, RefusesWhatIsNone) {
  const std::pair<std::string, std::string> rows[] = {
      {"socks5://p.acme.com:1080", "it is neither http nor https"},
      {"http://geheim@:3128", "it has no host"},
      {"http://a:%zz@p", "a %XX in its user or password"},
  };
  for (const auto& [proxy, why] : rows) {
    try {
      proxy_settings(variables({{"HTTPS_PROXY", proxy}}));
      ADD_FAILURE() << proxy;
    } catch (const Error& error) {
      EXPECT_EQ(error.message, "HTTPS_PROXY names no proxy that can be used: " + why);
    }
  }
}

}  // namespace
}  // namespace regvault::net
