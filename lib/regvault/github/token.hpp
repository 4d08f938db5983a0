/// What can be said about a GitHub token without asking GitHub: its kind, and whether it was copied whole.
///
///     TokenShape shape = inspect_token(token.view());
///     if (shape.verdict == TokenVerdict::mistyped) …             // do not even try it
///     if (shape.kind == TokenKind::fine_grained) …               // ghcr.io takes classic tokens only
///
/// The kind is in the prefix (github.blog, "Behind GitHub's new authentication token formats"). A classic token ends in
/// a checksum of the rest, so that a missing or mistyped character shows. For the other kinds no checksum has been
/// confirmed, and lengths have changed over time: they get no verdict.
#pragma once

#include <string>
#include <string_view>

namespace regvault::github {

enum class TokenKind {
  none,              ///< nothing that looks like a GitHub token
  classic,           ///< ghp_…: personal access token, the kind ghcr.io takes
  fine_grained,      ///< github_pat_…: fine-grained personal access token
  oauth,             ///< gho_…: OAuth app, `gh auth token`
  user_to_server,    ///< ghu_…: GitHub App on behalf of a user
  server_to_server,  ///< ghs_…: GitHub App installation, GITHUB_TOKEN in a workflow
  refresh,           ///< ghr_…: refreshes a user-to-server token, opens nothing by itself
  legacy,            ///< 40 hexadecimal digits: the form before April 2021
};

enum class TokenVerdict {
  ok,              ///< classic, and the checksum is right
  mistyped,        ///< classic, but cut short, or with a wrong character: the checksum does not match
  has_whitespace,  ///< blanks or line breaks in it or around it, whatever the kind
  unknown,         ///< nothing to judge by
};

struct TokenShape {
  TokenKind kind = TokenKind::none;
  TokenVerdict verdict = TokenVerdict::unknown;
};

/// White space at the ends does not hide the kind.
TokenShape inspect_token(std::string_view token);

/// What is wrong with a value that is meant to be a GitHub token, for a message that begins with "the value ": "looks
/// like a GitHub classic personal access token, but its checksum is wrong". Empty: nothing that shows.
std::string damage_of(std::string_view value);

/// Where one makes a token that ghcr.io takes.
inline constexpr std::string_view kNewTokenUrl = "https://github.com/settings/tokens/new?scopes=read:packages";

/// For messages: "classic personal access token".
std::string_view name_of(TokenKind kind);

}  // namespace regvault::github
