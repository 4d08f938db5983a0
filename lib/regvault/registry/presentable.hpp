/// What another program said, for people to read.
///
///     presentable(result.standard_error.view(), {password}, 5)      // its last five lines, at most
///
/// The secrets, also in base64, are replaced by ********, bytes that are no UTF-8 and control characters by ?; lines
/// that engines log for their developers are left out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace regvault {

std::string presentable(std::string_view text, const std::vector<std::string_view>& secrets, std::size_t lines);

}  // namespace regvault
