#include <regvault/config/glob.hpp>

#include <fnmatch.h>

#include <optional>

namespace regvault::config {

/// Of several `**` only the last can make a difference: what an earlier one leaves to it, it can take as well.
bool glob_matches(std::span<const std::string> pattern, std::span<const std::string> steps) {
  std::optional<std::size_t> behind_stars;  // in the pattern
  std::size_t taken = 0;                    // by the last `**`: it ends before this step
  std::size_t step = 0;
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern[at] == "**") {
      behind_stars = ++at;
      taken = step;
    } else if (step < steps.size() && fnmatch(pattern[at].c_str(), steps[step].c_str(), 0) == 0) {
      ++at;
      ++step;
    } else if (behind_stars && taken < steps.size()) {
      at = *behind_stars;
      step = ++taken;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace regvault::config
