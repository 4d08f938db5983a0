#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <future>

#include <regvault/base/error.hpp>
#include <regvault/net/http_client.hpp>

#include "server.hpp"

namespace regvault::net {
namespace {

using namespace std::chrono_literals;

constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

class Tls : public testing::Test {
 protected:
  Tls() {
    std::string pattern = testing::TempDir() + "regvault-net-XXXXXX";
    directory_ = mkdtemp(pattern.data());
    std::filesystem::create_directory(directory_ + "/certs");
    std::ofstream(directory_ + "/ca.pem") << pem(authority_);
    std::ofstream(directory_ + "/other.pem") << pem(make_identity("another authority", nullptr, ""));
    std::ofstream(directory_ + "/certs/ca.crt") << pem(authority_);
  }
  ~Tls() override { std::filesystem::remove_all(directory_); }

  HttpOptions options(const std::string& file = "ca.pem") const {
    HttpOptions out;
    out.trust.file = directory_ + "/" + file;
    out.timeout = 10s;
    return out;
  }

  std::string outcome(const std::string& url, HttpOptions options) const {
    try {
      HttpResponse response = HttpClient(std::move(options)).send({.url = parse_url(url)});
      return std::to_string(response.status) + " " + std::string(response.body.view());
    } catch (const Error& error) {
      std::string text = error.reason + ": " + error.message, name = parse_url(url).authority();
      std::size_t at = text.find(name);
      return at == std::string::npos ? text : text.replace(at, name.size(), "SERVER");
    }
  }

