#include <regvault/vault_file/plain_view.hpp>

#include <algorithm>
#include <array>

#include <regvault/base/text.hpp>
#include <regvault/vault/payload.hpp>

namespace regvault::vault_file {
namespace {

using Value = PlainView::Value;

yaml::Document parse(std::string_view text, const std::string& name) {
  return yaml::Document::parse(std::string(text), name);
}

std::vector<keys::Keyring::Attempt> open_all(const std::vector<yaml::Place>& places, const std::string& name,
                                             keys::Keyring& keyring) {
  std::vector<std::string_view> payloads;
  for (const yaml::Place& place : places) payloads.push_back(place.value.text);
  return keyring.open_all(payloads, name);
}

/// In the first view that has it.
using Views = std::array<const PlainView*, 2>;

template <typename Wanted>
const Value* find(const Views& views, const Wanted& is_wanted) {
  for (const PlainView* view : views) {
    auto found = std::ranges::find_if(view->values, is_wanted);
    if (found != view->values.end()) return &*found;
  }
  return nullptr;
}

/// The value whose ciphertext is that of `place`; nullptr: there is none yet. `before`: what stood at its key.
const Value* same_secret(const Views& views, const yaml::Place& place, const Value* before) {
  auto has_text = [&](const Value& value) { return value.text.view() == place.value.text; };
  if (before == nullptr) return find(views, has_text);  // it was moved
  if (has_text(*before)) return before;
  return find(views, [&](const Value& value) {
    return has_text(value) && value.opened_by == before->opened_by && value.label == before->label;
  });
}

}  // namespace

PlainView plain_view(std::string_view bytes, const std::string& name, keys::Keyring& keyring) {
  yaml::Document document = parse(bytes, name);
  PlainView view;
  std::vector<std::optional<std::string_view>> texts;
  std::vector<yaml::Place> places = document.vaults();
  std::vector<keys::Keyring::Attempt> attempts = open_all(places, name, keyring);
  view.values.reserve(places.size());  // texts are views of theirs
  for (std::size_t i = 0; i < places.size(); ++i) {
    std::optional<keys::Keyring::Opened>& opened = attempts[i].opened;
    texts.push_back(std::nullopt);
    if (!opened || !is_utf8(opened->plaintext.view())) continue;  // it stays a vault; a broken one does, too
    view.values.push_back(
        {std::move(places[i].path), std::move(opened->plaintext), std::move(opened->header_label), opened->key, {}});
    texts.back() = view.values.back().text.view();
  }
  std::vector<yaml::PlainVault> shown;
  view.text = SecretBytes::copy_of(document.with_plain_vaults(texts, shown));
  for (std::size_t i = 0, source = 0, text = 0; i < shown.size(); ++i) {  // what is between them is the same in both
    std::size_t begin = bytes.find(shown[i].source, source);
    view.values[i].begin = text + (begin - source);
    source = begin + shown[i].source.size();
    text = view.values[i].begin + shown[i].shown.size();
    view.values[i].vault = std::move(shown[i]);
  }
  return view;
}

std::string sealed_view(std::string_view edited, const std::string& name, const PlainView& view, keys::Keyring& keyring,
                        const std::optional<std::string>& encrypt_vault_id, const PlainView& other) {
  const Views views{&view, &other};
  yaml::Document document = parse(edited, name);
  std::vector<yaml::Document::Sealed> sealed;
  for (const yaml::Place& place : document.plain_vaults()) {
    const Value* before = find(views, [&](const Value& value) { return value.key == place.path; });
    if (const Value* same = same_secret(views, place, before)) {
      sealed.push_back({same->vault.payload, &same->vault});
      continue;
    }
    const keys::Key& key = before ? *before->opened_by : keyring.key_for_encryption(encrypt_vault_id);
    std::string label(before ? std::string_view(before->label) : keys::label_for_header(key));
    sealed.push_back({vault::seal(place.value.text, key.password.view(), keyring.sealing(label))});
  }
  return document.with_sealed(sealed);
}

std::vector<yaml::Path> left_in_the_clear(std::string_view edited, const std::string& name, const PlainView& view) {
  yaml::Document document = parse(edited, name);
  std::vector<yaml::Path> keys;
  for (const Value& value : view.values) {
    std::optional<yaml::Value> now = document.find(value.key);
    bool in_the_clear = now && now->kind == yaml::Kind::scalar && !now->is_vault && now->tag != yaml::kPlainTag;
    if (in_the_clear) keys.push_back(value.key);
  }
  return keys;
}

}  // namespace regvault::vault_file
