#include <regvault/vault_file/merge.hpp>

#include <regvault/vault/payload.hpp>
#include <regvault/vault_file/merge_text.hpp>
#include <regvault/vault_file/merge_whole.hpp>

namespace regvault::vault_file {

Merge merge_versions(const Versions& versions, const std::string& name, keys::Keyring& keyring,
                     const Environment& environment) {
  bool our = vault::is_encrypted(versions.ours), their = vault::is_encrypted(versions.theirs);
  if (our && their) return merge_whole(versions, name, keyring, environment);
  if (our != their) {
    return {std::string(versions.ours), {"one side is a vault as a whole, the other is not: ours stays"}};
  }
  TextMerge merge = merge_text(versions, name, keyring, Conflicts::marked, environment);
  if (merge.lines_conflict) merge.conflicts.emplace_back("lines conflict: they are marked");
  return {std::string(merge.text.view()), std::move(merge.conflicts)};
}

}  // namespace regvault::vault_file
