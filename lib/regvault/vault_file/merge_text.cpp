#include <regvault/vault_file/merge_text.hpp>

#include <optional>
#include <string_view>
#include <vector>

#include <regvault/vault_file/merge_check.hpp>
#include <regvault/vault_file/merge_secrets.hpp>
#include <regvault/vault_file/secrets.hpp>

namespace regvault::vault_file {
namespace {

std::vector<std::string_view> payloads_in(const MergeTexts& texts) {
  std::vector<std::string_view> payloads;
  for (const MergeText& text : texts) {
    for (const VaultSpan& span : text.vaults.spans) payloads.push_back(span.payload);
  }
  return payloads;
}

}  // namespace

TextMerge merge_text(const Versions& versions, const std::string& name, keys::Keyring& keyring, Conflicts form,
                     const Environment& environment) {
  KnownSecrets secrets(name, keyring);
  MergeTexts texts{MergeText(versions.base, name), MergeText(versions.ours, name), MergeText(versions.theirs, name)};
  secrets.meet(payloads_in(texts));
  std::vector<std::string> conflicts = merge_secrets(texts, name, secrets);
  MergedText lines = merge_units(texts, secrets, form, environment);
  TextMerge merge{std::move(lines.text), lines.lines_conflict, std::move(conflicts)};
  bool is_marked = merge.lines_conflict && form == Conflicts::marked;
  bool is_other = form == Conflicts::marked && !may_hold_secrets(merge.text.view());  // any text
  if (is_marked || is_other || reason_it_is_broken(versions.ours, name)) return merge;
  if (std::optional<Error> broken = reason_it_is_broken(merge.text.view(), name)) {
    merge.conflicts.push_back("the changes of both sides together are no valid YAML: " + broken->message);
    if (form == Conflicts::ours) merge.text = SecretBytes::copy_of(versions.ours);
  }
  return merge;
}

}  // namespace regvault::vault_file
