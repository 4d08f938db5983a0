/// What a text says about its cause: the rows of the table of texts that are in it, each with the line as evidence.
///
///     std::vector<Match> found = match(log);
///     found.front().text->cause      // "no-package-write": what says most, further ones were seen as well
///     found.front().image            // "ghcr.io/octo/app:1", as the line has it
///
/// Any bytes, up to kTextAtMost (more is not looked at), in time linear in their number. Nothing that may be a secret
/// is in the evidence.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/registry/failure_text.hpp>

namespace regvault::diagnosis {

inline constexpr std::size_t kTextAtMost = std::size_t{16} << 20;

struct Match {
  const FailureText* text = nullptr;
  std::size_t line = 0;  ///< from 1
  std::string evidence;
  std::string image = {};     ///< as it is written; empty: the line names none
  std::string registry = {};  ///< its host; empty: the line names none
};

/// One for each cause, what says most first. `registry`: a host; lines about others do not count.
std::vector<Match> match(std::string_view text, std::string_view registry = {});

/// What a line names.
struct Named {
  std::string image, registry;
};

Named named_in(std::string_view line);

}  // namespace regvault::diagnosis
