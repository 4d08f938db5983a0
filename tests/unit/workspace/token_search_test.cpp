#include <regvault/workspace/token_search.hpp>

#include <gtest/gtest.h>

#include <regvault/base/encoding.hpp>

#include "tokens.hpp"

namespace regvault::workspace {
namespace {

/// "POSITION form: text" of each, a line each.
std::string found(std::string_view bytes) {
  constexpr std::array kForms{"clear", "base64", "docker"};
  std::string out;
  for (const TokenHit& hit : search_tokens(bytes)) {
    out += std::to_string(hit.begin) + " " + kForms.at(static_cast<std::size_t>(hit.form)) + ": " + hit.text + "\n";
  }
  return out;
}

const std::string kClassicFound = "classic personal access token ghp_… (40 characters)";

TEST(TokenSearch, EveryKindInTheClear) {
  struct Row {
    std::string prefix, name;
    std::size_t body;
  };
  const Row kRows[] = {
      {"gho_", "OAuth access token", 36},
      {"ghu_", "GitHub App user access token", 36},
      {"ghs_", "GitHub App installation access token", 500},
      {"ghr_", "GitHub App refresh token", 76},
      {"github_pat_", "fine-grained personal access token", 82},
  };
  for (const Row& row : kRows) {
    std::string token = row.prefix + random_text(row.body);
    EXPECT_EQ(found("token: \"" + token + "\"\n"),
              "8 clear: " + row.name + " " + row.prefix + "… (" + std::to_string(token.size()) + " characters)\n");
  }
  EXPECT_EQ(found("https://" + classic_token() + "@github.com"), "8 clear: " + kClassicFound + "\n");
  EXPECT_EQ(found(classic_token()), "0 clear: " + kClassicFound + "\n");
}

TEST(TokenSearch, SeveralAndTheSignsAroundThem) {
  std::string token = classic_token();
  EXPECT_EQ(found(token + "," + token + ". "), "0 clear: " + kClassicFound + "\n41 clear: " + kClassicFound + "\n");
  EXPECT_EQ(found("\\n" + token + "more"), "2 clear: " + kClassicFound + "\n");  // the checksum says where it ends
  EXPECT_EQ(found("ghs_" + random_text(36) + "."),
            "0 clear: GitHub App installation access token ghs_… (40 characters)\n");
}

TEST(TokenSearch, AMistypedOneIsStillNearlyOne) {
  std::string token = classic_token();
  token.back() = token.back() == 'x' ? 'y' : 'x';
  EXPECT_EQ(found(token), "0 clear: classic personal access token ghp_… (40 characters, the checksum is wrong)\n");
  EXPECT_EQ(found("x" + token), "");
}

TEST(TokenSearch, WhatOnlyLooksAlike) {
  const std::string kNone[] = {
      "",
      "_",
      "gh",
      "ghp_",
      "github_pat_",
      "ghp_" + std::string(36, 'x'),
      "ghp_YOUR_TOKEN_GOES_HERE_AND_NOWHERE",
      "def test_ghs_token_is_refused_by_the_registry():",
      "ghp_short1Aa",
      "ghp_…",
      std::string(40, 'a'),
  };
  for (const std::string& text : kNone) EXPECT_EQ(found(text), "") << text;
}

TEST(TokenSearch, Base64OfUserAndToken) {
  std::string encoded = base64_encode("octocat:" + classic_token());
  EXPECT_EQ(found("auth: " + encoded + "\n"), "6 base64: base64 of a user name and " + kClassicFound + "\n");
  EXPECT_EQ(found("Basic " + encoded), "6 base64: base64 of a user name and " + kClassicFound + "\n");
  EXPECT_EQ(found("xy" + encoded), "0 base64: base64 of a user name and " + kClassicFound + "\n");  // shifted
  EXPECT_EQ(found(base64_encode(classic_token())), "0 base64: base64 of " + kClassicFound + "\n");
  for (int padding = 0; padding < 3; ++padding) {
    std::string bare = base64_encode(std::string(static_cast<std::size_t>(padding) + 1, 'u') + ":" + classic_token());
    bare.erase(bare.find_last_not_of('=') + 1);
    EXPECT_NE(found(bare), "") << padding;
  }
}

TEST(TokenSearch, DockersJsonInBase64AlsoInLines) {
  std::string auth = base64_encode("octocat:" + classic_token());
  std::string json = R"({"auths":{"ghcr.io":{"username":"octocat","auth":")" + auth + R"("}}})";
  EXPECT_EQ(found(base64_encode(json)), "0 docker: base64 of docker's JSON with a login\n");
  std::string with_password = R"({"auths":{"ghcr.io":{"password":")" + classic_token() + "\"}}}";
  std::string encoded = base64_encode(with_password);
  EXPECT_EQ(found(encoded), "0 docker: base64 of docker's JSON with " + kClassicFound + "\n");

  std::string wrapped = "data:\n";
  for (std::size_t i = 0; i < encoded.size(); i += 64) wrapped += "  " + encoded.substr(i, 64) + "\r\n";
  EXPECT_EQ(found(wrapped + "kind: Secret\n"), "8 docker: base64 of docker's JSON with " + kClassicFound + "\n");

  EXPECT_EQ(found(base64_encode(R"({"auths": {"ghcr.io": {}, "quay.io": {"auth": ""}}})")), "");
  EXPECT_EQ(found("{\n\t\"auths\": {\"x\": {\"auth\": \"" + base64_encode("me:secret") + "\"}}}"),
            "3 docker: docker's JSON with a login\n");
  EXPECT_EQ(found("{\"auths\": {\"x\": {}}, \"credsStore\": \"pass\"}"), "");
}

TEST(TokenSearch, EverywhereInManyBytes) {
  for (std::size_t before = 0; before < 120; ++before) {
    std::string text = std::string(before, '.') + base64_encode("u:" + classic_token()) + std::string(before % 40, ' ');
    EXPECT_EQ(found(text), std::to_string(before) + " base64: base64 of a user name and " + kClassicFound + "\n");
  }
}

TEST(TokenSearch, TextThatIsMadeToTakeLong) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "ghp_-";
  EXPECT_EQ(found(text), "");
}

TEST(TokenSearch, NothingIsShownOfASecret) {
  std::string token = classic_token();
  for (const std::string& text : {token, base64_encode("u:" + token), base64_encode("{\"auths\":\"" + token + "\"}")}) {
    for (const TokenHit& hit : search_tokens(text)) EXPECT_EQ(hit.text.find(token.substr(4, 4)), std::string::npos);
  }
}

}  // namespace
}  // namespace regvault::workspace
