#include <regvault/vault_file/vault_file.hpp>

#include <array>

#include <regvault/base/text.hpp>
#include <regvault/system/file_update.hpp>
#include <regvault/vault/payload.hpp>
#include <regvault/vault_file/refusals.hpp>

namespace regvault::vault_file {
namespace {

yaml::Document parse(std::string_view bytes, const Target& target) {
  return yaml::Document::parse(std::string(bytes), target.file, target.document);
}

/// What stands at the target, after the refusals that do not need the new value.
std::optional<yaml::Value> look(const Target& target, const SetOptions& options, const yaml::Document& document) {
  std::optional<yaml::Value> old = document.find(target.key);
  if (!old && options.layout.create == yaml::Layout::Create::none) (void)document.at(target.key);  // says why
  if (old) refuse_collection(target, *old);
  if (old && !options.force) refuse_template(target, document, *old, true);
  return old;
}

/// A payload's errors count lines from its own header; the file's reader looks for the value.
std::optional<keys::Keyring::Opened> open(const Target& target, const yaml::Value& value, keys::Keyring& keyring) {
  try {
    return keyring.open(value.text, target.file);
  } catch (const Error& error) {
    if (error.where.file != target.file) throw;
    throw Error(error.code, name_of(target) + ": " + error.message, error.hint, place(target, value), error.reason);
  }
}

Error opened_by_none(const Target& target, const yaml::Value& value, std::string hint) {
  std::string label = vault::SealedPayload::parse(vault::reading(value.text), target.file).header().label;
  return keys::no_key_opens(name_of(target), label, place(target, value), std::move(hint));
}

/// An empty one is none, as for Ansible: an unset shell variable must not choose.
bool chooses_vault_id(const SetOptions& options) {
  return !options.encrypt_vault_id.value_or("").empty();
}

/// The old value, opened; nullopt: there is none, or it cannot be opened and the caller goes on all the same.
std::optional<keys::Keyring::Opened> open_old(const Target& target, const yaml::Value& old, const SetOptions& options,
                                              keys::Keyring& keyring) {
  try {
    std::optional<keys::Keyring::Opened> opened = open(target, old, keyring);
    if (opened || options.force || chooses_vault_id(options)) return opened;
  } catch (const Error& error) {
    if (error.code != ErrorCode::malformed || !options.force) throw;
    return std::nullopt;  // a broken payload is what --force is for
  }
  throw opened_by_none(target, old,
                       "give the vault secret of the old value, or choose another with --encrypt-vault-id");
}

/// What is to stand at the target; no text: what stands there is right already.
struct Wanted {
  std::optional<std::string> text;
  bool as_vault = false;
  std::string label;
};

Wanted sealed(const Target& target, std::string_view value, const std::optional<yaml::Value>& old,
              const SetOptions& options, keys::Keyring& keyring) {
  std::optional<keys::Keyring::Opened> opened;
  if (old && old->is_vault) opened = open_old(target, *old, options, keyring);
  bool as_before = opened && !chooses_vault_id(options);
  const keys::Key& key = as_before ? *opened->key : keyring.key_for_encryption(options.encrypt_vault_id);
  std::string label(as_before ? std::string_view(opened->header_label) : keys::label_for_header(key));
  if (opened && label == opened->header_label && equal_in_constant_time(opened->plaintext.view(), value)) {
    return {std::nullopt, true, label};
  }
  return {vault::seal(value, key.password.view(), keyring.sealing(label)), true, label};
}

Wanted plain(std::string_view value, const std::optional<yaml::Value>& old, std::string label) {
  bool same = old && old->kind == yaml::Kind::scalar && !old->is_vault && old->text == value;
  return {same ? std::nullopt : std::optional(std::string(value)), false, std::move(label)};
}

Wanted payload(std::string_view value, const std::optional<yaml::Value>& old) {
  std::string label = vault::SealedPayload::parse(vault::reading(value), "the value").header().label;
  bool same = old && old->is_vault && stripped(old->text) == stripped(value);
  std::string text(value);
  std::erase(text, '\r');  // the file has its own line ends
  return {same ? std::nullopt : std::optional(std::move(text)), true, std::move(label)};
}

/// In a file that is one vault.
Wanted inside(const Target& target, std::string_view value, const std::optional<yaml::Value>& old,
              const SetOptions& options, const Contents::Vault& vault) {
  if (chooses_vault_id(options) && *options.encrypt_vault_id != vault.key->label) {
    throw Error(ErrorCode::usage,
                in_quotes(target.file) + " is one vault (vault id " + in_quotes(vault.key->label) +
                    "): its values have no vault ids of their own",
                "regvault rekey changes the whole file's", {}, "whole-file-label");
  }
  return plain(value, old, vault.label);
}

Wanted wanted(const Contents& contents, const Target& target, std::string_view value,
              const std::optional<yaml::Value>& old, const SetOptions& options, const Keys& keys) {
  if (options.form == Form::payload) return payload(value, old);
  if (options.form == Form::plain) return plain(value, old, "");
  bool is_inside = contents.vault && !(old && old->is_vault);
  return is_inside ? inside(target, value, old, options, *contents.vault) : sealed(target, value, old, options, keys());
}

/// The text with the value set, and what to say about it.
struct Edited {
  std::optional<std::string> text;  ///< nullopt: nothing to change
  Written written;
  std::size_t alias_uses = 0;
};

Edited with_value(const Contents& contents, const Target& target, std::string_view value, const SetOptions& options,
                  const Keys& keys) {
  yaml::Document document = parse(contents.text.view(), target);
  std::optional<yaml::Value> old = look(target, options, document);
  Wanted wanted_value = wanted(contents, target, value, old, options, keys);
  Edited edited;
  edited.written = {.change = Change::unchanged,
                    .label = wanted_value.label,
                    .was_encrypted = contents.vault || (old && old->is_vault),
                    .line = old ? old->line : 0};
  if (!wanted_value.text) return edited;
  edited.text = wanted_value.as_vault ? document.with_vault(target.key, *wanted_value.text, options.layout)
                                      : document.with_plain(target.key, *wanted_value.text, options.layout);
  edited.written.change = old ? Change::replaced : Change::inserted;
  edited.written.line = parse(*edited.text, target).find(target.key).value().line;
  edited.alias_uses = old ? old->alias_uses : 0;
  return edited;
}

Edited without_key(const Contents& contents, const Target& target) {
  yaml::Document document = parse(contents.text.view(), target);
  std::optional<yaml::Value> old = document.find(target.key);
  if (!old) return {};
  Edited edited;
  edited.text = document.without(target.key);
  edited.written = {.change = Change::removed,
                    .label = contents.vault ? contents.vault->label : std::string(),
                    .was_encrypted = contents.vault || old->is_vault,
                    .line = old->line};
  return edited;
}

Edited after_step(const Contents& contents, const Step& step, const Keys& keys) {
  return step.absent ? without_key(contents, step.target)
                     : with_value(contents, step.target, step.value, step.options, keys);
}

/// What all steps come to.
struct Outcome {
  std::optional<std::string> text;  ///< nullopt: nothing to change
  std::vector<Written> written;
  std::vector<std::size_t> alias_uses;  ///< of each step
};

void find_lines_again(const std::vector<Step>& steps, std::string_view text, std::vector<Written>& written) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].absent) continue;
    if (auto value = parse(text, steps[i].target).find(steps[i].target.key)) written[i].line = value->line;
  }
}

