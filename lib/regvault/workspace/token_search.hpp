/// GitHub tokens in bytes of any kind, as they are and in base64; and what is left to show of them.
///
///     for (const TokenHit& hit : search_tokens(bytes)) use(hit.begin, hit.text);   // "ghp_… (40 characters)"
///
/// A token is a known prefix and 20 characters or more. A classic one whose checksum is right counts wherever it
/// stands. Without that proof it must begin like a word and look random, so that `ghp_xxxx…` in a page of
/// documentation and `test_ghs_token_is_refused` in a program are none. The 40 hexadecimal digits of tokens from before
/// 2021 are the form of every commit's name, and are not searched for.
///
/// Base64 is decoded when it is long enough to hold a token, also when it is wrapped into lines. In there count tokens,
/// alone or behind `user:`, and registry logins as docker and Kubernetes keep them: {"auths": {…}}. A docker
/// configuration that is not encoded counts as well, for whatever registry.
///
/// One pass without a regular expression for each of the two; of most text only a few bytes are looked at.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace regvault::workspace {

struct TokenHit {
  enum class Form { clear, base64, docker_config };

  std::size_t begin = 0;  ///< where the token, or the base64, begins
  Form form = Form::clear;
  std::string text;  ///< for people; holds nothing of the secret but its prefix
};

/// In the order of the bytes.
std::vector<TokenHit> search_tokens(std::string_view bytes);

}  // namespace regvault::workspace
