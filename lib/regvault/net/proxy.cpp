#include <regvault/net/proxy.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include <regvault/base/encoding.hpp>
#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/secret/base64.hpp>

namespace regvault::net {
namespace {

std::string variable(const Lookup& environment, const std::string& name) {
  std::string value = environment(name).value_or("");
  return value.empty() ? environment(lowercase(name)).value_or("") : value;
}

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorCode::usage, "HTTPS_PROXY names no proxy that can be used: " + why,
              "as in HTTPS_PROXY=http://proxy.acme.com:3128", {}, "proxy");
}

SecretBytes percent_decoded(std::string_view text) {
  SecretBytes out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char byte = text[i];
    if (byte == '%') {
      if (i + 2 >= text.size() || hex_decode(text.substr(i + 1, 2), &byte)) refuse("a %XX in its user or password");
      i += 2;
    }
    out.append({&byte, 1});
  }
  return out;
}

SecretBytes basic(std::string_view user_and_password) {
  SecretBytes plain = percent_decoded(user_and_password);
  if (plain.view().find(':') == std::string_view::npos) plain.append(":");
  SecretBytes out = SecretBytes::copy_of("Basic ");
  out.append(base64_of(plain.view()).view());
  return out;
}

/// "http://user:password@host:port", "host:port"
Proxy parse_proxy(std::string_view text) {
  std::size_t scheme_end = text.find("://");
  std::string scheme = scheme_end == std::string_view::npos ? "http" : lowercase(text.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") refuse("it is neither http nor https");
  std::string_view rest = scheme_end == std::string_view::npos ? text : text.substr(scheme_end + 3);
  std::string_view authority = rest.substr(0, rest.find('/'));
  Proxy proxy;
  if (std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    proxy.authorization = basic(authority.substr(0, at));
    authority.remove_prefix(at + 1);
  }
  try {
    proxy.url = parse_url(scheme + "://" + std::string(authority));
  } catch (const Error&) {
    refuse("it has no host");
  }
  return proxy;
}

struct Address {
  std::array<unsigned char, 16> bytes{};
  int bits = 0;  // 32, 128; 0: no address
};

Address parse_address(const std::string& text) {
  Address address;
  if (inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1)
    address.bits = 32;
  else if (inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1)
    address.bits = 128;
  return address;
}

bool in_network(const std::string& host, std::string_view network) {
  std::size_t slash = network.find('/');
  Address address = parse_address(host), base = parse_address(std::string(network.substr(0, slash)));
  int prefix = 0;
  std::string_view length = network.substr(slash + 1);
  auto [end, fault] = std::from_chars(length.data(), length.data() + length.size(), prefix);
  bool is_number = fault == std::errc() && end == length.data() + length.size();
  if (!is_number || address.bits == 0 || address.bits != base.bits || prefix < 0 || prefix > base.bits) return false;
  for (int bit = 0; bit < prefix; ++bit) {
    int mask = 0x80 >> (bit % 8);
    if ((address.bytes[bit / 8] & mask) != (base.bytes[bit / 8] & mask)) return false;
  }
  return true;
}

/// Takes ":443" off; false when it names another port.
bool port_matches(std::string_view& name, std::uint16_t port) {
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  std::size_t colon = name.rfind(':');
  bool address = is_ip_address(name);
  if (colon == std::string_view::npos || address) return true;
  std::string_view number = name.substr(colon + 1);
  name = stripped(name.substr(0, colon), "[]");
  return number == std::to_string(port);
}

bool is_exception(const Url& url, std::string_view name) {
  if (name == "*") return true;
  if (name.find('/') != std::string_view::npos) return in_network(url.host, name);
  if (!port_matches(name, url.port) || name.empty()) return false;
  if (name.starts_with("*.")) name.remove_prefix(1);
  if (is_ip_address(url.host)) return url.host == name;
  if (name.front() == '.') return url.host.ends_with(name);
  return url.host == name || url.host.ends_with("." + std::string(name));
}

}  // namespace

ProxySettings proxy_settings(const Lookup& environment) {
  ProxySettings settings;
  if (std::string proxy = variable(environment, "HTTPS_PROXY"); !stripped(proxy).empty()) {
    settings.https = parse_proxy(stripped(proxy));
    wipe(proxy.data(), proxy.size());
  }
  std::string exceptions = variable(environment, "NO_PROXY");
  for (std::string_view name : split(exceptions, ',')) {
    if (!stripped(name).empty()) settings.exceptions.push_back(lowercase(stripped(name)));
  }
  return settings;
}

const Proxy* proxy_for(const Url& url, const ProxySettings& settings) {
  if (!settings.https || is_loopback(url.host)) return nullptr;
  bool excepted = std::ranges::any_of(settings.exceptions, [&](const auto& name) { return is_exception(url, name); });
  return excepted ? nullptr : &*settings.https;
}

}  // namespace regvault::net
