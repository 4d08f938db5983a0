/// Where the bytes of a payload or a plaintext come from and go to, a piece at a time.
///
///     ReadAt source = reading(text);                       // bytes in memory
///     Sink sink = [&](std::string_view piece) { … };       // `piece` is valid during the call only
///
/// Both sealing and opening go over their source more than once, hence "read at" and not "read next". Whatever these
/// functions throw passes through.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace regvault::vault {

/// Copies up to `size` bytes from `offset` on into `into` and returns how many; 0 only at the end. May be called for
/// the same offset again, and then has to give the same bytes (if it does not, that is noticed).
using ReadAt = std::function<std::size_t(std::uint64_t offset, char* into, std::size_t size)>;

/// Never called with an empty piece.
using Sink = std::function<void(std::string_view piece)>;

/// `bytes` must outlive the result.
ReadAt reading(std::string_view bytes);

/// As many times as it takes for `size` bytes; fewer only at the end.
std::size_t read_fully(const ReadAt& source, std::uint64_t offset, char* into, std::size_t size);

}  // namespace regvault::vault