Outcome after_steps(const Contents& contents, const std::vector<Step>& steps, const Keys& keys) {
  Outcome out;
  Contents now{.text = SecretBytes::copy_of(contents.text.view()), .vault = contents.vault};
  for (const Step& step : steps) {
    Edited edited = [&] {
      try {
        return after_step(now, step, keys);
      } catch (const Error&) {
        if (out.text) (void)after_step(contents, step, keys);  // the lines it names are those of the file itself
        throw;
      }
    }();
    out.written.push_back(std::move(edited.written));
    out.alias_uses.push_back(edited.alias_uses);
    if (!edited.text) continue;
    now.text = SecretBytes::copy_of(*edited.text);
    out.text = std::move(edited.text);
  }
  if (steps.size() > 1) find_lines_again(steps, now.text.view(), out.written);
  return out;
}

void warn_of_aliases(const Step& step, std::size_t uses, const WarningSink& warn) {
  if (uses == 0) return;
  warn(name_of(step.target) + " is used by " + std::to_string(uses) +
       (uses == 1 ? " alias, whose value changed too" : " aliases, whose values changed too"));
}

}  // namespace

std::string_view name_of(Change change) {
  constexpr std::array<std::string_view, 4> kNames{"unchanged", "replaced", "inserted", "removed"};
  return kNames.at(static_cast<std::size_t>(change));
}

