/// The exit codes of regvault, frozen: docs/exit-codes.md is their specification.
#pragma once

#include <regvault/base/error.hpp>

namespace regvault::tools {

int exit_code(ErrorCode code);

/// Nothing failed, and something needs attention.
inline constexpr int kNeedsAttention = 20;

}  // namespace regvault::tools
