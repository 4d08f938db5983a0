#include <regvault/github/token.hpp>

#include <gtest/gtest.h>

#include <string>

namespace regvault::github {
namespace {

// Assembled here, so that no literal in the source looks like a token to a scanner.
std::string classic(const std::string& random_part, const std::string& checksum) {
  return std::string("ghp") + "_" + random_part + checksum;
}

const std::string kZeros = classic(std::string(30, '0'), "2C8GjS");
const std::string kSynthetic = classic("SYNTHETICtokenNOTaREALone00000", "0Wj2HU");

struct Row {
  std::string name, token;
  TokenKind kind;
  TokenVerdict verdict;
};

std::string mistyped(std::string token, std::size_t at) {
  token[at] = token[at] == 'x' ? 'y' : 'x';
  return token;
}

TEST(Token, IsRecognised) {
  using enum TokenKind;
  using enum TokenVerdict;
  const std::string hex = "0123456789abcdef0123456789abcdef01234567";
  const Row rows[] = {
      {"classic, all zeros", kZeros, classic, ok},
      {"classic, checksum padded with 0", kSynthetic, classic, ok},
      {"classic, a character missing", kSynthetic.substr(0, 39), classic, mistyped},
      {"classic, one too many", kSynthetic + "0", classic, mistyped},
      {"classic, half of it", kSynthetic.substr(0, 20), classic, mistyped},
      {"classic, prefix only", kSynthetic.substr(0, 4), classic, mistyped},
      {"classic, first character wrong", regvault::github::mistyped(kSynthetic, 4), classic, mistyped},
      {"classic, last character wrong", regvault::github::mistyped(kSynthetic, 39), classic, mistyped},
      {"classic, no base-62 digit", "ghp_" + std::string(30, '-') + "2C8GjS", classic, mistyped},
      {"classic, quoted", '"' + kSynthetic + '"', none, unknown},
      {"classic, newline", kSynthetic + "\n", classic, has_whitespace},
      {"classic, blank before", " " + kSynthetic, classic, has_whitespace},
      {"classic, CRLF", kSynthetic + "\r\n", classic, has_whitespace},
      {"classic, wrapped", kSynthetic.substr(0, 20) + "\n" + kSynthetic.substr(20), classic, has_whitespace},
      {"fine-grained", "github_pat_" + std::string(82, 'A'), fine_grained, unknown},
      {"OAuth", "gho_" + std::string(36, 'A'), oauth, unknown},
      {"user to server", "ghu_" + std::string(36, 'A'), user_to_server, unknown},
      {"server to server, 40", "ghs_" + std::string(36, 'A'), server_to_server, unknown},
      {"server to server, 520", "ghs_" + std::string(516, '.'), server_to_server, unknown},
      {"refresh", "ghr_" + std::string(76, 'A'), refresh, unknown},
      {"legacy", hex, legacy, unknown},
      {"legacy, upper case", "A" + hex.substr(1), none, unknown},
      {"39 hexadecimal digits", hex.substr(1), none, unknown},
      {"password", "hunter2", none, unknown},
      {"password with a blank", "correct horse", none, has_whitespace},
      {"upper-case prefix", "GHP_" + kSynthetic.substr(4), none, unknown},
      {"empty", "", none, unknown},
      {"blank", " ", none, has_whitespace},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    TokenShape shape = inspect_token(row.token);
    EXPECT_EQ(shape.kind, row.kind);
    EXPECT_EQ(shape.verdict, row.verdict);
  }
}

TEST(Token, EverySingleWrongCharacterShows) {
  for (std::size_t at = 4; at < kSynthetic.size(); ++at) {
    EXPECT_EQ(inspect_token(mistyped(kSynthetic, at)).verdict, TokenVerdict::mistyped) << at;
  }
}

TEST(Token, KindsHaveNames) {
  EXPECT_EQ(name_of(TokenKind::classic), "classic personal access token");
  EXPECT_EQ(name_of(TokenKind::fine_grained), "fine-grained personal access token");
  EXPECT_EQ(name_of(TokenKind::legacy), "personal access token of the form before 2021");
  EXPECT_EQ(name_of(TokenKind::none), "no GitHub token");
}

}  // namespace
}  // namespace regvault::github
