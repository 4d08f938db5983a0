#include <regvault/vault_file/clear_values.hpp>

#include <regvault/vault_file/refusals.hpp>

namespace regvault::vault_file {

std::vector<yaml::Place> clear_values(const yaml::Document& document,
                                      const std::function<bool(const yaml::Path&)>& is_meant) {
  std::vector<yaml::Place> places = document.scalars();
  std::erase_if(places, [&](const yaml::Place& place) {
    const yaml::Value& value = place.value;
    return value.is_vault || value.text.empty() || is_template(value) || !is_meant(place.path);
  });
  return places;
}

}  // namespace regvault::vault_file
