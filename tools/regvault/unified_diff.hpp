/// Two versions of a text as `diff -u` shows them.
///
///     unified_diff(before, after, "deployment.yml")
///
///     --- deployment.yml
///     +++ deployment.yml
///     @@ -8,3 +8,5 @@
#pragma once

#include <string>
#include <string_view>

namespace regvault::tools {

/// Empty when they are equal. A last line without a line end is marked as diff marks it.
std::string unified_diff(std::string_view before, std::string_view after, const std::string& name);

}  // namespace regvault::tools
