#include <regvault/vault_file/edit_vault.hpp>

#include <filesystem>

#include <regvault/system/file.hpp>
#include <regvault/vault_file/contents.hpp>
#include <regvault/vault_file/edit_file.hpp>
#include <regvault/vault_file/edit_loop.hpp>

namespace regvault::vault_file {
namespace {

constexpr std::uintmax_t kMergedAtMost = 8 << 20;

bool is_large(const std::string& path) {
  std::error_code unknown;
  return std::filesystem::file_size(path, unknown) > kMergedAtMost && !unknown;
}

class Vault : public Editable {
 public:
  Vault(std::string_view bytes, const std::string& path, keys::Keyring& keyring)
      : path_(path), keyring_(keyring), bytes_(bytes), contents_(opened(bytes)) {}

  std::string_view text() const override { return contents_.text.view(); }

  std::string seal(std::string_view text) override {
    return text == contents_.text.view() ? bytes_ : file_bytes(contents_, text, keys());
  }

  EditorMerge rebase(std::string_view text, std::string_view, std::string_view bytes) override {
    Contents now = opened(bytes);
    EditorMerge merged = merge_for_editor({contents_.text.view()}, {text}, {now.text.view()});
    contents_ = std::move(now);
    bytes_ = bytes;
    return merged;
  }

  const keys::Key& key() override { return *contents_.vault->key; }

 private:
  Keys keys() const {
    return [this]() -> keys::Keyring& { return keyring_; };
  }

  Contents opened(std::string_view bytes) const {
    Contents contents = contents_of(bytes, path_, keys());
    if (!contents.vault) throw Error(ErrorCode::unsupported, "it is no vault any more", {}, {}, "not-a-vault");
    return contents;
  }

  const std::string& path_;
  keys::Keyring& keyring_;
  std::string bytes_;  // of the file
  Contents contents_;
};

}  // namespace

bool edit_vault(const std::string& path, EditorRequest request, keys::Keyring& keyring, const WarningSink& warn) {
  if (is_large(path)) return edit_file(path, std::move(request), keyring, warn);
  SecretBytes bytes = read_secret_file(path);
  Vault vault(bytes.view(), path, keyring);
  return edit_until_written(path, std::move(bytes), std::move(request), keyring, vault, warn);
}

}  // namespace regvault::vault_file
