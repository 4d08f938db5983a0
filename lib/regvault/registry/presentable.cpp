#include <regvault/registry/presentable.hpp>

#include <algorithm>

#include <regvault/base/text.hpp>
#include <regvault/secret/base64.hpp>
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

bool is_noise(std::string_view line) {
  bool logged = line.starts_with("time=\"") && line.find("level=error") == std::string_view::npos;
  return stripped(line).empty() || logged;
}

/// U+0080 to U+009F, in UTF-8: terminals obey those, too.
bool is_c1(std::string_view text) {
  return text.size() > 1 && text[0] == '\xc2' && static_cast<unsigned char>(text[1]) >= 0x80 &&
         static_cast<unsigned char>(text[1]) < 0xa0;
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    bool control = (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f, c1 = is_c1(text.substr(at));
    out += control || c1 ? (c == '\t' || c == '\r' ? ' ' : '?') : c;
    if (c1) ++at;
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
