/// What a rotation has done so far: kept beside the file from before anything is changed until everything is done, so
/// that an interrupted one can go on with the same new token, and still end the old one.
///
///     std::optional<Journal> journal = Journal::find(target, keyring, warn);          // was one begun?
///     if (!journal) journal = Journal::begin(target, old_value, new_value, keyring, warn);
///     for (const Task& task : tasks)
///       if (!journal->has(task.name)) { run(task); journal->add(task.name); }
///     journal->end();
///
/// It is `.NAME.rotation` (a name that Ansible reads in no directory), a vault as a whole, sealed with the vault secret
/// that opens the value, under the same label: 0600, JSON, `regvault view` shows it. Each add() replaces it whole, and
/// is refused when another process has added something meanwhile: two runs of one rotation do not go on side by side.
///
/// Throws Error(unsupported, "other-rotation") when the journal is of another key of the file, Error(no_key),
/// Error(malformed) and Error(file_access); "changed": another process runs the same rotation.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/vault_file/vault_file.hpp>
#include <regvault/vault_file/whole_file.hpp>

namespace regvault::rotation {

/// "inventories/.hosts.yml.rotation", beside the file that a symlink names.
std::string journal_path(const std::string& file);

class Journal {
 public:
  /// nullopt: none was begun.
  static std::optional<Journal> find(const vault_file::Target& target, keys::Keyring& keyring, const WarningSink& warn);

  /// `old_value`: what vault_file::get() says of the target, encrypted. Throws Error(usage) for a token that is no
  /// UTF-8 text, Error(file_access, "EEXIST") when another process has begun one.
  static Journal begin(const vault_file::Target& target, const vault_file::Value& old_value, std::string_view new_value,
                       keys::Keyring& keyring, const WarningSink& warn);

  /// Both are valid as long as the journal is.
  std::string_view old_value() const { return old_.view(); }
  std::string_view new_value() const { return new_.view(); }

  bool has(std::string_view done) const;
  void add(const std::string& done);

  /// Everything is done: removes the file.
  void end();

 private:
  Journal(std::string path, std::string key, keys::Keyring& keyring, WarningSink warn);
  void refuse_another_key(const vault_file::Target& target) const;
  bool is_still_there() const;
  void open();
  void read();
  SecretBytes written() const;

  std::string path_, key_;
  keys::Keyring* keyring_;
  WarningSink warn_;
  SecretBytes old_, new_;
  std::vector<std::string> done_;
  std::optional<vault_file::OpenFile> file_;  // as it was read last
};

}  // namespace regvault::rotation
