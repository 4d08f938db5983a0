#include <regvault/net/http_message.hpp>

#include <algorithm>
#include <array>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>

namespace regvault::net {
namespace {

/// RFC 9110, 5.6.2
bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return alphanumeric || (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
  });
}

bool is_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c == '\t' || (c >= ' ' && c < 0x7f); });
}

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorCode::usage, what + " cannot be sent: there are line breaks or other strange characters in it", {},
              {}, "header");
}

bool has_body(const HttpRequest& request) {
  return !request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
}

void append_header(SecretBytes& out, std::string_view name, std::string_view value) {
  for (std::string_view part : {name, std::string_view(": "), value, std::string_view("\r\n")}) out.append(part);
}

}  // namespace

std::string_view HttpResponse::header(std::string_view name) const {
  for (const Header& header : headers) {
    if (lowercase(header.name) == lowercase(name)) return header.value;
  }
  return {};
}

void check_request(const HttpRequest& request) {
  if (!is_token(request.method)) refuse("the method");
  bool target_is_plain = std::ranges::all_of(request.url.target, [](char c) { return c > ' ' && c < 0x7f; });
  if (!target_is_plain || !request.url.target.starts_with('/')) refuse("the path");
  if (!is_value(request.url.host) || request.url.host.empty()) refuse("the host");
  if (!is_value(request.authorization.view())) refuse("the token");
  for (const Header& header : request.headers) {
    if (!is_token(header.name) || !is_value(header.value)) refuse("the header " + in_quotes(header.name));
  }
}

SecretBytes written(const HttpRequest& request, std::string_view user_agent) {
  SecretBytes out;
  out.reserve(1024 + request.authorization.size() + request.body.size());
  bool connect = request.method == "CONNECT";
  for (std::string_view part : {std::string_view(request.method), std::string_view(" ")}) out.append(part);
  out.append(connect ? request.url.host_and_port() : request.url.target);
  out.append(" HTTP/1.1\r\n");
  append_header(out, "Host", connect ? request.url.host_and_port() : request.url.authority());
  append_header(out, "User-Agent", user_agent);
  if (!connect) append_header(out, "Connection", "close");
  for (const Header& header : request.headers) append_header(out, header.name, header.value);
  if (!request.authorization.empty()) {
    append_header(out, connect ? "Proxy-Authorization" : "Authorization", request.authorization.view());
  }
  if (has_body(request)) append_header(out, "Content-Length", std::to_string(request.body.size()));
  out.append("\r\n");
  out.append(request.body.view());
  return out;
}

}  // namespace regvault::net
