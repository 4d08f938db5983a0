#include <regvault/keys/keyring.hpp>

#include <algorithm>
#include <span>
#include <utility>

#include <regvault/base/text.hpp>

namespace regvault::keys {
namespace {

using Kind = KeySource::Kind;

constexpr std::string_view kHowToGiveOne = "give one with --vault-id LABEL@FILE or ANSIBLE_VAULT_PASSWORD_FILE";

bool is_prompt(const VaultId& id) {
  return id.source == "prompt" || id.source == "prompt_ask_vault_pass";
}

struct Named {
  VaultId id;
  std::string by;  ///< KeySource::named_by
};

/// What in the configuration says so: the variable, when it is set, else the key in the file.
std::string setting(std::string_view key, const std::string& variable, const config::AnsibleConfig& config,
                    const Environment& environment) {
  if (!config.file || (environment && environment(variable))) return variable;
  return std::string(key) + " in " + escaped(*config.file);
}

/// Everything that names a secret, in the order in which Ansible takes it.
std::vector<Named> named_sources(const KeyRequest& request, const config::AnsibleConfig& config,
                                 const Environment& environment) {
  auto said = [&](std::string_view key, const std::string& variable) {
    return setting(key, variable, config, environment);
  };
  std::vector<Named> out;
  for (const std::string& text : config.vault_identity_list) {
    out.push_back({parse_vault_id(text), said("vault_identity_list", "ANSIBLE_VAULT_IDENTITY_LIST")});
  }
  for (const std::string& text : request.vault_ids) out.push_back({parse_vault_id(text), "--vault-id"});
  for (const std::string& file : request.password_files) {
    out.push_back({{config.vault_identity, file}, "--vault-password-file"});
  }
  if (config.vault_password_file) {
    out.push_back({{config.vault_identity, *config.vault_password_file},
                   said("vault_password_file", "ANSIBLE_VAULT_PASSWORD_FILE")});
  }
  if (request.ask || config.ask_vault_pass) {
    out.push_back({{config.vault_identity, "prompt_ask_vault_pass"},
                   request.ask ? "--ask-vault-password" : said("ask_vault_pass", "ANSIBLE_ASK_VAULT_PASS")});
  }
  return out;
}

bool is_same(const KeySource& a, const KeySource& b) {
  bool asks_the_same = a.kind != Kind::client_script || a.given_label == b.given_label;
  return a.kind == b.kind && a.label == b.label && a.path == b.path && asks_the_same;
}

bool is_same(const Key& a, const Key& b) {
  return a.label == b.label && equal_in_constant_time(a.password.view(), b.password.view());
}

/// `"a", "b"`.
std::string listed(const std::vector<std::string>& labels) {
  std::string out;
  for (const std::string& label : labels) out += (out.empty() ? "" : ", ") + in_quotes(label);
  return out;
}

std::optional<Keyring::Unlocked> try_keys(const vault::SealedPayload& sealed, std::span<const Key* const> keys) {
  if (keys.empty()) return std::nullopt;
  std::optional<vault::VerifiedKey> proof = sealed.verify(passwords_of(keys));
  if (!proof) return std::nullopt;
  const Key* key = keys[proof->index()];
  return Keyring::Unlocked{std::move(*proof), key};
}

}  // namespace

std::vector<std::string_view> passwords_of(std::span<const Key* const> keys) {
  std::vector<std::string_view> passwords;
  for (const Key* key : keys) passwords.push_back(key->password.view());
  return passwords;
}

std::string_view label_for_header(const Key& key) {
  return key.label == "default" ? std::string_view() : std::string_view(key.label);
}

Error no_key_opens(std::string_view what, std::string_view label, Where where, std::string hint) {
  std::string message = "no vault secret at hand opens " + std::string(what);
  if (!label.empty()) message += " (vault id " + in_quotes(label) + ")";
  return {ErrorCode::no_key, std::move(message), std::move(hint), std::move(where), "no-key"};
}

Keyring::Keyring(const config::AnsibleConfig& config)
    : default_label_(config.vault_identity),
      encrypt_identity_(config.vault_encrypt_identity),
      id_must_match_(config.vault_id_match),
      encrypt_salt_(config.vault_encrypt_salt) {}

Keyring::Keyring(const KeyRequest& request, const config::AnsibleConfig& config, Surroundings surroundings)
    : Keyring(config) {
  surroundings_ = std::move(surroundings);
  std::vector<Named> sources = named_sources(request, config, surroundings_.environment);
  if (sources.empty()) {
    if (!surroundings_.ask_hidden) {
      throw Error(ErrorCode::usage, "no vault secret is given", std::string(kHowToGiveOne));
    }
    sources.push_back({{config.vault_identity, "prompt_ask_vault_pass"}, {}});
  }
  std::vector<Error> failures;
  for (const auto& [id, by] : sources) {
    try {
      add_source(id, by, request);
    } catch (const Error& error) {
      if (surroundings_.source_failed) surroundings_.source_failed(id.label, error);
      if (is_prompt(id)) throw;
      failures.push_back(error);
    }
  }
  warn_or_throw(failures);
}

void Keyring::add(Key key) {
  Slot& slot = slots_.emplace_back();
  slot.source.label = key.label;
  slot.key = std::move(key);
}

std::vector<std::string> Keyring::labels() const {
  std::vector<std::string> out;
  for (const Slot& slot : slots_) {
    if (!slot.failed) out.push_back(slot.source.label);
  }
  return out;
}

KeySource Keyring::source_of(const Key& key) const {
  for (const Slot& slot : slots_) {
    if (slot.key && &*slot.key == &key) return slot.source;
  }
  return {.kind = KeySource::Kind::prompt, .label = key.label};
}

std::vector<const Key*> Keyring::all_keys() {
  std::vector<const Key*> keys;
  for (Slot& slot : slots_) {
    if (const Key* key = load(slot)) keys.push_back(key);
  }
  return keys;
}

void Keyring::add_source(const VaultId& id, std::string named_by, const KeyRequest& request) {
  Slot slot{.source = find_key_source(id, default_label_, surroundings_)};
  slot.source.named_by = std::move(named_by);
  bool known = std::ranges::any_of(slots_, [&](const Slot& other) { return is_same(other.source, slot.source); });
  if (known && !request.keep_duplicates) return;
  if (slot.source.kind == Kind::file) {
    slot.key = Key{slot.source.label, open_password_file(slot.source.path)};
  } else if (is_prompt(id)) {
    slot.key = Key{slot.source.label, ask_password(slot.source, request.confirm_prompts, surroundings_)};
  }
  slots_.push_back(std::move(slot));
}

SecretBytes Keyring::open_password_file(const std::string& path) {
  SecretBytes content = read_password_file(path);
  if (vault::is_encrypted(content.view())) {
    std::optional<Opened> opened = open(content.view(), path);
    if (!opened) {
      throw Error(ErrorCode::no_key,
                  "no vault secret given before it opens the vault password file " + in_quotes(path));
    }
    content = std::move(opened->plaintext);
  }
  strip(content, kLineEnds);
  if (content.empty())
    throw Error(ErrorCode::malformed, "the vault password file " + in_quotes(path) + " is empty", {}, {}, "empty-file");
  return content;
}

/// The slot's key; runs the script the first time. nullptr: it failed, now or before.
const Key* Keyring::load(Slot& slot) {
  if (slot.is_pending()) {
    try {
      slot.key = Key{slot.source.label,
                     run_password_script(slot.source, surroundings_.script_timeout, surroundings_.scripts_may_ask)};
    } catch (const Error& error) {
      slot.failed = true;
      last_failure_ = error;
      if (surroundings_.source_failed) surroundings_.source_failed(slot.source.given_label, error);
      if (has_usable()) warn(error);
    }
  }
  if (!has_usable()) throw *last_failure_;
  return slot.key ? &*slot.key : nullptr;
}

bool Keyring::has_usable() const {
  return std::ranges::any_of(slots_, [](const Slot& slot) { return !slot.failed; });
}

void Keyring::warn(const Error& error) const {
  if (!surroundings_.source_failed) surroundings_.warn(error.what());
}

/// Nothing usable: the last failure is the error, and what else failed a warning.
void Keyring::warn_or_throw(const std::vector<Error>& failures) const {
  bool is_fatal = !failures.empty() && !has_usable();
  for (const Error& failure : failures) {
    if (!is_fatal || failure.message != failures.back().message) warn(failure);
  }
  if (is_fatal) throw failures.back();
}

/// A payload without one has the default label.
const std::string& Keyring::label_of(const vault::Header& header) const {
  return header.label.empty() ? default_label_ : header.label;
}

/// That have not run yet.
bool Keyring::has_scripts() const {
  return std::ranges::any_of(slots_, &Slot::is_pending);
}

std::vector<const Key*> Keyring::at_hand() const {
  std::vector<const Key*> keys;
  for (const Slot& slot : slots_) {
    if (slot.key) keys.push_back(&*slot.key);
  }
  return keys;
}

/// Those with the label, or those without it.
std::vector<const Key*> Keyring::at_hand(const std::string& label, bool matching) const {
  std::vector<const Key*> keys;
  for (const Slot& slot : slots_) {
    if (slot.key && (slot.source.label == label) == matching) keys.push_back(&*slot.key);
  }
  return keys;
}

std::optional<Keyring::Unlocked> Keyring::unlock(const vault::SealedPayload& sealed) {
  const std::string& label = label_of(sealed.header());
  for (bool matching : {true, false}) {
    if (!matching && id_must_match_) break;
    std::vector<Slot*> scripts;
    for (Slot& slot : slots_) {
      if ((slot.source.label == label) == matching && !slot.key) scripts.push_back(&slot);
    }
    if (auto unlocked = try_keys(sealed, at_hand(label, matching))) return unlocked;
    for (Slot* slot : scripts) {
      const Key* key = load(*slot);
      if (key == nullptr) continue;
      if (auto unlocked = try_keys(sealed, {&key, 1})) return unlocked;
    }
  }
  return std::nullopt;
}

std::optional<Keyring::Opened> Keyring::open(std::string_view payload, const std::string& name) {
  vault::SealedPayload sealed = vault::SealedPayload::parse(vault::reading(payload), name);
  std::optional<Unlocked> unlocked = unlock(sealed);
  if (!unlocked) return std::nullopt;
  Opened opened{.plaintext = {}, .header_label = sealed.header().label, .key = unlocked->key};
  opened.plaintext.reserve(sealed.plaintext_at_most());
  sealed.decrypt(unlocked->proof, [&](std::string_view piece) { opened.plaintext.append(piece); });
  return opened;
}

vault::Sealing Keyring::sealing(std::string_view header_label) {
  if (!encrypt_salt_.empty() && !warned_of_salt_) {
    warned_of_salt_ = true;
    surroundings_.warn(
        "vault_encrypt_salt is set: what is encrypted with one salt and password can be compared, and "
        "two texts of which one is known give the other away");
  }
  return {.label = std::string(header_label), .salt = encrypt_salt_};
}

void Keyring::follow(const config::CreationRule* rule) {
  rule_ = rule ? std::optional(*rule) : std::nullopt;
}

const Key& Keyring::key_for_encryption(const std::optional<std::string>& label_wanted) {
  if (!label_wanted.value_or("").empty()) return key_with_label(*label_wanted, "--encrypt-vault-id");
  if (rule_ && rule_->vault_id) return key_with_label(*rule_->vault_id, rule_->name() + ": vault_id");
  if (!encrypt_identity_.value_or("").empty()) return key_with_label(*encrypt_identity_, "vault_encrypt_identity");
  return only_key();
}

const Key& Keyring::first_key() {
  for (Slot& slot : slots_) {
    if (const Key* key = load(slot)) return *key;
  }
  throw Error(ErrorCode::usage, "no vault secret is given", std::string(kHowToGiveOne));
}

const Key& Keyring::key_with_label(const std::string& label, std::string_view said_by) {
  for (Slot& slot : slots_) {
    if (slot.source.label != label) continue;
    if (const Key* key = load(slot)) return *key;
  }
  std::vector<std::string> known = labels();
  std::vector<std::string_view> candidates(known.begin(), known.end());
  std::optional<std::string_view> meant = closest(label, candidates);
  throw Error(ErrorCode::usage,
              "did not find a match for " + std::string(said_by) + "=" + in_quotes(label) +
                  " in the known vault ids [" + listed(known) + "]",
              meant ? "--encrypt-vault-id " + std::string(*meant) : "", {}, "no-such-vault-id");
}

const Key& Keyring::only_key() {
  const Key* only = nullptr;
  for (bool at_hand : {true, false}) {  // two keys at hand are a choice already: no need to run the scripts
    for (Slot& slot : slots_) {
      if (slot.key.has_value() != at_hand) continue;
      const Key* key = load(slot);
      if (key == nullptr || key == only) continue;
      if (only != nullptr && !is_same(*only, *key)) {
        throw Error(ErrorCode::usage, "the vault ids " + listed(labels()) + " are available to encrypt",
                    "--encrypt-vault-id " + labels().front(), {}, "ambiguous-vault-id");
      }
      if (only == nullptr) only = key;
    }
  }
  if (only == nullptr) throw Error(ErrorCode::usage, "no vault secret is given", std::string(kHowToGiveOne));
  return *only;
}

}  // namespace regvault::keys
