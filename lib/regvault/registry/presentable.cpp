#include <regvault/registry/presentable.hpp>

#include <algorithm>

#include <regvault/base/encoding.hpp>
#include <regvault/base/text.hpp>
#include <regvault/secret/secret_bytes.hpp>

namespace regvault {
namespace {

constexpr std::size_t kBytesShown = 1000;
constexpr std::string_view kHidden = "********";

void replace_all(std::string& text, std::string_view what) {
  if (what.empty()) return;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += kHidden.size()) {
    text.replace(at, what.size(), kHidden);
  }
}

SecretBytes base64_of(std::string_view bytes) {
  SecretBytes out(base64_size(bytes.size()));
  base64_encode(bytes, out.data());
  return out;
}

bool is_noise(std::string_view line) {
  bool logged = line.starts_with("time=\"") && line.find("level=error") == std::string_view::npos;
  return stripped(line).empty() || logged;
}

std::string printable(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool control = (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f;
    out += control ? (c == '\t' || c == '\r' ? ' ' : '?') : c;
  }
  return as_utf8(out);
}

}  // namespace

std::string presentable(std::string_view text, const std::vector<std::string_view>& secrets, std::size_t lines) {
  std::string whole(text);
  for (std::string_view secret : secrets) {
    replace_all(whole, base64_of(secret).view());
    replace_all(whole, secret);
  }
  std::vector<std::string_view> said;
  for (std::string_view line : split(whole, '\n')) {
    if (!is_noise(line)) said.push_back(stripped(line));
  }
  std::string out;
  for (std::size_t i = said.size() - std::min(said.size(), lines); i < said.size(); ++i) {
    out += (out.empty() ? "" : "\n") + std::string(said[i]);
  }
  if (out.size() > kBytesShown) out.resize(kBytesShown);
  return printable(out);
}

}  // namespace regvault
