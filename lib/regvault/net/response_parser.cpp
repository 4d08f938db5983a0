#include <regvault/net/response_parser.hpp>

#define BOOST_ASIO_NO_IOSTREAM 1  // nothing that runs std::ios_base::Init before main (as in system/process.cpp)

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <regvault/base/error.hpp>

namespace regvault::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using BeastView = boost::beast::string_view;

constexpr std::uint32_t kMaxHeader = 64 * 1024;

constexpr int kMostInterim = 8;

std::string text_of(BeastView text) {
  return {text.data(), text.size()};
}

[[noreturn]] void fail(const std::string& host, const std::string& what, std::string_view reason) {
  throw Error(ErrorCode::program_failed, host + " " + what, {}, {}, reason);
}

void check(const std::string& host, const error_code& error) {
  if (!error || error == http::error::need_more) return;
  if (error == http::error::partial_message || error == http::error::end_of_stream) {
    fail(host, "cannot be reached (it closed the connection)", "unreachable");
  }
  bool large = error == http::error::body_limit || error == http::error::header_limit;
  fail(host, large ? "answers with more than a registry does" : "does not answer by HTTP", "not-a-registry");
}

}  // namespace

/// Beast's parser, with the body going straight into wiped memory.
class ResponseParser::Parser final : public http::basic_parser<false> {
 public:
  explicit Parser(bool without_body, std::size_t max_body) {
    header_limit(kMaxHeader);
    body_limit(max_body);
    eager(true);
    skip(without_body);
  }

  HttpResponse response;

 private:
  void on_request_impl(http::verb, BeastView, BeastView, int, error_code&) override {}
  void on_response_impl(int code, BeastView, int, error_code& error) override {
    response.status = code;
    error = {};
  }
  void on_field_impl(http::field, BeastView name, BeastView value, error_code& error) override {
    response.headers.push_back({text_of(name), text_of(value)});
    error = {};
  }
  void on_header_impl(error_code& error) override { error = {}; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code& error) override { error = {}; }
  std::size_t on_body_impl(BeastView bytes, error_code& error) override {
    response.body.append({bytes.data(), bytes.size()});
    error = {};
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, BeastView, error_code& error) override { error = {}; }
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView bytes, error_code& error) override {
    return on_body_impl(bytes, error);
  }
  void on_finish_impl(error_code& error) override { error = {}; }
};

ResponseParser::ResponseParser(std::string host, bool without_body, std::size_t max_body)
    : host_(std::move(host)),
      without_body_(without_body),
      max_body_(max_body),
      parser_(std::make_unique<Parser>(without_body, max_body)) {}

ResponseParser::~ResponseParser() = default;

void ResponseParser::put(std::string_view bytes) {
  pending_.append(bytes);
  while (!parser_->is_done() && !pending_.empty()) {
    error_code error;
    std::size_t used = parser_->put(boost::asio::buffer(pending_.view().data(), pending_.size()), error);
    check(host_, error);
    pending_.keep(used, pending_.size() - used);
    skip_interim();
    if (used == 0) break;  // it needs more
  }
  // Beast bounds the header and the body, but not the size of a chunk, its extensions, or the trailer.
  if (!parser_->is_done() && pending_.size() > kMaxHeader) check(host_, http::error::header_limit);
}

void ResponseParser::skip_interim() {
  if (!parser_->is_done() || parser_->response.status >= 200) return;
  if (++interim_ > kMostInterim) fail(host_, "does not answer by HTTP", "not-a-registry");
  parser_ = std::make_unique<Parser>(without_body_, max_body_);
}

void ResponseParser::end() {
  if (parser_->is_done()) return;
  error_code error = http::error::end_of_stream;
  if (parser_->got_some()) parser_->put_eof(error);
  check(host_, error);
}

bool ResponseParser::is_done() const {
  return parser_->is_done();
}

HttpResponse ResponseParser::take() {
  return std::move(parser_->response);
}

}  // namespace regvault::net
