/// What is wrong with a merged text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/vault_file/merge.hpp>

namespace regvault::vault_file {

/// The values whose keys are looked at.
enum class Checked { vaults, all_scalars };

/// Why the text is no YAML, or one of those keys is there twice; nullopt: all is well.
std::optional<Error> reason_it_is_broken(std::string_view text, const std::string& name,
                                         Checked what = Checked::vaults);

/// What they changed and the merged text has not, in texts that are not to be shown. Vaults in them are left out.
std::vector<std::string> untaken_changes(const Versions& versions, std::string_view merged, const std::string& name);

}  // namespace regvault::vault_file
