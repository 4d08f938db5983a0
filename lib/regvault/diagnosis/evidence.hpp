/// A line of somebody's log as it may be shown: without what is, or may be, a secret.
///
///     without_secrets("docker login -p hunter2 https://octo:pw@ghcr.io")   // "docker login -p ********
///     https://********@ghcr.io"
///
/// Hidden are GitHub's and GitLab's tokens, whatever follows `password`, `token`, `auth`, `Bearer` and their like,
/// names and passwords in URLs, and runs of letters and digits that look random (base64, JSON Web Tokens). Rather too
/// much than too little.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace regvault::diagnosis {

std::string without_secrets(std::string_view line);

/// The same, as one line of valid UTF-8 without control characters, cut down to what is around `at` characters.
std::string evidence(std::string_view line, std::size_t at);

}  // namespace regvault::diagnosis
