#include <regvault/vault_file/plain_values.hpp>

#include <algorithm>
#include <array>

#include <regvault/base/parallel.hpp>
#include <regvault/base/text.hpp>
#include <regvault/vault/payload.hpp>
#include <regvault/vault_file/refusals.hpp>

namespace regvault::vault_file {
namespace {

constexpr std::size_t kYamlAtMost = std::size_t{64} << 20;

/// nullopt: too much for YAML.
std::optional<SecretBytes> text_of(const Input& input) {
  SecretBytes text;
  std::array<char, std::size_t{64} << 10> piece{};
  while (std::size_t count = input.read_at(text.size(), piece.data(), piece.size())) {
    text.append({piece.data(), count});
    if (text.size() > kYamlAtMost) break;
  }
  wipe(piece.data(), piece.size());
  if (text.size() > kYamlAtMost) return std::nullopt;
  return text;
}

std::string quoted_key(const Secret& secret) {
  return in_quotes(yaml::to_string(secret.key));
}

/// Every secret's text; nullopt: it stays a vault, and is in `left`.
std::vector<std::optional<SecretBytes>> open_all(const SecretFile& file, keys::Keyring& keyring,
                                                 std::vector<Secret>& left) {
  std::vector<std::string_view> payloads;
  for (const Secret& secret : file.secrets()) payloads.push_back(secret.payload);
  std::vector<keys::Keyring::Attempt> attempts = keyring.open_all(payloads, file.name());
  std::vector<std::optional<SecretBytes>> texts(attempts.size());
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    const Secret& secret = file.secrets()[i];
    auto& [opened, error] = attempts[i];
    if (opened && is_utf8(opened->plaintext.view())) {
      texts[i] = std::move(opened->plaintext);
      continue;
    }
    left.push_back(secret);
    if (opened) error = Error(ErrorCode::malformed, "the value is not UTF-8 text", {}, secret.where, "not-utf8");
    if (error) left.back().broken = Error(error->code, error->message, error->hint, secret.where, error->reason);
  }
  return texts;
}

std::string in_plain(const SecretFile& file, const std::vector<std::optional<SecretBytes>>& opened, Shown as) {
  std::vector<std::optional<std::string_view>> texts;
  for (const auto& text : opened) texts.push_back(text ? std::optional(text->view()) : std::nullopt);
  if (texts.empty()) return file.bytes();
  if (as == Shown::untagged) return yaml::Document::with_plain_values(file.documents(), texts);
  std::vector<yaml::PlainVault> shown;
  return yaml::Document::with_plain_vaults(file.documents(), texts, shown);
}

void warn_of_braces(const std::vector<Secret>& braced, const WarningSink& warn) {
  for (const Secret& secret : braced) {
    warn(name_of(secret) + ": the value holds \"{{\": Ansible takes it for a template; the tag !unsafe prevents that");
  }
}

/// What is to be encrypted; nullopt: it is already.
std::optional<yaml::Value> value_to_encrypt(const yaml::Document& document, const Target& target) {
  yaml::Value value = document.at(target.key);
  if (value.is_vault) return std::nullopt;
  refuse_collection(target, value);
  refuse_template(target, document, value, false);
  if (value.kind == yaml::Kind::null) {
    throw Error(ErrorCode::unsupported, name_of(target) + " has no value",
                "regvault set " + escaped(target.file) + " " + yaml::to_string(target.key) + " gives it one",
                place(target, value), "not-a-scalar");
  }
  return value;
}

void warn_of_changes(const Target& target, const yaml::Value& value, const WarningSink& warn) {
  std::string name = escaped(target.file) + ":" + std::to_string(value.line) + ": " + yaml::to_string(target.key);
  if (!value.is_text) {
    warn(name + ": was a number, a date or a word like yes to Ansible, and is text once it is encrypted");
  }
  if (value.alias_uses != 0) {
    warn(name + ": is used by " + std::to_string(value.alias_uses) +
         (value.alias_uses == 1 ? " alias, which is encrypted, too" : " aliases, which are encrypted, too"));
  }
}

}  // namespace

