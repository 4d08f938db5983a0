/// One YAML file with secrets in it: look a value up, encrypt one into its place, take one out. Every other byte stays.
/// A file that is one vault as a whole is entered: the same is done to the YAML inside, which is sealed again with the
/// same secret under the same label.
///
///     using namespace regvault::vault_file;
///     Target target{"inventory.yml", yaml::parse_path("all.vars.iaas_console.ghcr_pat")};
///     Keys keys = [&]() -> keys::Keyring& { return keyring; };
///     SetOptions options{.layout = {.create = yaml::Layout::Create::last_key}};    // {}: only over what is there
///     Written written = set(target, token.view(), options, keys, warn);            // written.change: inserted
///     Value value = get(target, keys);                                             // value.text.view(): token.view()
///
/// set() splices the new block in, proves by parsing again that nothing else changed, and replaces the file atomically;
/// whatever it throws, the file is as it was. Throws what yaml::Document (places and refusals), keys::Keyring (vault
/// secrets) and FileUpdate (files) throw, and its own errors as said below.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/vault_file/contents.hpp>
#include <regvault/yaml/document.hpp>
#include <regvault/yaml/path.hpp>

namespace regvault::vault_file {

/// A place in a file.
struct Target {
  std::string file;
  yaml::Path key;
  std::optional<std::size_t> document = {};  ///< which one of several, from 0; needed when there are several
};

struct Value {
  SecretBytes text;                ///< decrypted, or as written in the clear
  bool encrypted = false;          ///< by itself, or with its file
  std::string label;               ///< of the payload, or of the file; empty: none (format 1.1)
  std::size_t line = 0;            ///< from 1
  const keys::Key* key = nullptr;  ///< that opened it, the keyring's; null: it stands in the clear
};

/// Throws Error(not_found) when the key is not there, Error(unsupported) when it holds a mapping or a sequence,
/// Error(no_key) when no vault secret opens it.
Value get(const Target& target, const Keys& keys);

/// What set() is given: text to encrypt, text that is to stand in the clear, or a payload that is encrypted already.
enum class Form { to_encrypt, plain, payload };

struct SetOptions {
  Form form = Form::to_encrypt;
  yaml::Layout layout = {};                          ///< indentation of a new block; which missing keys may be created
  std::optional<std::string> encrypt_vault_id = {};  ///< the vault id to encrypt with; none: see set()
  bool force = false;                                ///< replace a template, or a vault that no secret opens, too
  bool dry_run = false;                              ///< everything but the writing
};

enum class Change { unchanged, replaced, inserted, removed };
std::string_view name_of(Change change);  ///< as the enumerator is called

struct Written {
  Change change = Change::unchanged;
  std::string label;  ///< the header's label now; empty: none, or a plain value
  bool was_encrypted = false;
  std::size_t line = 0;  ///< where the value begins now, from 1; in a whole-file vault, in its text
};

/// Encrypts `value` with the secret that options.encrypt_vault_id names, else with the one that opens the old value
/// (whose label is kept), else with Keyring's choice. A value that is there already (decrypts to the same bytes, in the
/// wanted form, under the wanted label) leaves the file untouched: Change::unchanged.
///
/// In a file that is one vault nothing is encrypted twice: the value stands there as plain text does, unless a vault
/// stood in its place. Throws Error(usage, reason "whole-file-label") when encrypt_vault_id is not the file's.
///
/// Throws Error(unsupported, reason "template") over a template, Error(no_key) over a vault that no secret opens (a
/// mistyped password must not end up in the file) unless encrypt_vault_id chooses one or `force` goes on, and
/// Error(malformed) for a payload that is none. Warns of aliases whose value changes too.
///
/// The file is locked only while it is replaced, not while secrets are asked for; if it changed meanwhile, the value is
/// set in what it is then.
Written set(const Target& target, std::string_view value, const SetOptions& options, const Keys& keys,
            const WarningSink& warn);

/// Takes the key out of the file, whatever its value is, with its lines and nothing else; Change::removed. A key that
/// is not there: Change::unchanged. No vault secret is needed, but for a file that is one vault.
Written unset(const Target& target, bool dry_run, const Keys& keys, const WarningSink& warn);

/// One of several changes to a file: what set(), or with `absent` unset(), is given.
struct Step {
  Target target;
  std::string_view value = {};
  SetOptions options = {};
  bool absent = false;
};

/// All of the steps, in their order, as one replacement of the file; none of them when one cannot be done. The results
/// are in the same order, their lines those of the file as it is in the end; an error names the lines of the file as it
/// was. At least one step, all of the same file; their own dry_run does not count.
std::vector<Written> change(const std::vector<Step>& steps, bool dry_run, const Keys& keys, const WarningSink& warn);

/// The refusals of set() that do not need the new value, so that a user is not asked for a secret in vain.
struct Present {
  bool exists = false;
  bool encrypted = false;
};
Present check(const Target& target, const SetOptions& options, const Keys& keys);

}  // namespace regvault::vault_file
