#include <regvault/vault_file/contents.hpp>

#include <regvault/vault/payload.hpp>

namespace regvault::vault_file {

Contents contents_of(std::string_view bytes, const std::string& name, const Keys& keys) {
  if (!vault::is_encrypted(bytes)) return {SecretBytes::copy_of(bytes), std::nullopt};
  std::optional<keys::Keyring::Opened> opened = keys().open(bytes, name);
  if (!opened) {
    std::string label = vault::SealedPayload::parse(vault::reading(bytes), name).header().label;
    throw keys::no_key_opens(in_quotes(name), label);
  }
  return {std::move(opened->plaintext), Contents::Vault{std::move(opened->header_label), opened->key}};
}

std::string file_bytes(const Contents& contents, std::string_view text, const Keys& keys) {
  if (!contents.vault) return std::string(text);
  return vault::seal(text, contents.vault->key->password.view(), keys().sealing(contents.vault->label));
}

}  // namespace regvault::vault_file
