#include <regvault/vault_file/diff_text.hpp>

#include <map>
#include <optional>

#include <regvault/base/text.hpp>
#include <regvault/vault/fingerprint.hpp>
#include <regvault/vault/payload.hpp>
#include <regvault/vault_file/try_open.hpp>
#include <regvault/vault_file/vault_spans.hpp>
#include <regvault/yaml/document.hpp>

namespace regvault::vault_file {
namespace {

std::string label_of(const std::string& payload) {
  try {
    std::string label = vault::SealedPayload::parse(vault::reading(payload), {}).header().label;
    return label.empty() ? "default" : label;
  } catch (const Error&) {
    return "(broken)";
  }
}

class DiffText {
 public:
  DiffText(const std::string& name, keys::Keyring& keyring, bool reveal)
      : name_(name), keyring_(keyring), reveal_(reveal) {}

  SecretBytes of(std::string_view bytes) {
    if (!vault::is_encrypted(bytes)) return of_text(bytes);
    std::string payload(bytes);
    std::optional<keys::Keyring::Opened> opened = try_open(payload, name_, keyring_);
    if (opened && reveal_) return of_text(opened->plaintext.view());
    return SecretBytes::copy_of(line(payload, opened, "whole file") + "\n");
  }

 private:
  SecretBytes of_text(std::string_view bytes) {
    const std::vector<VaultSpan> spans = vault_spans(bytes, name_).spans;
    std::vector<std::string_view> payloads;
    for (const VaultSpan& span : spans) payloads.push_back(span.payload);
    const std::vector<keys::Keyring::Attempt> attempts = try_open_all(payloads, name_, keyring_);
    SecretBytes text;
    std::size_t at = 0;
    for (std::size_t i = 0; i < spans.size(); ++i) {
      const VaultSpan& span = spans[i];
      text.append(bytes.substr(at, span.begin - at));
      text.append(span.before);
      append(text, span, attempts[i].opened);
      text.append(span.after);
      at = span.end;
    }
    text.append(bytes.substr(at));
    return text;
  }

  void append(SecretBytes& text, const VaultSpan& span, const std::optional<keys::Keyring::Opened>& opened) {
    if (!opened || !reveal_ || !is_utf8(opened->plaintext.view())) {
      return text.append(line(span.payload, opened, span.key.empty() ? "" : yaml::to_string(span.key)));
    }
    text.append("!vault-plain " + label_of(span.payload));
    std::string_view plain = opened->plaintext.view();
    if (plain.find('\n') == plain.npos) {
      text.append(" ");
      text.append(yaml::json_quoted(plain));
      return;
    }
    text.append(" |");  // its lines, deep enough to be told from the file's
    if (plain.ends_with('\n')) plain.remove_suffix(1);
    for (std::string_view row : split(plain, '\n')) {
      text.append("\n    ");
      text.append(row);
    }
  }

  std::string line(const std::string& payload, const std::optional<keys::Keyring::Opened>& opened,
                   const std::string& place) {
    std::string text = "!vault " + label_of(payload) + " ";
    if (opened) {
      auto [at, is_new] = fingerprints_.try_emplace(opened->key, opened->key->password.view());
      text += at->second.of(opened->plaintext.view());
    } else {
      text += "(encrypted, no key) " + vault::ciphertext_fingerprint(payload);
    }
    return place.empty() ? text : text + " (" + place + ")";
  }

  const std::string& name_;
  keys::Keyring& keyring_;
  bool reveal_;
  std::map<const keys::Key*, vault::Fingerprints> fingerprints_;
};

}  // namespace

SecretBytes diff_text(std::string_view bytes, const std::string& name, keys::Keyring& keyring, bool reveal) {
  return DiffText(name, keyring, reveal).of(bytes);
}

}  // namespace regvault::vault_file
