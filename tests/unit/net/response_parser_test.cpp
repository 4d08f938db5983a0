#include <regvault/net/response_parser.hpp>

#include <gtest/gtest.h>

#include <random>

#include <regvault/base/error.hpp>

namespace regvault::net {
namespace {

const std::string kResponses[] = {
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"token\":1}",
    "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"https://ghcr.io/token\"\r\n"
    "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: x\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.0 200 OK\r\nX-Folded: a\r\n b\r\n\r\nuntil the end",
};

/// What the bytes mean, in pieces of this size: status, headers and body, or the reason of the failure.
std::string read(const std::string& bytes, std::size_t piece) {
  ResponseParser parser("server", false, 1000);
  try {
    for (std::size_t at = 0; at < bytes.size() && !parser.is_done(); at += piece) {
      parser.put(std::string_view(bytes).substr(at, piece));
    }
    parser.end();
  } catch (const Error& error) {
    return error.reason;
  }
  HttpResponse response = parser.take();
  std::string out = std::to_string(response.status);
  for (const Header& header : response.headers) out += "|" + header.name + "=" + header.value;
  return out + "|" + std::string(response.body.view());
}

TEST(ResponseParser, ReadsTheSameInPiecesOfAnySize) {
  for (const std::string& response : kResponses) {
    const std::string whole = read(response, response.size());
    EXPECT_TRUE(whole.starts_with("200|") || whole.starts_with("401|") || whole.starts_with("204|")) << whole;
    for (std::size_t piece = 1; piece < response.size(); ++piece) EXPECT_EQ(read(response, piece), whole) << piece;
  }
}

TEST(ResponseParser, CutOffIsNoAnswer) {
  for (const std::string& response : {kResponses[0], kResponses[1], kResponses[2]}) {
    for (std::size_t size = 0; size < response.size(); ++size) {
      EXPECT_EQ(read(response.substr(0, size), 7), "unreachable") << size;
    }
  }
}

/// What Beast itself would keep without end.
TEST(ResponseParser, EndlessIsRefused) {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char* begin : {"1;a=", "1\r\na\r\n000", "0\r\nTrailer: "}) {
    EXPECT_EQ(read(chunked + begin + std::string(200'000, '0'), 16'384), "not-a-registry") << begin;
  }
}

/// What matters here is AddressSanitizer, and that nothing but an Error comes out.
TEST(ResponseParser, DamagedBytes) {
  std::mt19937 random(20261121);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = kResponses[random() % std::size(kResponses)];
    for (unsigned changes = 1 + random() % 4; changes > 0; --changes) {
      std::size_t at = random() % bytes.size();
      switch (random() % 3) {
        case 0:
          bytes[at] = static_cast<char>(random());
          break;
        case 1:
          bytes.erase(at, 1 + random() % 8);
          break;
        default:
          bytes.insert(at, bytes.substr(random() % bytes.size(), random() % 16));
      }
      if (bytes.empty()) break;
    }
    if (!bytes.empty()) read(bytes, 1 + random() % 64);
  }
}

}  // namespace
}  // namespace regvault::net
