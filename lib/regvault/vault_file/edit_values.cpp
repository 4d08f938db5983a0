#include <regvault/vault_file/edit_values.hpp>

#include <algorithm>

#include <regvault/system/file.hpp>
#include <regvault/vault_file/edit_loop.hpp>
#include <regvault/vault_file/plain_view.hpp>
#include <regvault/vault_file/vault_spans.hpp>

namespace regvault::vault_file {
namespace {

/// With the vaults in it, in plain or not, as a whole each.
TextVersion version_of(const PlainView& view, const std::string& name) {
  TextVersion version{.text = view.text.view()};
  for (const VaultSpan& span : vault_spans(version.text, name).spans) version.whole.push_back({span.begin, span.end});
  for (const PlainView::Value& value : view.values) {
    version.whole.push_back({value.begin, value.begin + value.vault.shown.size()});
  }
  std::ranges::sort(version.whole, {}, &ByteRange::begin);
  return version;
}

std::string names_of(const std::vector<yaml::Path>& keys) {
  std::string out;
  for (const yaml::Path& key : keys) out += (out.empty() ? "" : ", ") + in_quotes(yaml::to_string(key));
  return out;
}

class Values : public Editable {
 public:
  Values(std::string_view bytes, const std::string& path, keys::Keyring& keyring, const ValueEditing& options)
      : path_(path), keyring_(keyring), options_(options), view_(plain_view(bytes, path, keyring)) {}

  std::string_view text() const override { return view_.text.view(); }

  std::string_view help() const override {
    return "values tagged !vault-plain are encrypted when you save, new ones too; this line goes away";
  }

  std::string seal(std::string_view text) override {
    confirm_what_is_in_the_clear(text);
    return sealed_view(text, path_, view_, keyring_, options_.encrypt_vault_id, typed_);
  }

  /// What was typed is shown anew, so that it looks as the others do, and secrets are found in it.
  EditorMerge rebase(std::string_view, std::string_view sealed, std::string_view bytes) override {
    PlainView typed = plain_view(sealed, path_, keyring_), now = plain_view(bytes, path_, keyring_);
    EditorMerge merged = merge_for_editor(version_of(view_, path_), version_of(typed, path_), version_of(now, path_));
    typed_ = std::move(typed);
    view_ = std::move(now);
    return merged;
  }

  const keys::Key& key() override {
    return view_.values.empty() ? keyring_.first_key() : *view_.values.front().opened_by;
  }

 private:
  void confirm_what_is_in_the_clear(std::string_view text) {
    std::vector<yaml::Path> open = left_in_the_clear(text, path_, view_);
    std::erase_if(open, [&](const yaml::Path& key) { return std::ranges::count(confirmed_, key) != 0; });
    if (open.empty()) return;
    if (!options_.confirm || !options_.confirm(question(open))) {
      throw Error(ErrorCode::declined, names_of(open) + " would be in the clear: the tag !vault-plain is missing", {},
                  {}, "in-the-clear");
    }
    confirmed_.insert(confirmed_.end(), open.begin(), open.end());
  }

  static std::string question(const std::vector<yaml::Path>& open) {
    return names_of(open) + (open.size() == 1 ? " has" : " have") + " lost the tag !vault-plain. Write " +
           (open.size() == 1 ? "it" : "them") + " in the clear?";
  }

  const std::string& path_;
  keys::Keyring& keyring_;
  const ValueEditing& options_;
  PlainView view_;                     // of the file
  PlainView typed_;                    // of the text before it was merged: ciphertexts that were made already
  std::vector<yaml::Path> confirmed_;  // may stand in the clear
};

}  // namespace

bool edit_values(const std::string& path, EditorRequest request, keys::Keyring& keyring, const ValueEditing& options,
                 const WarningSink& warn) {
  SecretBytes bytes = read_secret_file(path);
  Values values(bytes.view(), path, keyring, options);
  return edit_until_written(path, std::move(bytes), std::move(request), keyring, values, warn);
}

}  // namespace regvault::vault_file
