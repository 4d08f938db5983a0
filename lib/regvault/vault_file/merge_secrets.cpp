#include <regvault/vault_file/merge_secrets.hpp>

#include <algorithm>
#include <optional>

#include <regvault/vault_file/secrets.hpp>

namespace regvault::vault_file {
namespace {

/// The payload for a key that both sides have: from the side that changed its text, else its password.
const std::string& resolved(const VaultSpan* before, const VaultSpan& our, const VaultSpan& their,
                            KnownSecrets& secrets, std::vector<std::string>& conflicts) {
  std::size_t our_text = secrets.number_of(our.payload), their_text = secrets.number_of(their.payload);
  if (our_text == their_text) {
    if (!before) return our.payload;
    bool rekeyed =
        !secrets.was_rekeyed(before->payload, our.payload) && secrets.was_rekeyed(before->payload, their.payload);
    return our.payload == before->payload || rekeyed ? their.payload : our.payload;
  }
  std::optional<std::size_t> text;
  if (before) text = secrets.number_of(before->payload);
  if (text == our_text) return their.payload;
  if (text != their_text) conflicts.push_back(yaml::to_string(our.key) + std::string(kBothChanged));
  return our.payload;
}

}  // namespace

std::vector<std::string> merge_secrets(MergeTexts& texts, const std::string& name, KnownSecrets& secrets) {
  std::vector<std::string> conflicts;
  if (!std::ranges::all_of(texts, [](const MergeText& text) { return text.vaults.is_yaml; })) return conflicts;
  std::array<std::vector<std::optional<std::string>>, Side::count> payloads;
  for (std::size_t side : kSides) payloads[side].resize(texts[side].vaults.spans.size());
  auto put = [&](std::size_t side, const VaultSpan* span, const std::string& payload) {
    if (!span || span->payload == payload) return;
    payloads[side][static_cast<std::size_t>(span - texts[side].vaults.spans.data())] = payload;
  };
  for (const VaultSpan& our : texts[Side::ours].vaults.spans) {
    const VaultSpan *before = texts[Side::base].at_key_of(our), *their = texts[Side::theirs].at_key_of(our);
    if (!their) continue;
    const std::string& payload = resolved(before, our, *their, secrets, conflicts);
    put(Side::base, before, payload);
    put(Side::ours, &our, payload);
    put(Side::theirs, their, payload);
  }
  for (std::size_t side : kSides) {
    bool is_changed = std::ranges::any_of(payloads[side], [](const auto& payload) { return payload.has_value(); });
    if (!is_changed) continue;
    SecretFile file = SecretFile::parse(std::string(texts[side].bytes.view()), name);
    texts[side] = MergeText(file.with(payloads[side]), name);
  }
  return conflicts;
}

}  // namespace regvault::vault_file
