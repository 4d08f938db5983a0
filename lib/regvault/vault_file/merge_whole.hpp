/// merge_versions() of files that are one vault each: merged by their texts, and sealed as the side that changed its
/// secret. What a version holds already keeps that version's ciphertext.
#pragma once

#include <regvault/vault_file/merge.hpp>

namespace regvault::vault_file {

Merge merge_whole(const Versions& versions, const std::string& name, keys::Keyring& keyring,
                  const Environment& environment);

}  // namespace regvault::vault_file