Value get(const Target& target, const Keys& keys) {
  Contents contents = contents_of(read_secret_file(target.file).view(), target.file, keys);
  yaml::Document document = parse(contents.text.view(), target);
  yaml::Value found = document.at(target.key);
  refuse_collection(target, found);
  Value value{.text = {}, .encrypted = contents.vault || found.is_vault, .label = {}, .line = found.line};
  if (contents.vault) value.label = contents.vault->label;
  if (contents.vault) value.key = contents.vault->key;
  if (!found.is_vault) {
    value.text = SecretBytes::copy_of(found.text);
    return value;
  }
  std::optional<keys::Keyring::Opened> opened = open(target, found, keys());
  if (!opened) throw opened_by_none(target, found, "--vault-id LABEL@FILE or --vault-password-file FILE names another");
  value.text = std::move(opened->plaintext);
  value.label = std::move(opened->header_label);
  value.key = opened->key;
  return value;
}

/// Edits the file as it is now. Secrets may be asked for on the way, so it is locked only afterwards, and what it holds
/// then is edited once more if someone else was faster.
std::vector<Written> change(const std::vector<Step>& steps, bool dry_run, const Keys& keys, const WarningSink& warn) {
  const std::string& file = steps.front().target.file;
  SecretBytes seen = read_secret_file(file);
  Contents contents = contents_of(seen.view(), file, keys);
  Outcome outcome = after_steps(contents, steps, keys);
  if (!outcome.text || dry_run) return std::move(outcome.written);

  FileUpdate update = FileUpdate::begin(file);
  if (update.bytes() != seen.view()) {
    contents = contents_of(update.bytes(), file, keys);
    outcome = after_steps(contents, steps, keys);
  }
  if (!outcome.text) return std::move(outcome.written);
  update.commit(file_bytes(contents, *outcome.text, keys), warn);
  for (std::size_t i = 0; i < steps.size(); ++i) warn_of_aliases(steps[i], outcome.alias_uses[i], warn);
  return std::move(outcome.written);
}

Written set(const Target& target, std::string_view value, const SetOptions& options, const Keys& keys,
            const WarningSink& warn) {
  return change({{.target = target, .value = value, .options = options}}, options.dry_run, keys, warn).front();
}

Written unset(const Target& target, bool dry_run, const Keys& keys, const WarningSink& warn) {
  return change({{.target = target, .absent = true}}, dry_run, keys, warn).front();
}

Present check(const Target& target, const SetOptions& options, const Keys& keys) {
  Contents contents = contents_of(read_secret_file(target.file).view(), target.file, keys);
  yaml::Document document = parse(contents.text.view(), target);
  std::optional<yaml::Value> old = look(target, options, document);
  return {.exists = old.has_value(), .encrypted = contents.vault || (old && old->is_vault)};
}

}  // namespace regvault::vault_file
