#include <regvault/net/url.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>

namespace regvault::net {
namespace {

[[noreturn]] void refuse(const std::string& why) {
  // The text is not shown: it may hold a password, or a token in its query.
  throw Error(ErrorCode::usage, "not a URL that can be asked: " + why, "write it as https://HOST[:PORT]/PATH", {},
              "url");
}

bool is_target_character(char c) {
  return c > ' ' && c < 0x7f;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

std::uint16_t parse_port(std::string_view text) {
  std::uint16_t port = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (fault != std::errc() || end != text.data() + text.size() || port == 0) refuse("its port is no port");
  return port;
}

/// "host", "host:port", "[::1]:port"
void parse_authority(std::string_view text, Url& url) {
  if (text.find('@') != std::string_view::npos) refuse("it holds a user or a password");
  std::string_view rest;
  if (text.starts_with('[')) {
    std::size_t end = text.find(']');
    if (end == std::string_view::npos) refuse("its host is no host");
    url.host = lowercase(text.substr(1, end - 1));
    if (url.host.find(':') == std::string::npos || !is_ip_address(url.host)) refuse("its host is no host");
    rest = text.substr(end + 1);
  } else {
    std::size_t colon = std::min(text.find(':'), text.size());
    url.host = lowercase(text.substr(0, colon));
    rest = text.substr(colon);
    if (url.host.empty() || url.host.size() > 253 || !std::ranges::all_of(url.host, is_name_character)) {
      refuse("its host is no host");
    }
  }
  url.port = url.is_https() ? 443 : 80;
  if (rest.empty()) return;
  if (rest.front() != ':') refuse("its host is no host");
  url.port = parse_port(rest.substr(1));
}

}  // namespace

std::string Url::host_and_port() const {
  std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return name + ":" + std::to_string(port);
}

std::string Url::authority() const {
  std::string whole = host_and_port();
  bool usual = port == (is_https() ? 443 : 80);
  return usual ? whole.substr(0, whole.rfind(':')) : whole;
}

std::string Url::text() const {
  return scheme + "://" + authority() + target;
}

Url parse_url(std::string_view text) {
  if (!std::ranges::all_of(text, is_target_character)) refuse("there are blanks or control characters in it");
  std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) refuse("it has no scheme");
  Url url{.scheme = lowercase(text.substr(0, scheme_end))};
  if (url.scheme != "https" && url.scheme != "http") refuse("it is neither https nor http");
  std::string_view rest = text.substr(scheme_end + 3);
  std::size_t authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  parse_authority(rest.substr(0, authority_end), url);
  std::string_view target = rest.substr(authority_end);
  target = target.substr(0, target.find('#'));
  url.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
  return url;
}

Url resolved(const Url& base, std::string_view reference) {
  std::string_view path_part = reference.substr(0, reference.find_first_of("?#"));
  if (path_part.find("://") != std::string_view::npos) return parse_url(reference);
  if (reference.starts_with("//")) return parse_url(base.scheme + ":" + std::string(reference));
  std::string origin = base.scheme + "://" + base.host_and_port();
  if (reference.starts_with('/')) return parse_url(origin + std::string(reference));
  std::string_view path = std::string_view(base.target).substr(0, base.target.find('?'));
  if (!reference.starts_with('?')) path = path.substr(0, path.rfind('/') + 1);
  return parse_url(origin + std::string(path) + std::string(reference));
}

bool same_origin(const Url& a, const Url& b) {
  return a.scheme == b.scheme && a.host == b.host && a.port == b.port;
}

bool is_ip_address(std::string_view host) {
  std::array<unsigned char, 16> bytes{};
  std::string name(host);
  return inet_pton(AF_INET, name.c_str(), bytes.data()) == 1 || inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1;
}

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "::1") return true;  // (a.localhost may be a name like any other, to the resolver)
  return host.starts_with("127.") && is_ip_address(host);
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                 c == '_' || c == '~';
    if (plain) {
      out += c;
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

}  // namespace regvault::net
