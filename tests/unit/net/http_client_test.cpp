#include <regvault/net/http_client.hpp>

#include <gtest/gtest.h>

#include <regvault/base/error.hpp>

#include "server.hpp"

namespace regvault::net {
namespace {

using namespace std::chrono_literals;

HttpOptions here() {
  HttpOptions options;
  options.plain_http_on_loopback = true;
  options.timeout = 10s;
  return options;
}

HttpResponse get(const std::string& url, HttpOptions options = here()) {
  return HttpClient(std::move(options)).send({.url = parse_url(url)});
}

/// "reason: message", with the port taken out.
std::string failure(const std::string& url, HttpOptions options = here(), int redirects = 0) {
  try {
    HttpRequest request{.url = parse_url(url)};
    request.redirects = redirects;
    HttpResponse response = HttpClient(std::move(options)).send(request);
    return "status " + std::to_string(response.status);
  } catch (const Error& error) {
    std::string text = error.reason + ": " + error.message;
    std::string authority = parse_url(url).authority();
    for (std::size_t at; (at = text.find(authority)) != std::string::npos;)
      text.replace(at, authority.size(), "SERVER");
    return text;
  }
}

TEST(HttpClient, SendsAndReceives) {
  std::string seen;
  Server server([&](const Peer& peer) {
    seen = peer.read_request();
    peer.write("HTTP/1.1 202 Accepted\r\nlocation: /next\r\nContent-Length: 5\r\n\r\nhello");
  });
  HttpRequest request{.method = "POST", .url = parse_url(server.url("/v2/a?b=c")), .headers = {{"Accept", "x/y"}}};
  request.authorization = SecretBytes::copy_of("Bearer abc");
  request.body = SecretBytes::copy_of("{}");
  HttpResponse response = HttpClient(here()).send(request);
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.header("Location"), "/next");
  EXPECT_EQ(response.header("Nothing"), "");
  EXPECT_EQ(response.body.view(), "hello");
  EXPECT_EQ(seen, "POST /v2/a?b=c HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port) +
                      "\r\nUser-Agent: regvault\r\nConnection: close\r\nAccept: x/y\r\nAuthorization: Bearer abc\r\n"
                      "Content-Length: 2\r\n\r\n{}");
}

TEST(HttpClient, ReadsEveryKindOfBody) {
  const std::pair<std::string, std::string> rows[] = {
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: r\r\n\r\n", "abcde"},
      {"HTTP/1.0 200 OK\r\n\r\nuntil the end", "until the end"},
      {"HTTP/1.1 204 No Content\r\n\r\n", ""},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""},
      {"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok"},
  };
  for (const auto& [bytes, body] : rows) {
    SCOPED_TRACE(bytes);
    Server server(Server::answering(bytes));
    EXPECT_EQ(get(server.url()).body.view(), body);
    Server slow([&bytes = bytes](const Peer& peer) {
      peer.read_request();
      for (char c : bytes) peer.write({&c, 1});
    });
    EXPECT_EQ(get(slow.url()).body.view(), body);
  }
}

TEST(HttpClient, HeadHasNoBody) {
  Server server(Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"));
  HttpResponse response = HttpClient(here()).send({.method = "HEAD", .url = parse_url(server.url())});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("content-length"), "500");
}

TEST(HttpClient, BodiesAndHeadersAreBounded) {
  std::string large(5000, 'x');
  HttpOptions options = here();
  options.max_body = 4000;
  Server announced(Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + large));
  EXPECT_EQ(failure(announced.url(), std::move(options)),
            "not-a-registry: SERVER answers with more than a registry does");
  options = here();
  options.max_body = 4000;
  Server endless([](const Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (peer.write("3e8\r\n" + std::string(1000, 'x') + "\r\n")) {
    }
  });
  EXPECT_EQ(failure(endless.url(), std::move(options)),
            "not-a-registry: SERVER answers with more than a registry does");
  Server headers([](const Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\n");
    while (peer.write("X: " + std::string(1000, 'x') + "\r\n")) {
    }
  });
  EXPECT_EQ(failure(headers.url()), "not-a-registry: SERVER answers with more than a registry does");
  Server hints([](const Peer& peer) {
    peer.read_request();
    while (peer.write("HTTP/1.1 103 Early Hints\r\n\r\n")) {
    }
  });
  EXPECT_EQ(failure(hints.url()), "not-a-registry: SERVER does not answer by HTTP");
}

TEST(HttpClient, WhatIsNoHttp) {
  const std::pair<std::string, std::string> rows[] = {
      {"SSH-2.0-OpenSSH_9.2\r\n", "not-a-registry: SERVER does not answer by HTTP"},
      {"HTTP/1.1 abc\r\n\r\n", "not-a-registry: SERVER does not answer by HTTP"},
      {"", "unreachable: SERVER cannot be reached (it closed the connection)"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
       "unreachable: SERVER cannot be reached (it closed the connection)"},
      {"HTTP/1.1 200 OK\r\nContent-Le", "unreachable: SERVER cannot be reached (it closed the connection)"},
  };
  for (const auto& [bytes, text] : rows) {
    Server server(Server::answering(bytes));
    EXPECT_EQ(failure(server.url()), text) << bytes;
  }
}

TEST(HttpClient, TimeIsBounded) {
  HttpOptions options = here();
  options.timeout = 300ms;
  Server drops([](const Peer& peer) {
    peer.read_request();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (peer.write("x")) std::this_thread::sleep_for(10ms);
  });
  auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(failure(drops.url(), std::move(options)), "timeout: SERVER does not answer (timeout)");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
}

