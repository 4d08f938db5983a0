#include <regvault/vault_file/secrets.hpp>

#include <algorithm>
#include <iterator>

#include <regvault/base/text.hpp>
#include <regvault/vault/payload.hpp>

namespace regvault::vault_file {
namespace {

/// Fills in what the header says, or why it says nothing.
Secret examined(Secret secret) {
  try {
    secret.label = vault::SealedPayload::parse(vault::reading(secret.payload), secret.where.file).header().label;
  } catch (const Error& error) {
    Where where = secret.where;  // the payload's own lines are counted from its header
    if (secret.whole_file) where = error.where;
    secret.broken = Error(error.code, error.message, error.hint, where, error.reason);
  }
  return secret;
}

constexpr std::string_view kMark = "$ANSIBLE_VAULT;";

std::size_t count_of_marks(std::string_view bytes) {
  std::size_t count = 0;
  for (std::size_t at = bytes.find(kMark); at != bytes.npos; at = bytes.find(kMark, at + 1)) ++count;
  return count;
}

Error why_not_ours(const yaml::Place& place, const Where& where) {
  if (!place.path.empty() && place.path.back().key == "__ansible_vault") {
    return {ErrorCode::unsupported, "a vault in JSON's spelling, which is not changed", {}, where, "json-vault"};
  }
  return {ErrorCode::unsupported, "a vault without the tag !vault, which Ansible reads as text", {}, where, "untagged"};
}

std::vector<Secret> untagged_in(const yaml::Document& document, std::size_t number, const std::string& name) {
  std::vector<Secret> found;
  for (yaml::Place& place : document.scalars()) {
    if (place.value.is_vault || !stripped(place.value.text).starts_with(kMark)) continue;
    Where where{.file = name, .line = place.value.line, .column = place.value.column};
    Error why = why_not_ours(place, where);
    found.push_back({.key = std::move(place.path),
                     .document = number,
                     .where = std::move(where),
                     .payload = std::move(place.value.text),
                     .broken = std::move(why)});
  }
  return found;
}

}  // namespace

std::string name_of(const Secret& secret) {
  std::string file = escaped(secret.where.file);
  if (secret.whole_file) return file;
  return file + ":" + std::to_string(secret.where.line) + ": " + yaml::to_string(secret.key);
}

bool may_hold_secrets(std::string_view bytes) {
  return bytes.find("!vault") != bytes.npos || bytes.find("$ANSIBLE_VAULT") != bytes.npos;
}

SecretFile SecretFile::parse(std::string bytes, std::string name) {
  SecretFile file;
  file.bytes_ = std::move(bytes);
  file.name_ = std::move(name);
  if (vault::is_encrypted(file.bytes_)) {
    file.secrets_.push_back(
        examined({.whole_file = true, .where = {.file = file.name_, .line = 1, .column = 1}, .payload = file.bytes_}));
    return file;
  }
  if (!may_hold_secrets(file.bytes_)) return file;
  file.documents_ = yaml::Document::parse_all(std::move(file.bytes_), file.name_);
  for (std::size_t number = 0; number < file.documents_.size(); ++number) {
    for (yaml::Place& place : file.documents_[number].vaults()) {
      file.secrets_.push_back(
          examined({.key = std::move(place.path),
                    .document = number,
                    .where = {.file = file.name_, .line = place.value.line, .column = place.value.column},
                    .payload = std::move(place.value.text)}));
    }
  }
  if (count_of_marks(file.bytes()) <= file.secrets_.size()) return file;
  for (std::size_t number = 0; number < file.documents_.size(); ++number) {
    std::ranges::move(untagged_in(file.documents_[number], number, file.name_), std::back_inserter(file.others_));
  }
  return file;
}

std::string SecretFile::with(const std::vector<std::optional<std::string>>& payloads) const {
  if (!secrets_.empty() && secrets_[0].whole_file) return payloads.at(0).value_or(bytes_);
  if (secrets_.empty()) return bytes();
  return yaml::Document::with_vaults(documents_, payloads);
}

}  // namespace regvault::vault_file
