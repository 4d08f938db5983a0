#include <regvault/crypto/derived_blocks.hpp>

#include <algorithm>
#include <cstring>

namespace regvault::crypto {
namespace {

constexpr std::size_t kKeptAtMost = 2048;  // 64 KiB: as much as SecretBytes locks

}  // namespace

void DerivedBlocks::derive(std::span<const BlockRequest> batch, std::span<const BlockRequest> fresh) {
  std::vector<BlockRequest> missing(fresh.begin(), fresh.end());
  std::map<Name, const char*> coming;
  std::vector<std::pair<char*, const char*>> copies;
  {
    std::scoped_lock lock(mutex_);
    for (const BlockRequest& request : batch) {
      Name name = name_of(request);
      if (auto known = places_.find(name); known != places_.end()) {
        std::memcpy(request.out, blocks_.data() + known->second, kDerivedBlock);
      } else if (auto [first, is_new] = coming.emplace(std::move(name), request.out); is_new) {
        missing.push_back(request);
      } else {
        copies.emplace_back(request.out, first->second);
      }
    }
  }
  derive_blocks(missing);
  for (const auto& [to, from] : copies) std::memcpy(to, from, kDerivedBlock);
  std::scoped_lock lock(mutex_);
  for (const auto& [name, block] : coming) keep(name, block);
}

/// Passwords are told apart by what they are, in constant time: the same one may come from several places.
DerivedBlocks::Name DerivedBlocks::name_of(const BlockRequest& request) {
  auto known = std::ranges::find_if(
      passwords_, [&](const SecretBytes& one) { return equal_in_constant_time(one.view(), request.password); });
  auto place = static_cast<std::size_t>(known - passwords_.begin());
  if (known == passwords_.end()) passwords_.push_back(SecretBytes::copy_of(request.password));
  return {place, std::string(request.salt), request.iterations, request.index};
}

void DerivedBlocks::keep(const Name& name, const char* block) {
  if (places_.size() == kKeptAtMost) {
    places_.clear();
    blocks_.clear();
  }
  if (places_.emplace(name, blocks_.size()).second) blocks_.append({block, kDerivedBlock});
}

}  // namespace regvault::crypto
