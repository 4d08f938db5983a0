#include <regvault/github/token.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

#include <regvault/base/text.hpp>

namespace regvault::github {
namespace {

struct Kind {
  TokenKind kind;
  std::string_view prefix;
  std::string_view name;
};

constexpr Kind kKinds[] = {
    {TokenKind::classic, "ghp_", "classic personal access token"},
    {TokenKind::fine_grained, "github_pat_", "fine-grained personal access token"},
    {TokenKind::oauth, "gho_", "OAuth access token"},
    {TokenKind::user_to_server, "ghu_", "GitHub App user access token"},
    {TokenKind::server_to_server, "ghs_", "GitHub App installation access token"},
    {TokenKind::refresh, "ghr_", "GitHub App refresh token"},
    {TokenKind::legacy, "", "personal access token of the form before 2021"},
    {TokenKind::none, "", "no GitHub token"},
};

constexpr std::string_view kBase62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kClassicRandom = 30;
constexpr std::size_t kChecksum = 6;
constexpr std::size_t kLegacyDigits = 40;

bool is_one_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

/// CRC-32 as in IEEE 802.3 and zip: reflected, all ones before and after.
std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
  }
  return ~crc;
}

/// Six base-62 digits, the most significant first.
std::array<char, kChecksum> checksum(std::string_view random_part) {
  std::array<char, kChecksum> digits{};
  std::uint32_t rest = crc32(random_part);
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    *digit = kBase62[rest % kBase62.size()];
    rest /= static_cast<std::uint32_t>(kBase62.size());
  }
  return digits;
}

bool is_whole_classic(std::string_view after_prefix) {
  if (after_prefix.size() != kClassicRandom + kChecksum || !is_one_of(after_prefix, kBase62)) return false;
  auto expected = checksum(after_prefix.substr(0, kClassicRandom));
  return std::equal(expected.begin(), expected.end(), after_prefix.begin() + kClassicRandom);
}

TokenKind kind_of(std::string_view token) {
  for (const Kind& row : kKinds) {
    if (!row.prefix.empty() && token.starts_with(row.prefix)) return row.kind;
  }
  bool legacy = token.size() == kLegacyDigits && is_one_of(token, "0123456789abcdef");
  return legacy ? TokenKind::legacy : TokenKind::none;
}

/// Without what a copy out of a file of settings, or of an editor, may bring along.
std::string_view unwrapped(std::string_view value) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  constexpr std::string_view kQuotes = "\"'`";
  if (value.starts_with(kMark)) value.remove_prefix(kMark.size());
  if (value.size() > 1 && kQuotes.find(value.front()) != kQuotes.npos && value.back() == value.front()) {
    value = value.substr(1, value.size() - 2);
  }
  return value;
}

}  // namespace

TokenShape inspect_token(std::string_view token) {
  std::string_view bare = stripped(token);
  TokenKind kind = kind_of(bare);
  if (token.find_first_of(kWhitespace) != std::string_view::npos) return {kind, TokenVerdict::has_whitespace};
  if (kind != TokenKind::classic) return {kind, TokenVerdict::unknown};
  return {kind, is_whole_classic(bare.substr(4)) ? TokenVerdict::ok : TokenVerdict::mistyped};
}

std::string damage_of(std::string_view value) {
  const std::string_view bare = unwrapped(value);
  TokenShape shape = inspect_token(bare);
  if (shape.kind == TokenKind::none) return {};
  std::string looks = "looks like a GitHub " + std::string(name_of(shape.kind)) + ", but ";
  if (bare.size() != value.size()) return looks + "there are quotes or a byte order mark around it";
  if (shape.verdict == TokenVerdict::mistyped) return looks + "its checksum is wrong";
  if (shape.verdict == TokenVerdict::has_whitespace) return looks + "there is white space in it or around it";
  return {};
}

std::string_view name_of(TokenKind kind) {
  return std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& row) { return row.kind == kind; })->name;
}

}  // namespace regvault::github
