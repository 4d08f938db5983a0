#include <regvault/vault_file/merge_sides.hpp>

namespace regvault::vault_file {
namespace {

std::pair<std::size_t, std::string> place_of(const VaultSpan& span) {
  return {span.document, yaml::to_string(span.key)};
}

}  // namespace

MergeText::MergeText(std::string_view text, const std::string& name)
    : bytes(SecretBytes::copy_of(text)), vaults(vault_spans(text, name)) {
  for (std::size_t i = 0; i < vaults.spans.size(); ++i) places_.try_emplace(place_of(vaults.spans[i]), i);
}

const VaultSpan* MergeText::at_key_of(const VaultSpan& wanted) const {
  auto found = places_.find(place_of(wanted));
  return found == places_.end() ? nullptr : &vaults.spans[found->second];
}

}  // namespace regvault::vault_file