TEST(HttpClient, SilentServer) {
  HttpOptions options = here();
  options.timeout = 300ms;
  Server* self = nullptr;
  Server silent([&](const Peer& peer) {
    char byte = 0;
    while (peer.read(&byte, 1) == 1) {
    }
  });
  self = &silent;
  EXPECT_EQ(failure(self->url(), std::move(options)), "timeout: SERVER does not answer (timeout)");
}

TEST(HttpClient, Unreachable) {
  EXPECT_EQ(failure("https://127.0.0.1:1/"), "unreachable: SERVER cannot be reached (connection refused)");
  EXPECT_EQ(failure("https://registry.invalid/").substr(0, 37), "unreachable: SERVER cannot be reached");
}

TEST(HttpClient, PlainHttpOnlyToThisMachineAndOnlyIfAllowed) {
  EXPECT_EQ(failure("http://ghcr.io/"), "plain-http: plain HTTP is not spoken to SERVER");
  EXPECT_EQ(failure("http://127.0.0.1:1/", HttpOptions()), "plain-http: plain HTTP is not spoken to SERVER");
  EXPECT_EQ(failure("http://127.0.0.1:1/"), "unreachable: SERVER cannot be reached (connection refused)");
}

// ----------------------------------------------------------------------------------------------------------- redirects

/// Answers with a redirect to `*to`, or with 200 when it is empty; notes what it was asked.
struct Redirecting {
  explicit Redirecting(std::string where = "") : to(std::move(where)) {}

  std::string to;
  std::vector<std::string> seen;
  Server server{[this](const Peer& peer) {
    seen.push_back(peer.read_request());
    std::string head = to.empty() ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 302 Found\r\nLocation: " + to + "\r\n";
    peer.write(head + "Content-Length: 0\r\n\r\n");
  }};

  bool was_given_the_token() const { return seen.back().find("Authorization") != std::string::npos; }
};

HttpResponse get_with_token(const std::string& url, int redirects) {
  HttpRequest request{.url = parse_url(url)};
  request.authorization = SecretBytes::copy_of("Bearer geheim");
  request.redirects = redirects;
  return HttpClient(here()).send(request);
}

TEST(Redirects, AreAnAnswerUnlessAskedFor) {
  Redirecting first{"/next"};
  EXPECT_EQ(get_with_token(first.server.url(), 0).status, 302);
  EXPECT_EQ(first.seen.size(), 1U);
}

TEST(Redirects, DropTheTokenForAnotherOriginAndForGood) {
  Redirecting other, first{other.server.url("/there")};
  HttpResponse response = get_with_token(first.server.url(), 5);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.url.text(), other.server.url("/there"));
  EXPECT_TRUE(first.was_given_the_token());
  EXPECT_FALSE(other.was_given_the_token());

  // There and back again: what the other one sent us to does not get it.
  Redirecting back{first.server.url("/back")};
  first.to = back.server.url();
  back.to = first.server.url("/back");
  EXPECT_THROW(get_with_token(first.server.url(), 2), Error);
  EXPECT_FALSE(first.was_given_the_token());
}

TEST(Redirects, KeepTheTokenWithinTheOrigin) {
  Redirecting first{"/next"};
  EXPECT_THROW(get_with_token(first.server.url(), 3), Error);
  EXPECT_EQ(first.seen.size(), 4U);
  EXPECT_TRUE(first.was_given_the_token());
  EXPECT_TRUE(first.seen.back().starts_with("GET /next "));
}

TEST(Redirects, NeverMoreThanFive) {
  Redirecting loop{"/"};
  EXPECT_EQ(failure(loop.server.url(), here(), 1000), "redirect: SERVER redirects too often");
  EXPECT_EQ(loop.seen.size(), 6U);
}

TEST(Redirects, ToNothingThatMayBeAsked) {
  for (const char* to : {"ftp://x/", "https://user:pw@ghcr.io/", "http://", "gopher:/\x01"}) {
    Redirecting first{to};
    std::string text = failure(first.server.url(), here(), 5);
    EXPECT_TRUE(text == "redirect: SERVER redirects to no URL that can be asked" || text.starts_with("not-a-registry"))
        << text;
  }
  Redirecting elsewhere{"http://ghcr.io/"};
  EXPECT_EQ(failure(elsewhere.server.url(), here(), 5), "plain-http: plain HTTP is not spoken to ghcr.io");
}

TEST(HttpClient, NothingCanBeInjected) {
  struct Row {
    std::string name;
    std::function<void(HttpRequest&)> spoil;
  };
  const Row rows[] = {
      {"method", [](HttpRequest& r) { r.method = "GET / HTTP/1.1\r\nX: "; }},
      {"target", [](HttpRequest& r) { r.url.target = "/ HTTP/1.1\r\nX: y"; }},
      {"relative target", [](HttpRequest& r) { r.url.target = "x"; }},
      {"header name",
       [](HttpRequest& r) {
         r.headers = {{"X\r\nY", "z"}};
       }},
      {"header value",
       [](HttpRequest& r) {
         r.headers = {{"X", "y\nZ: z"}};
       }},
      {"empty name",
       [](HttpRequest& r) {
         r.headers = {{"", "y"}};
       }},
      {"token", [](HttpRequest& r) { r.authorization = SecretBytes::copy_of("Bearer geheim\r\nX: y"); }},
  };
  Redirecting server;
  for (const Row& row : rows) {
    HttpRequest request{.url = parse_url(server.server.url())};
    row.spoil(request);
    try {
      HttpClient(here()).send(request);
      ADD_FAILURE() << row.name;
    } catch (const Error& error) {
      EXPECT_EQ(error.reason, "header") << row.name;
      EXPECT_EQ(error.message.find("geheim"), std::string::npos);
    }
  }
  EXPECT_TRUE(server.seen.empty());
}

}  // namespace
}  // namespace regvault::net
