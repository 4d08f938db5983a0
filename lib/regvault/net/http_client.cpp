#include <regvault/net/http_client.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/net/response_parser.hpp>
#include <regvault/net/stream.hpp>
#include <regvault/net/tls_stream.hpp>

namespace regvault::net {
namespace {

constexpr std::size_t kReadSize = 16 * 1024;
constexpr int kMostRedirects = 5;

void refuse_plain_http(const Url& url, bool allowed_here) {
  if (url.is_https()) return;
  if (is_loopback(url.host) && allowed_here) return;
  throw Error(ErrorCode::usage, "plain HTTP is not spoken to " + url.authority(),
              is_loopback(url.host) ? "--insecure allows it to this machine" : "use https", {}, "plain-http");
}

/// A request and its answer on an open connection.
HttpResponse exchange(Stream& stream, const HttpRequest& request, const HttpOptions& options, Deadline deadline) {
  stream.send(written(request, options.user_agent).view(), deadline);
  bool without_body = request.method == "HEAD" || request.method == "CONNECT";
  SecretBytes buffer(kReadSize);
  ResponseParser parser(request.url.authority(), without_body, options.max_body);
  while (!parser.is_done()) {
    std::size_t count = stream.receive(buffer.data(), buffer.size(), deadline);
    if (count == 0) {
      parser.end();
      break;
    }
    parser.put({buffer.data(), count});
  }
  return parser.take();
}

// --------------------------------------------------------------------------------------------------------- connections

/// The streams of one connection, each over the one before it.
class Connection {
 public:
  Connection(const Url& url, const HttpOptions& options, ssl_ctx_st* context, Deadline end) {
    Deadline soon = std::min(end, std::chrono::steady_clock::now() + options.connect_timeout);
    if (const Proxy* proxy = proxy_for(url, options.proxy)) {
      open_through(*proxy, url, options, context, soon);
    } else {
      streams_.push_back(std::make_unique<TcpStream>(url, soon));
    }
    if (url.is_https()) add_tls(*context, url, soon);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    while (!streams_.empty()) streams_.pop_back();  // the upper ones refer to the lower
  }

  Stream& stream() { return *streams_.back(); }

 private:
  void add_tls(ssl_ctx_st& context, const Url& peer, Deadline deadline) {
    streams_.push_back(std::make_unique<TlsStream>(stream(), context, peer, deadline));
  }

  void open_through(const Proxy& proxy, const Url& url, const HttpOptions& options, ssl_ctx_st* context,
                    Deadline deadline) {
    HttpResponse answer;
    try {
      streams_.push_back(std::make_unique<TcpStream>(proxy.url, deadline));
      if (proxy.url.is_https()) add_tls(*context, proxy.url, deadline);
      HttpRequest request{.method = "CONNECT", .url = url};
      request.authorization = SecretBytes::copy_of(proxy.authorization.view());
      answer = exchange(stream(), request, options, deadline);
    } catch (const Error& error) {
      std::string what = error.message.substr(std::min(error.message.find(' '), error.message.size()));
      throw Error(ErrorCode::program_failed, "the proxy " + proxy.url.authority() + what, {}, {}, "proxy");
    }
    if (answer.status / 100 == 2) return;
    std::string why = answer.status == 407 ? "it wants a login, or another one" : std::to_string(answer.status);
    throw Error(ErrorCode::program_failed,
                "the proxy " + proxy.url.authority() + " does not connect to " + url.authority() + " (" + why + ")", {},
                {}, "proxy");
  }

  std::vector<std::unique_ptr<Stream>> streams_;
};

// ----------------------------------------------------------------------------------------------------------- redirects

bool is_redirect(const HttpResponse& response) {
  constexpr std::array kRedirects{301, 302, 303, 307, 308};
  return std::ranges::find(kRedirects, response.status) != kRedirects.end() && !response.header("Location").empty();
}

[[noreturn]] void refuse_redirect(const Url& from, const std::string& why) {
  throw Error(ErrorCode::refused, from.authority() + " redirects " + why, {}, {}, "redirect");
}

Url next_url(const HttpResponse& response) {
  Url next;
  try {
    next = resolved(response.url, response.header("Location"));
  } catch (const Error&) {
    refuse_redirect(response.url, "to no URL that can be asked");
  }
  if (response.url.is_https() && !next.is_https()) refuse_redirect(response.url, "to plain HTTP");
  return next;
}

}  // namespace

HttpOptions http_options(const Lookup& environment) {
  HttpOptions options;
  options.proxy = proxy_settings(environment);
  options.trust = trust_settings(environment);
  return options;
}

HttpClient::HttpClient(HttpOptions options) : options_(std::move(options)) {}

ssl_ctx_st& HttpClient::context() {
  if (!context_) context_ = tls_context(options_.trust);
  return *context_;
}

HttpResponse HttpClient::send_once(const HttpRequest& request, Deadline end) {
  refuse_plain_http(request.url, options_.plain_http_on_loopback);
  check_request(request);
  Connection connection(request.url, options_, request.url.is_https() ? &context() : nullptr, end);
  HttpResponse response = exchange(connection.stream(), request, options_, end);
  response.url = request.url;
  return response;
}

HttpResponse HttpClient::send(const HttpRequest& request) {
  Deadline end = std::chrono::steady_clock::now() + options_.timeout;
  HttpResponse response = send_once(request, end);
  bool may_follow = request.method == "GET" || request.method == "HEAD";
  bool trusted = true;
  for (int left = std::min(request.redirects, kMostRedirects); may_follow && is_redirect(response); --left) {
    if (left == 0) {
      if (request.redirects > 0) refuse_redirect(response.url, "too often");
      break;
    }
    HttpRequest next{.method = request.method, .url = next_url(response), .headers = request.headers};
    trusted = trusted && same_origin(next.url, request.url);  // once gone astray it is never given again
    if (trusted) next.authorization = SecretBytes::copy_of(request.authorization.view());
    response = send_once(next, end);
  }
  return response;
}

}  // namespace regvault::net
