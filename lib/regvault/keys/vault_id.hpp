/// `[LABEL@]SOURCE`: what --vault-id and vault_identity_list name a vault secret by.
///
///     VaultId id = parse_vault_id("dev@~/keys/dev.txt");   // label "dev", source "~/keys/dev.txt"
///
/// The text is split at the first "@". Without one, and with nothing before it, there is no label. The source is
/// `prompt`, or a file, or a program; key_source.hpp tells them apart.
///
/// Throws Error(usage) for a label with ";" or a control character, which the header line of a payload could not hold.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace regvault::keys {

struct VaultId {
  std::optional<std::string> label;
  std::string source;
};

VaultId parse_vault_id(std::string_view text);

}  // namespace regvault::keys
