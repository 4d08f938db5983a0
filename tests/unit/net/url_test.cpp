#include <regvault/net/url.hpp>

#include <gtest/gtest.h>

#include <regvault/base/error.hpp>

namespace regvault::net {
namespace {

struct Row {
  std::string name, text, authority, host, target;
  std::uint16_t port;
};

TEST(Url, Parses) {
  const Row rows[] = {
      {"plain", "https://ghcr.io/v2/", "ghcr.io", "ghcr.io", "/v2/", 443},
      {"no path", "https://ghcr.io", "ghcr.io", "ghcr.io", "/", 443},
      {"upper case", "HTTPS://GHCR.io/V2", "ghcr.io", "ghcr.io", "/V2", 443},
      {"port", "https://localhost:5000/a?b=c", "localhost:5000", "localhost", "/a?b=c", 5000},
      {"usual port", "https://ghcr.io:443/", "ghcr.io", "ghcr.io", "/", 443},
      {"query without a path", "https://ghcr.io?x=1", "ghcr.io", "ghcr.io", "/?x=1", 443},
      {"fragment", "https://ghcr.io/a#b", "ghcr.io", "ghcr.io", "/a", 443},
      {"IPv6", "http://[::1]:5000/v2/", "[::1]:5000", "::1", "/v2/", 5000},
      {"at in the path", "https://ghcr.io/v2/a@b", "ghcr.io", "ghcr.io", "/v2/a@b", 443},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    Url url = parse_url(row.text);
    EXPECT_EQ(url.authority(), row.authority);
    EXPECT_EQ(url.host, row.host);
    EXPECT_EQ(url.target, row.target);
    EXPECT_EQ(url.port, row.port);
  }
}

TEST(Url, RefusesAndNeverShows) {
  const std::pair<std::string, std::string> rows[] = {
      {"https://user:geheim@ghcr.io/", "it holds a user or a password"},
      {"https://geheim@ghcr.io/", "it holds a user or a password"},
      {"ghcr.io", "it has no scheme"},
      {"ftp://ghcr.io/geheim", "it is neither https nor http"},
      {"https:///v2/", "its host is no host"},
      {"https://gh cr.io/", "there are blanks or control characters in it"},
      {"https://ghcr.io/\r\nX: y", "there are blanks or control characters in it"},
      {"https://ghcr.io/\xc3\xa4", "there are blanks or control characters in it"},
      {"https://ghcr.io:0/", "its port is no port"},
      {"https://ghcr.io:65536/", "its port is no port"},
      {"https://ghcr.io:80x/", "its port is no port"},
      {"https://[::1/", "its host is no host"},
      {"https://[ghcr.io]/", "its host is no host"},
      {"https://ghcr.io\\@evil.example/", "it holds a user or a password"},
      {"https://ghcr.io\\evil.example/", "its host is no host"},
  };
  for (const auto& [text, why] : rows) {
    SCOPED_TRACE(text);
    try {
      parse_url(text);
      ADD_FAILURE() << "not refused";
    } catch (const Error& error) {
      EXPECT_EQ(error.message, "not a URL that can be asked: " + why);
      EXPECT_EQ(error.reason, "url");
    }
  }
}

TEST(Url, ResolvesReferences) {
  Url base = parse_url("https://ghcr.io/v2/octo/app?x=/y");
  const std::pair<std::string, std::string> rows[] = {
      {"https://other.example:8443/z", "https://other.example:8443/z"},
      {"//other.example/z", "https://other.example/z"},
      {"/token?realm=https://x", "https://ghcr.io/token?realm=https://x"},
      {"other", "https://ghcr.io/v2/octo/other"},
      {"?y=2", "https://ghcr.io/v2/octo/app?y=2"},
  };
  for (const auto& [reference, text] : rows) EXPECT_EQ(resolved(base, reference).text(), text);
  EXPECT_THROW(resolved(base, "https://u:p@ghcr.io/"), Error);
}

TEST(Url, Origins) {
  EXPECT_TRUE(same_origin(parse_url("https://ghcr.io/a"), parse_url("https://GHCR.io:443/b")));
  EXPECT_FALSE(same_origin(parse_url("https://ghcr.io/"), parse_url("https://ghcr.io:444/")));
  EXPECT_FALSE(same_origin(parse_url("https://ghcr.io/"), parse_url("http://ghcr.io:443/")));
  EXPECT_FALSE(same_origin(parse_url("https://ghcr.io/"), parse_url("https://a.ghcr.io/")));
}

TEST(Url, Loopback) {
  for (const char* host : {"localhost", "127.0.0.1", "127.9.9.9", "::1"}) EXPECT_TRUE(is_loopback(host));
  for (const char* host : {"localhost.example", "127.0.0.1.example", "127.example", "10.0.0.1", "::2", "0.0.0.0"}) {
    EXPECT_FALSE(is_loopback(host)) << host;
  }
}

TEST(Url, PercentEncoding) {
  EXPECT_EQ(percent_encoded("octo/app:1 ä&="), "octo%2Fapp%3A1%20%C3%A4%26%3D");
  EXPECT_EQ(percent_encoded("aZ09-._~"), "aZ09-._~");
}

}  // namespace
}  // namespace regvault::net
