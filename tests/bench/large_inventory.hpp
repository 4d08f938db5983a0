/// An inventory of so many bytes: hosts with a few variables and a vault each, all of them the same one.
#pragma once

#include <cstddef>
#include <string>

namespace regvault {

constexpr std::size_t kLargeInventory = 10'000'000;

/// `with_vaults` false: the same lines, but none of them says that it is a vault.
std::string large_inventory(bool with_vaults = true);

}  // namespace regvault