  Identity authority_ = make_identity("an authority", nullptr, "");
  Identity right_ = make_identity("registry", &authority_, "DNS:registry.test,DNS:localhost,IP:127.0.0.1");
  std::string directory_;
};

TEST_F(Tls, TrustsWhatItWasGiven) {
  Server server(Server::answering(kOk), &right_);
  EXPECT_EQ(outcome(server.url(), options()), "200 ok");
  EXPECT_EQ(outcome(server.url("/", "localhost"), options()), "200 ok");
  HttpOptions extra = options("other.pem");
  extra.trust.extra_directory = directory_ + "/certs";
  EXPECT_EQ(outcome(server.url(), std::move(extra)), "200 ok");
}

TEST_F(Tls, ReadsTheUsualFileWhenItIsNeeded) {
  Identity middle = make_identity("between", &authority_, "", -3600, 86400, true);
  Identity below = make_identity("registry", &middle, "IP:127.0.0.1");
  Server server(Server::answering(kOk), &below);
  SSL_CTX_add0_chain_cert(server.context(), (X509_up_ref(middle.certificate.get()), middle.certificate.get()));
  HttpOptions usual;
  usual.trust.directories = directory_;  // none in it by a hashed name
  usual.trust.usual_files = {directory_ + "/none.pem", directory_ + "/ca.pem"};
  EXPECT_EQ(outcome(server.url(), std::move(usual)), "200 ok");
  HttpOptions other;
  other.trust.usual_files = {directory_ + "/other.pem"};
  EXPECT_EQ(outcome(server.url(), std::move(other)),
            "tls-unknown-authority: SERVER has a certificate of an unknown authority");
}

TEST_F(Tls, FindsAuthoritiesInDirectories) {
  std::string command = "openssl rehash " + directory_ + "/certs";
  ASSERT_EQ(std::system(command.c_str()), 0);
  Server server(Server::answering(kOk), &right_);
  HttpOptions hashed;
  hashed.trust.directories = directory_ + "/certs";
  hashed.trust.usual_files.clear();
  EXPECT_EQ(outcome(server.url(), std::move(hashed)), "200 ok");
}

TEST_F(Tls, RefusesAnUnknownAuthority) {
  Server server(Server::answering(kOk), &right_);
  EXPECT_EQ(outcome(server.url(), options("other.pem")),
            "tls-unknown-authority: SERVER has a certificate of an unknown authority");
  EXPECT_EQ(outcome(server.url(), HttpOptions()),
            "tls-unknown-authority: SERVER has a certificate of an unknown authority");
  Identity own = make_identity("registry", nullptr, "IP:127.0.0.1");
  Server self_signed(Server::answering(kOk), &own);
  EXPECT_EQ(outcome(self_signed.url(), options()),
            "tls-unknown-authority: SERVER has a certificate of an unknown authority");
}

TEST_F(Tls, RefusesWhatIsNotValidNow) {
  for (auto [from, until] : {std::pair(-7200L, -3600L), std::pair(3600L, 7200L)}) {
    Identity identity = make_identity("registry", &authority_, "IP:127.0.0.1", from, until);
    Server server(Server::answering(kOk), &identity);
    EXPECT_EQ(outcome(server.url(), options()), "tls-expired: SERVER has a certificate that is not valid now");
  }
}

TEST_F(Tls, RefusesAnotherName) {
  Identity identity = make_identity("127.0.0.1", &authority_, "DNS:registry.test,DNS:127.0.0.1,IP:127.0.0.2");
  Server server(Server::answering(kOk), &identity);
  EXPECT_EQ(outcome(server.url(), options()), "tls: SERVER has a certificate for another name");
  EXPECT_EQ(outcome(server.url("/", "localhost"), options()), "tls: SERVER has a certificate for another name");
}

TEST_F(Tls, RefusesOldVersions) {
  Server server(Server::answering(kOk), &right_);
  SSL_CTX_set_min_proto_version(server.context(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(server.context(), TLS1_1_VERSION);
  SSL_CTX_set_security_level(server.context(), 0);
  EXPECT_EQ(outcome(server.url(), options()).substr(0, 38), "tls: SERVER cannot be spoken to by TLS");
}

TEST_F(Tls, AnAnswerInTheClear) {
  Server server([](const Peer& peer) {
    char bytes[4096];
    peer.read(bytes, sizeof(bytes));
    peer.write("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTPS request to an HTTP server.\n");
  });
  std::string url = "https" + server.url().substr(4);
  EXPECT_EQ(outcome(url, options()), "plain-http: SERVER speaks plain HTTP, not HTTPS");
}

TEST_F(Tls, SomethingElseAnswers) {
  Server server([](const Peer& peer) {
    char bytes[4096];
    peer.read(bytes, sizeof(bytes));
    peer.write("SSH-2.0-OpenSSH_9.2p1 Debian\r\n");
  });
  EXPECT_EQ(outcome("https" + server.url().substr(4), options()).substr(0, 38),
            "tls: SERVER cannot be spoken to by TLS");
}

TEST_F(Tls, ClosedInTheHandshake) {
  Server server([](const Peer& peer) {
    char bytes[4096];
    peer.read(bytes, sizeof(bytes));
  });
  EXPECT_EQ(outcome("https" + server.url().substr(4), options()),
            "unreachable: SERVER cannot be reached (it closed the connection)");
}

TEST_F(Tls, SilenceInTheHandshake) {
  Server server([](const Peer& peer) {
    char bytes[4096];
    while (peer.read(bytes, sizeof(bytes)) > 0) {
    }
  });
  HttpOptions hasty = options();
  hasty.connect_timeout = 200ms;
  EXPECT_EQ(outcome("https" + server.url().substr(4), std::move(hasty)), "timeout: SERVER does not answer (timeout)");
}

TEST_F(Tls, ABodyCutOffIsNoAnswer) {
  Server server(
      [](const Peer& peer) {
        peer.read_request();
        peer.write("HTTP/1.0 200 OK\r\n\r\nhalf of the bo");
        shutdown(peer.socket, SHUT_RDWR);  // without TLS's own end
      },
      &right_);
  EXPECT_EQ(outcome(server.url(), options()), "unreachable: SERVER cannot be reached (it closed the connection)");
}

TEST_F(Tls, RedirectsNeverLeaveTls) {
  Server plain(Server::answering(kOk));
  Server server(Server::answering("HTTP/1.1 302 Found\r\nLocation: " + plain.url() + "\r\nContent-Length: 0\r\n\r\n"),
                &right_);
  HttpOptions lax = options();
  lax.plain_http_on_loopback = true;
  HttpRequest request{.url = parse_url(server.url())};
  request.redirects = 5;
  try {
    HttpClient(std::move(lax)).send(request);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.reason, "redirect");
    EXPECT_EQ(error.message, "127.0.0.1:" + std::to_string(server.port) + " redirects to plain HTTP");
  }
}

TEST_F(Tls, CertificatesThatAreNotThere) {
  EXPECT_EQ(outcome("https://127.0.0.1:1/", options("none.pem")),
            "certificates: cannot read certificates from \"" + directory_ + "/none.pem\"");
  HttpOptions extra = options();
  extra.trust.extra_directory = directory_;
  EXPECT_EQ(outcome("https://127.0.0.1:1/", std::move(extra)),
            "certificates: no certificate (*.crt) is in \"" + directory_ + "\"");
}

// ------------------------------------------------------------------------------------------------------------- proxies

/// Connects whoever asks for registry.test to `port` of this machine.
struct ConnectProxy {
  std::uint16_t to = 0;
  std::string answer = "HTTP/1.1 200 Connection established\r\n\r\n";
  std::string seen;
  Server server;

  explicit ConnectProxy(std::uint16_t port, const Identity* identity = nullptr)
      : to(port), server([this](const Peer& peer) { serve(peer); }, identity) {}

  void serve(const Peer& peer) {
    seen = peer.read_request();
    peer.write(answer);
    if (answer.find(" 200 ") == std::string::npos) return;
    int upstream = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(to);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connect(upstream, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    relay(peer, upstream);
    close(upstream);
  }

  static void relay(const Peer& peer, int upstream) {
    char bytes[16 * 1024];
    while (true) {
      bool pending = peer.tls != nullptr && SSL_pending(peer.tls) > 0;
      pollfd both[]{{peer.socket, POLLIN, 0}, {upstream, POLLIN, 0}};
      if (!pending && poll(both, 2, 5000) <= 0) return;
      if (pending || both[0].revents != 0) {
        std::size_t count = peer.read(bytes, sizeof(bytes));
        if (count == 0 || send(upstream, bytes, count, MSG_NOSIGNAL) < 0) return;
      }
      if (both[1].revents != 0) {
        ssize_t count = read(upstream, bytes, sizeof(bytes));
        if (count <= 0 || !peer.write({bytes, static_cast<std::size_t>(count)})) return;
      }
    }
  }
};

TEST_F(Tls, ThroughAProxy) {
  Server registry(Server::answering(kOk), &right_);
  ConnectProxy proxy(registry.port);
  HttpOptions through = options();
  through.proxy.https.emplace(Proxy{parse_url(proxy.server.url()), SecretBytes::copy_of("Basic dXNlcjpwdw==")});
  EXPECT_EQ(outcome("https://registry.test/v2/", std::move(through)), "200 ok");
  EXPECT_EQ(proxy.seen,
            "CONNECT registry.test:443 HTTP/1.1\r\nHost: registry.test:443\r\nUser-Agent: regvault\r\n"
            "Proxy-Authorization: Basic dXNlcjpwdw==\r\n\r\n");
}

TEST_F(Tls, ThroughAProxyThatSpeaksTls) {
  Server registry(Server::answering(kOk), &right_);
  ConnectProxy proxy(registry.port, &right_);
  HttpOptions through = options();
  through.proxy.https.emplace(Proxy{parse_url(proxy.server.url()), {}});
  EXPECT_EQ(outcome("https://registry.test/v2/", std::move(through)), "200 ok");
}

TEST_F(Tls, NotThroughAProxyWhenExcepted) {
  HttpOptions past = options();
  past.proxy.https.emplace(Proxy{parse_url("http://127.0.0.1:1"), {}});
  past.proxy.exceptions = {"registry.invalid"};
  EXPECT_EQ(outcome("https://registry.invalid/", std::move(past)).substr(0, 37),
            "unreachable: SERVER cannot be reached");
}

TEST_F(Tls, ProxiesThatFail) {
  auto through = [&](const std::string& proxy) {
    HttpOptions out = options();
    out.proxy.https.emplace(Proxy{parse_url(proxy), SecretBytes::copy_of("Basic Z2VoZWlt")});
    return outcome("https://registry.test/", std::move(out));
  };
  EXPECT_EQ(through("http://127.0.0.1:1"), "proxy: the proxy 127.0.0.1:1 cannot be reached (connection refused)");
  ConnectProxy proxy(1);
  std::string name = "127.0.0.1:" + std::to_string(proxy.server.port);
  const std::pair<std::string, std::string> rows[] = {
      {"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 3\r\n\r\nabc",
       " does not connect to SERVER (it wants a login, or another one)"},
      {"HTTP/1.1 403 Forbidden\r\n\r\n", " does not connect to SERVER (403)"},
      {"nonsense\r\n\r\n", " does not answer by HTTP"},
  };
  for (const auto& [answer, text] : rows) {
    proxy.answer = answer;
    EXPECT_EQ(through(proxy.server.url()), "proxy: the proxy " + name + text);
  }
}

}  // namespace
}  // namespace regvault::net
