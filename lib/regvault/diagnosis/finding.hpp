/// One thing that was found: which cause, where, how one can see it, what to do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <regvault/registry/cause.hpp>

namespace regvault::diagnosis {

struct Finding {
  enum class Weight {
    fault,    ///< it cannot work
    warning,  ///< it may fail, or is dangerous
    note,     ///< good to know
  };

  std::string_view cause;  ///< a slug of registry/cause.hpp
  Weight weight = Weight::fault;
  std::string where = {};     ///< "ci.yml:14", "/home/octo/.docker/config.json: ghcr.io", "line 3"
  std::string evidence = {};  ///< one line, without secrets
  std::string fix = {};       ///< one line; empty: the cause's advice

  std::string_view advice() const { return fix.empty() ? cause_named(cause).advice : std::string_view(fix); }
};

}  // namespace regvault::diagnosis
