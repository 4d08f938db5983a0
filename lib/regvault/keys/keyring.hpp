/// The vault secrets of one run, in Ansible's order, and which of them opens or seals what.
///
///     Keyring keyring(request, config::load_ansible_config(…), process_surroundings(warn));
///     if (auto opened = keyring.open(payload, "group_vars/all.yml")) use(opened->plaintext);
///     const Key& key = keyring.key_for_encryption(encrypt_vault_id);
///     std::string sealed = vault::seal(text, key.password.view(), keyring.sealing(label_for_header(key)));
///
/// The order: vault_identity_list, --vault-id, --vault-password-file, ansible.cfg's or the environment's password file,
/// then a prompt when one is asked for, or when all of this named nothing and there is a terminal. A source that fails
/// is a warning and the others are used; when none is left, its error is thrown. A failing prompt is always an error.
///
/// Files are read and prompts are asked on construction. Scripts run when they are first needed: to open a payload
/// whose label is theirs, one that no key at hand opens, or to encrypt. So the order in which keys are tried is not
/// Ansible's, which runs everything first; the plaintext is the same. A password file may itself be a vault payload: it
/// is opened with the secrets before it.
///
/// The same file under the same label (ANSIBLE_VAULT_PASSWORD_FILE and --vault-password-file, say) counts once.
///
/// Not for several threads at once. Throws Error; Interrupted from prompts and scripts. Keys live as long as the ring.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/config/ansible_config.hpp>
#include <regvault/config/creation_rules.hpp>
#include <regvault/keys/key_source.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/vault/payload.hpp>

namespace regvault::keys {

/// What the command line said, each list in its order.
struct KeyRequest {
  std::vector<std::string> vault_ids = {};       ///< --vault-id [LABEL@]SOURCE
  std::vector<std::string> password_files = {};  ///< --vault-password-file
  bool ask = false;                              ///< -J, --ask-vault-password
  bool confirm_prompts = false;  ///< prompts are for a new password, and ask twice (Ansible: all that encrypts)
  bool keep_duplicates = false;  ///< count the same source twice, as Ansible does
};

struct Key {
  std::string label;
  SecretBytes password;
};

/// Views of the keys' passwords, in their order, as vault::open() and vault::Opener take them.
std::vector<std::string_view> passwords_of(std::span<const Key* const> keys);

/// What to write into the header: nothing (format 1.1) for the label Ansible takes for granted.
std::string_view label_for_header(const Key& key);

/// Error(no_key, "no-key"): `no vault secret at hand opens "vars.yml" (vault id "dev")`, for a caller that cannot go on
/// with Keyring's nullopt. `what` as it is: quote it. `label`: the payload's, may be empty.
Error no_key_opens(std::string_view what, std::string_view label, Where where = {},
                   std::string hint = "--vault-id LABEL@FILE or --vault-password-file FILE names another");

class Keyring {
 public:
  /// An empty ring, for a caller that holds the secrets already: see add().
  explicit Keyring(const config::AnsibleConfig& config = {});

  Keyring(const KeyRequest& request, const config::AnsibleConfig& config, Surroundings surroundings);

  void add(Key key);

  bool empty() const noexcept { return slots_.empty(); }

  /// The labels of all secrets that did not fail yet, in order, repeated where several have the same.
  std::vector<std::string> labels() const;

  /// Every key that can be had, in order: runs all scripts. For a caller that tries many payloads at once.
  std::vector<const Key*> all_keys();

  /// Where one of this ring's keys comes from; for one that was add()ed, and one of another ring, only a label.
  KeySource source_of(const Key& key) const;

  /// The key that opens a payload, and the proof to decrypt it with.
  struct Unlocked {
    vault::VerifiedKey proof;
    const Key* key;
  };

  /// Tries the keys with the payload's label first, then, unless vault_id_match says no, the others; among each those
  /// at hand before scripts. nullopt: none opens it.
  std::optional<Unlocked> unlock(const vault::SealedPayload& sealed);

  struct Opened {
    SecretBytes plaintext;
    std::string header_label;  ///< empty: the header has none
    const Key* key;
  };

  /// The same for a payload in memory, decrypted. `name` is what messages call it.
  /// Throws Error(malformed) for what is no payload.
  std::optional<Opened> open(std::string_view payload, const std::string& name);

  /// From now on: the creation rule of the file at hand; nullptr: it has none.
  void follow(const config::CreationRule* rule);

  /// What open() has to say of one of many: neither means that none opens it.
  struct Attempt {
    std::optional<Opened> opened = std::nullopt;
    std::optional<Error> error = std::nullopt;  ///< it is broken
  };

  /// The same for many payloads of one file, on all cores. Keys at hand are tried on all of them before a script runs.
  std::vector<Attempt> open_all(std::span<const std::string_view> payloads, const std::string& name);

  /// The key with the wanted label (--encrypt-vault-id), else with that of the rule, else with
  /// vault_encrypt_identity's, else the only one. Throws Error(usage) when there is no such key, or no single one.
  const Key& key_for_encryption(const std::optional<std::string>& label_wanted);

  /// The first that can be had: what rekey takes for the new one, as Ansible does.
  const Key& first_key();

  /// How to seal under that label: with vault_encrypt_salt where it is configured, which is warned of once, else with a
  /// fresh salt.
  vault::Sealing sealing(std::string_view header_label);

 private:
  /// A secret, or a script that will tell it.
  struct Slot {
    KeySource source;
    std::optional<Key> key = std::nullopt;
    bool failed = false;

    bool is_pending() const { return !key && !failed; }
  };

  void add_source(const VaultId& id, std::string named_by, const KeyRequest& request);
  SecretBytes open_password_file(const std::string& path);
  const Key* load(Slot& slot);
  const std::string& label_of(const vault::Header& header) const;
  bool has_scripts() const;
  std::vector<const Key*> at_hand() const;
  std::vector<const Key*> at_hand(const std::string& label, bool matching) const;
  void warn(const Error& error) const;
  void warn_or_throw(const std::vector<Error>& failures) const;
  bool has_usable() const;
  const Key& key_with_label(const std::string& label, std::string_view said_by);
  const Key& only_key();

  std::string default_label_;
  std::optional<std::string> encrypt_identity_;
  std::optional<config::CreationRule> rule_;
  bool id_must_match_;
  std::string encrypt_salt_;
  bool warned_of_salt_ = false;
  Surroundings surroundings_;
  std::deque<Slot> slots_;  // a deque: keys are handed out by reference
  std::optional<Error> last_failure_;
};

}  // namespace regvault::keys
