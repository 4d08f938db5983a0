/// What programs say when a registry does not do what was asked, and which cause it is: one row a text.
///
///     const FailureText* known = failure_in("Error: logging into \"ghcr.io\": invalid username/password");
///     cause_named(known->cause).sentence    // "the registry refused the credentials"
///
/// Rows are ordered: what stands further up says more. A text counts as whole words only, and where a row says so only
/// at the end of what is said ("no such host", not "no such host key"), beside a second text in its line, or in a line
/// about a registry: "connection refused" is in every log.
///
/// Source of the texts: docker 20 to 28, podman 4 and 5, containerd 1.6 to 2.0, CRI-O, the kubelet, BuildKit, and what
/// ghcr.io, Docker Hub, quay.io and GitLab answer.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace regvault {

struct FailureText {
  enum class Counts { anywhere, at_end, about_registry, about_registry_at_end };

  std::string_view text;
  std::string_view also;         ///< must be in the same line; empty: nothing
  std::string_view cause;        ///< a slug of cause.hpp
  std::string_view said_by;      ///< for the page: "docker, podman"
  std::string_view detail = {};  ///< the text in a few words, to stand behind the cause's sentence: "no such host"
  Counts counts = Counts::anywhere;

  /// Nothing but quotes, brackets and stops may follow.
  constexpr bool at_end() const { return counts == Counts::at_end || counts == Counts::about_registry_at_end; }

  /// Only a line about a registry counts.
  constexpr bool about_registry() const {
    return counts == Counts::about_registry || counts == Counts::about_registry_at_end;
  }
};

std::span<const FailureText> failure_texts();

/// Whether the row's text stands at `at` in the line, as whole words. Not looked at: `also`, about_registry().
bool stands_at(const FailureText& row, std::string_view line, std::size_t at);

/// Whether the row's `also` is in the line.
bool has_also(const FailureText& row, std::string_view line);

/// Whether the line is about a registry: it names a well-known one, the API's paths, or what is done with one.
bool is_about_a_registry(std::string_view line);

/// The first row whose text is in the output of a program that talked to a registry, and to nothing else.
const FailureText* failure_in(std::string_view output);

}  // namespace regvault