std::optional<SecretFile> values_in(const Input& input, const std::string& name) {
  if (vault::begins_with_mark(reading(input))) return std::nullopt;
  std::optional<SecretBytes> text = text_of(input);
  if (!text || !may_hold_secrets(text->view())) return std::nullopt;
  SecretFile file = SecretFile::parse(std::string(text->view()), name);
  if (file.secrets().empty()) return std::nullopt;
  return file;
}

PlainValues plain_values(const SecretFile& file, keys::Keyring& keyring, Shown as) {
  PlainValues plain;
  const std::vector<std::optional<SecretBytes>> opened = open_all(file, keyring, plain.left);
  for (std::size_t i = 0; i < opened.size(); ++i) {
    if (!opened[i]) continue;
    ++plain.count;
    bool is_braced = opened[i]->view().find("{{") != std::string_view::npos;
    if (is_braced) plain.braced.push_back(file.secrets()[i]);
  }
  std::string bytes = in_plain(file, opened, as);
  plain.text = SecretBytes::copy_of(bytes);
  wipe(bytes.data(), bytes.size());
  return plain;
}

Error cannot_open(const std::vector<Secret>& left) {
  for (const Secret& secret : left) {
    if (!secret.broken) continue;
    const Error& why = *secret.broken;
    return {why.code, quoted_key(secret) + ": " + why.message, why.hint, secret.where, why.reason};
  }
  const Secret& first = left.at(0);
  if (left.size() == 1) return keys::no_key_opens(quoted_key(first), first.label, first.where);
  std::string names;
  for (const Secret& secret : left) {
    names += (names.empty() ? "" : ", ") + quoted_key(secret) + " (line " + std::to_string(secret.where.line);
    names += (secret.label.empty() ? "" : ", vault id " + in_quotes(secret.label)) + ")";
  }
  return keys::no_key_opens(names, "", {.file = first.where.file});
}

std::size_t decrypt_values(const SecretFile& file, const Input& input, const Route& route, const Streams& streams,
                           keys::Keyring& keyring, const WarningSink& warn) {
  PlainValues plain = plain_values(file, keyring, Shown::untagged);
  if (!plain.left.empty()) throw cannot_open(plain.left);
  Output output(route, streams, input);
  output.write(plain.text.view());
  output.commit(warn);
  warn_of_braces(plain.braced, warn);
  return plain.count;
}

ChooseKeys these(std::vector<yaml::Path> keys) {
  return [keys = std::move(keys)](const yaml::Document&) { return keys; };
}

std::vector<EncryptedValue> encrypt_values(Input input, const Route& route, const Streams& streams,
                                           const ChooseKeys& choose, const keys::Key& key,
                                           const vault::Sealing& sealing, const WarningSink& warn) {
  const std::string name = shown_source(route.source);
  if (vault::is_encrypted(reading(input))) throw already_encrypted(name);
  std::optional<SecretBytes> text = text_of(input);
  if (!text) throw Error(ErrorCode::unsupported, in_quotes(name) + " is too large for YAML", {}, {}, "size");
  std::vector<EncryptedValue> done;
  std::vector<std::pair<Target, yaml::Value>> changed;
  const yaml::Document before = yaml::Document::parse(std::string(text->view()), name);
  for (const yaml::Path& path : choose(before)) {
    if (std::ranges::count(done, path, &EncryptedValue::key) != 0) continue;
    Target target{name, path, std::nullopt};
    std::optional<yaml::Value> value = value_to_encrypt(before, target);
    done.push_back({path, !value});
    if (value) changed.emplace_back(std::move(target), std::move(*value));
  }
  std::vector<yaml::Document::NewVault> vaults(changed.size());
  in_parallel(changed.size(), [&](std::size_t i) {
    vaults[i] = {changed[i].first.key, vault::seal(changed[i].second.text, key.password.view(), sealing)};
  });
  if (changed.empty() && route.destination.empty() && route.source != "-") return done;
  std::optional<Input> source = std::move(input);
  Output output(route, streams, *source);
  output.write(before.with_vaults_at(vaults));
  if (route.destination.empty()) output.wipe_old_bytes();
  source.reset();  // old bytes that are open, here too, are not wiped
  output.commit(warn);
  for (const auto& [target, value] : changed) warn_of_changes(target, value, warn);
  return done;
}

}  // namespace regvault::vault_file
