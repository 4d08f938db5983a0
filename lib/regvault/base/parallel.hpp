/// Work for all cores: one function, called once with each number.
///
///     std::vector<Result> results(secrets.size());
///     in_parallel(secrets.size(), [&](std::size_t i) { results[i] = opened(secrets[i]); });
///
/// Numbers are handed out one by one, in order, so that uneven pieces of work do not keep a core waiting. The calling
/// thread works, too; with one core, or one number, it is the only one.
///
/// The first exception ends it: no further number is handed out, and once every thread has finished what it was at, the
/// exception is thrown to the caller.
#pragma once

#include <cstddef>
#include <functional>

namespace regvault {

/// That this process may use; at least 1.
std::size_t cores() noexcept;

/// `threads`: at most as many; 0: as the machine has cores. `work` is called from several threads at once.
void in_parallel(std::size_t count, const std::function<void(std::size_t)>& work, std::size_t threads = 0);

}  // namespace regvault
