/// The name of an image as users write it: where it is, and which.
///
///     ImageReference app = parse_image("ghcr.io/octo/app:1.2");   // registry "ghcr.io", repository "octo/app", tag
///     "1.2" parse_image("octo/app").text() == "docker.io/octo/app:latest" parse_image("debian").repository ==
///     "library/debian"        // Docker Hub, as docker does
///
/// A first part with a "." or ":" in it, and "localhost", is a host; every other name is Docker Hub's. Source of the
/// rules: github.com/distribution/reference (grammar, normalize.go).
#pragma once

#include <string>
#include <string_view>

namespace regvault {

struct ImageReference {
  std::string registry = {};    ///< the host, in lower case, with its port; Docker Hub: "docker.io"
  std::string repository = {};  ///< "octo/app"
  std::string tag = {};         ///< empty only beside a digest
  std::string digest = {};      ///< "sha256:…", or empty

  std::string text() const;
  std::string name() const { return registry + "/" + repository; }

  /// What the registry's API calls it: the digest, which says more, or the tag.
  const std::string& reference() const { return digest.empty() ? tag : digest; }

  std::string owner() const;    ///< "octo": up to the first "/"
  std::string package() const;  ///< "app": all behind it; empty: there is no "/"
};

/// "sha256:" and 64 digits, or another algorithm and at least 32.
bool is_digest(std::string_view text);

/// Without tag and digest the tag is "latest". Throws Error(usage), reason "bad-reference", and with a hint where it is
/// plain what was meant: `"ghcr.io/Octo/App" is no image's name: it must be lower case`.
ImageReference parse_image(std::string_view text);

}  // namespace regvault
