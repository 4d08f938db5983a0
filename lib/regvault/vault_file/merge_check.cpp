#include <regvault/vault_file/merge_check.hpp>

#include <regvault/vault_file/merge_secrets.hpp>
#include <regvault/yaml/document.hpp>

namespace regvault::vault_file {
namespace {

constexpr std::string_view kNeighbourChanged = " was changed by them, beside a change of ours: ours stays";

}  // namespace

std::optional<Error> reason_it_is_broken(std::string_view text, const std::string& name, Checked what) {
  try {
    yaml::Document document = yaml::Document::parse(std::string(text), name, 0);
    for (const yaml::Place& place : what == Checked::vaults ? document.vaults() : document.scalars())
      document.find(place.path);
    return std::nullopt;
  } catch (const Error& error) {
    if (error.code != ErrorCode::malformed) return std::nullopt;  // an alias on the way, say
    return error;
  }
}

std::vector<std::string> untaken_changes(const Versions& versions, std::string_view merged, const std::string& name) {
  std::vector<std::string> changes;
  try {
    auto parse = [&](std::string_view text) { return yaml::Document::parse(std::string(text), name, 0); };
    yaml::Document before = parse(versions.base), our = parse(versions.ours), now = parse(merged);
    for (const yaml::Place& place : parse(versions.theirs).scalars()) {
      auto is_theirs = [&](const yaml::Document& document) {
        std::optional<yaml::Value> value = document.find(place.path);
        return value && value->text == place.value.text;
      };
      if (is_theirs(now) || is_theirs(before) || place.value.is_vault) continue;  // vaults are looked at one by one
      std::optional<yaml::Value> at_ours = our.find(place.path), at_base = before.find(place.path);
      bool ours_is_as_it_was =
          at_base.has_value() == at_ours.has_value() && (!at_ours || at_ours->text == at_base->text);
      changes.push_back(yaml::to_string(place.path) +
                        std::string(ours_is_as_it_was ? kNeighbourChanged : kBothChanged));
    }
  } catch (const Error&) {
    changes.clear();
  }
  return changes;
}

}  // namespace regvault::vault_file
