/// The tags that mean something to us.
#pragma once

#include <string_view>

namespace regvault::yaml {

/// A value whose text is a vault payload, in both of Ansible's spellings.
inline bool is_vault_tag(std::string_view tag) {
  return tag == "!vault" || tag == "!vault-encrypted";
}

/// A vault that is put in plain for an editor (vault_file/plain_view.hpp). Ansible knows no such tag, and refuses it.
inline constexpr std::string_view kPlainTag = "!vault-plain";

}  // namespace regvault::yaml
