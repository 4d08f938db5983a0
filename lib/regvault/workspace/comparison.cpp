#include <regvault/workspace/comparison.hpp>

#include <regvault/vault/payload.hpp>

namespace regvault::workspace {

using vault_file::Secret;
using Kind = Listed::Kind;

namespace {

/// nullopt: no password opens it, or it is broken, and nobody's does.
std::optional<vault::Opened> open(const Secret& secret, const std::vector<std::string_view>& passwords) {
  try {
    return vault::open(secret.payload, passwords, secret.where.file);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

Comparison::Comparison(std::string_view old_value, const std::vector<const keys::Key*>& keys)
    : old_(old_value), keys_(keys), passwords_(keys::passwords_of(keys)) {}

Compared Comparison::compare(const Secret& secret, std::size_t number, const keys::Key* key, SecretBytes text) const {
  Compared compared{.opened_by = key};
  RotatedPlace place{.kind = secret.whole_file ? Kind::whole_file : Kind::value,
                     .where = secret.where,
                     .key = secret.key,
                     .document = secret.document,
                     .label = secret.label};
  if (is_old(text.view())) {
    compared.matches.push_back({std::move(place), number, key});
  } else if (secret.whole_file) {
    look_inside(text.view(), place, number, compared);
    if (!compared.matches.empty()) compared.text = std::move(text);
  }
  return compared;
}

/// The text of a whole file may be anything: what is no YAML has no values.
void Comparison::look_inside(std::string_view text, const RotatedPlace& whole, std::size_t number,
                             Compared& compared) const {
  try {
    std::size_t number_of_document = 0;
    for (const yaml::Document& document : yaml::Document::parse_all(std::string(text), whole.where.file)) {
      for (const yaml::Place& value : document.scalars()) {
        RotatedPlace place = whole;
        place.kind = Kind::inside;
        place.where.line = value.value.line;
        place.where.column = value.value.column;
        place.key = value.path;
        place.document = number_of_document;
        compare_inside(value.value, std::move(place), number, compared);
      }
      ++number_of_document;
    }
  } catch (const Error&) {  // no YAML
  }
}

void Comparison::compare_inside(const yaml::Value& value, RotatedPlace place, std::size_t number,
                                Compared& compared) const {
  if (!value.is_vault) {
    if (is_old(value.text)) compared.matches.push_back({std::move(place), number, nullptr});
    return;
  }
  Secret secret{.key = place.key, .document = place.document, .where = place.where, .payload = value.text};
  std::optional<vault::Opened> opened = open(secret, passwords_);
  if (!opened) compared.closed.push_back(std::move(secret));
  if (!opened || !is_old(opened->plaintext.view())) return;
  place.label = opened->header.label;
  compared.matches.push_back({std::move(place), number, keys_[opened->index]});
}

}  // namespace regvault::workspace
