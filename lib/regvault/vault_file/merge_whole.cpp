#include <regvault/vault_file/merge_whole.hpp>

#include <optional>

#include <regvault/vault/payload.hpp>
#include <regvault/vault_file/merge_check.hpp>
#include <regvault/vault_file/merge_secrets.hpp>
#include <regvault/vault_file/merge_text.hpp>
#include <regvault/vault_file/try_open.hpp>

namespace regvault::vault_file {
namespace {

using Opened = keys::Keyring::Opened;

class WholeFiles {
 public:
  WholeFiles(const Versions& versions, const std::string& name, keys::Keyring& keyring)
      : versions_(versions), name_(name), keyring_(keyring) {
    before_ = try_open(std::string(versions.base), name, keyring);
    our_ = try_open(std::string(versions.ours), name, keyring);
    their_ = try_open(std::string(versions.theirs), name, keyring);
  }

  Merge merged(const Environment& environment) {
    if (versions_.ours == versions_.theirs || versions_.base == versions_.theirs) return ours_stays();
    if (versions_.base == versions_.ours) return {std::string(versions_.theirs), {}};
    if (our_ && their_ && view(our_) == view(their_)) return {sealed_text(view(our_)), {}};
    if (before_ && our_ && their_) return merged_texts(environment);
    return ours_stays("this vault" + std::string(kBothChanged) +
                      (our_ && their_ ? "" : " (no vault secret at hand opens all versions)"));
  }

 private:
  static std::string_view view(const std::optional<Opened>& opened) { return opened->plaintext.view(); }

  Merge ours_stays(std::optional<std::string> conflict = std::nullopt) const {
    Merge merge{.bytes = std::string(versions_.ours), .conflicts = {}};
    if (conflict) merge.conflicts.push_back(*conflict);
    return merge;
  }

  Merge merged_texts(const Environment& environment) {
    Versions texts{view(before_), view(our_), view(their_)};
    TextMerge merged = merge_text(texts, name_, keyring_, Conflicts::ours, environment);
    if (merged.lines_conflict) {
      std::vector<std::string> changes = untaken_changes(texts, merged.text.view(), name_);
      if (changes.empty()) changes.emplace_back("lines of this vault conflict: ours stay");
      merged.conflicts.insert(merged.conflicts.end(), changes.begin(), changes.end());
    }
    return {sealed_text(merged.text.view()), std::move(merged.conflicts)};
  }

  bool has_changed_key(const std::optional<Opened>& opened) const {
    return before_ && (opened->key != before_->key || opened->header_label != before_->header_label);
  }

  /// Under our key, unless only they have changed it. What a version holds already is not sealed anew.
  std::string sealed_text(std::string_view text) {
    bool as_theirs = has_changed_key(their_) && !has_changed_key(our_);
    bool as_ours_was = before_ && view(our_) == view(before_) && !has_changed_key(our_);
    const Opened& like = as_theirs ? *their_ : *our_;
    if (text == like.plaintext.view()) return std::string(as_theirs ? versions_.theirs : versions_.ours);
    if (text == view(their_) && as_ours_was) return std::string(versions_.theirs);
    return vault::seal(text, like.key->password.view(), keyring_.sealing(like.header_label));
  }

  const Versions& versions_;
  const std::string& name_;
  keys::Keyring& keyring_;
  std::optional<Opened> before_, our_, their_;
};

}  // namespace

Merge merge_whole(const Versions& versions, const std::string& name, keys::Keyring& keyring,
                  const Environment& environment) {
  return WholeFiles(versions, name, keyring).merged(environment);
}

}  // namespace regvault::vault_file
