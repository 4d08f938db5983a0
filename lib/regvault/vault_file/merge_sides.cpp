#include <regvault/vault_file/merge_sides.hpp>

#include <algorithm>

namespace regvault::vault_file {

MergeText::MergeText(std::string_view text, const std::string& name)
    : bytes(SecretBytes::copy_of(text)), vaults(vault_spans(text, name)) {}

const VaultSpan* MergeText::at_key_of(const VaultSpan& wanted) const {
  auto is_it = [&](const VaultSpan& span) { return span.document == wanted.document && span.key == wanted.key; };
  auto found = std::ranges::find_if(vaults.spans, is_it);
  return found == vaults.spans.end() ? nullptr : &*found;
}

}  // namespace regvault::vault_file
