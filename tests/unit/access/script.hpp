/// Servers that answer by a script, without a network: what is sent is noted, and answered by the first row that fits.
#pragma once

#include <string>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/net/http_client.hpp>

namespace regvault::access {

struct Row {
  std::string request;  ///< "GET https://ghcr.io/v2/"; with " *" behind it only when it has an Authorization
  int status = 200;
  std::string body = {};
  std::vector<net::Header> headers = {};
};

class Script {
 public:
  explicit Script(std::vector<Row> rows) : rows_(std::move(rows)) {}

  net::Send send() {
    return [this](const net::HttpRequest& request) { return answer(request); };
  }

  std::vector<std::string> sent;         ///< "GET https://ghcr.io/v2/ *"
  std::vector<std::string> credentials;  ///< of each request that had any

 private:
  net::HttpResponse answer(const net::HttpRequest& request) {
    std::string line = request.method + " " + request.url.text();
    std::string noted = line + (request.authorization.empty() ? "" : " *");
    sent.push_back(noted);
    if (!request.authorization.empty()) credentials.emplace_back(request.authorization.view());
    for (const Row& row : rows_) {
      if (row.request != noted && row.request != line) continue;
      return {.status = row.status,
              .headers = row.headers,
              .body = SecretBytes::copy_of(row.body),
              .url = net::parse_url(request.url.text())};
    }
    throw Error(ErrorCode::program_failed, request.url.authority() + " cannot be reached (no such host)", {}, {},
                "unreachable");
  }

  std::vector<Row> rows_;
};

inline Row challenge(const std::string& host, const std::string& value) {
  return {"GET https://" + host + "/v2/", 401, "{}", {{"WWW-Authenticate", value}}};
}

inline const std::string kGhcrChallenge =
    "Bearer realm=\"https://ghcr.io/token\",service=\"ghcr.io\",scope=\"repository:user/image:pull\"";

inline const std::string kDigest = "sha256:" + std::string(64, 'a');

inline std::string errors(const std::string& code, const std::string& message) {
  return R"({"errors":[{"code":")" + code + R"(","message":")" + message + R"("}]})";
}

}  // namespace regvault::access
