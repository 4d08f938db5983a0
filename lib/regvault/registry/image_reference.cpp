#include <regvault/registry/image_reference.hpp>

#include <algorithm>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/registry/reference.hpp>

namespace regvault {
namespace {

constexpr std::size_t kLongestName = 255;
constexpr std::size_t kLongestTag = 128;

[[noreturn]] void refuse(std::string_view text, const std::string& why, std::string hint = {}) {
  throw Error(ErrorCode::usage, in_quotes(text) + " is no image's name: " + why, std::move(hint), {}, "bad-reference");
}

bool is_lower_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool is_alphanumeric(char c) {
  return is_lower_alphanumeric(c) || (c >= 'A' && c <= 'Z');
}

/// Alphanumeric pieces with one of ".", "_", "__" and any number of "-" between them.
bool is_path_component(std::string_view text) {
  if (text.empty() || !is_lower_alphanumeric(text.front()) || !is_lower_alphanumeric(text.back())) return false;
  std::size_t at = 0;
  while ((at = static_cast<std::size_t>(std::find_if_not(text.begin() + at, text.end(), is_lower_alphanumeric) -
                                        text.begin())) < text.size()) {
    std::size_t end = std::min(text.find_first_not_of(text[at], at), text.size());
    bool separates = text[at] == '-' || (text[at] == '_' && end - at <= 2) || (text[at] == '.' && end - at == 1);
    if (!separates || !is_lower_alphanumeric(text[end])) return false;
    at = end;
  }
  return true;
}

bool is_tag(std::string_view text) {
  bool begins_well = !text.empty() && (is_alphanumeric(text.front()) || text.front() == '_');
  return begins_well && text.size() <= kLongestTag &&
         std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '_' || c == '.' || c == '-'; });
}

}  // namespace

bool is_digest(std::string_view text) {
  std::size_t colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  std::string_view algorithm = text.substr(0, colon), digits = text.substr(colon + 1);
  bool right_size = algorithm == "sha256" ? digits.size() == 64 : digits.size() >= 32;
  auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return right_size && std::ranges::all_of(algorithm, is_alphanumeric) && std::ranges::all_of(digits, is_hex);
}

namespace {

void refuse_url(std::string_view text) {
  std::size_t scheme = text.find("://");
  if (scheme != std::string_view::npos) {
    refuse(text, "it begins with a scheme", "leave out " + std::string(text.substr(0, scheme + 3)));
  }
  std::size_t at = text.find('@');
  if (at != std::string_view::npos && !is_digest(text.substr(at + 1))) {
    // What is before it may be a password, so the text is not shown.
    throw Error(ErrorCode::usage, "an image's name has something other than a digest after \"@\"",
                "as in ghcr.io/octo/app@sha256:…", {}, "bad-reference");
  }
}

std::string registry_of(std::string_view text, std::string_view host) {
  try {
    return parse_registry(host).host;
  } catch (const Error&) {
    refuse(text, "it has no valid host");
  }
}

bool is_host(std::string_view part) {
  return part.find_first_of(".:") != std::string_view::npos || part == "localhost";
}

}  // namespace

std::string ImageReference::text() const {
  return name() + (tag.empty() ? "" : ":" + tag) + (digest.empty() ? "" : "@" + digest);
}

std::string ImageReference::owner() const {
  return repository.substr(0, repository.find('/'));
}

std::string ImageReference::package() const {
  std::size_t slash = repository.find('/');
  return slash == std::string::npos ? std::string() : repository.substr(slash + 1);
}

ImageReference parse_image(std::string_view text) {
  if (text.empty()) refuse(text, "it is empty");
  refuse_url(text);
  ImageReference image;
  std::string_view rest = text;
  if (std::size_t at = rest.find('@'); at != std::string_view::npos) {
    image.digest = rest.substr(at + 1);
    rest = rest.substr(0, at);
  }
  std::size_t slash = rest.find('/');
  bool has_host = slash != std::string_view::npos && is_host(rest.substr(0, slash));
  image.registry = has_host ? registry_of(text, rest.substr(0, slash)) : "docker.io";
  if (has_host) rest = rest.substr(slash + 1);
  if (std::size_t colon = rest.rfind(':'); colon != std::string_view::npos) {
    image.tag = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
    if (!is_tag(image.tag)) refuse(text, "its tag is not valid");
  }
  if (lowercase(rest) != rest) refuse(text, "it must be lower case", image.registry + "/" + lowercase(rest));
  if (!std::ranges::all_of(split(rest, '/'), is_path_component)) refuse(text, "its path is not valid");
  if (rest.size() > kLongestName) refuse(text, "it is too long");
  bool official = image.registry == "docker.io" && rest.find('/') == std::string_view::npos;
  image.repository = (official ? "library/" : "") + std::string(rest);
  if (image.tag.empty() && image.digest.empty()) image.tag = "latest";
  return image;
}

}  // namespace regvault
