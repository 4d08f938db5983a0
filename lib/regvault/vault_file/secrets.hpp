/// The secrets of one file: the file itself where it is one vault as a whole, else its !vault values.
///
///     SecretFile file = SecretFile::parse(read_file("group_vars/all.yml"), "group_vars/all.yml");
///     for (const Secret& secret : file.secrets()) …                 // path, line, label, payload
///     std::vector<std::optional<std::string>> payloads = …;         // one for each; nullopt: it stays
///     std::string bytes = file.with(payloads);                      // every other byte is as it was
///
/// No vault secret is needed, and nothing is decrypted. A file with several YAML documents has the secrets of all of
/// them. Files that hold no vault at all are recognised by a search, whatever else is in them, and not parsed.
///
/// The file is parsed once; what that said stays in memory as long as the object.
///
/// parse() and with() throw what yaml::Document throws. Const functions may be called from several threads.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/yaml/document.hpp>

namespace regvault::vault_file {

struct Secret {
  bool whole_file = false;  ///< the file is the secret; no key
  yaml::Path key = {};
  std::size_t document = 0;  ///< of several in the file, from 0
  Where where = {};          ///< of the value
  std::string payload = {};  ///< the envelope, header line first
  std::string label = {};    ///< in the header; empty: none (format 1.1)

  /// What Ansible could not open, and nobody can: why. Throwing it is the caller's choice.
  std::optional<Error> broken = std::nullopt;
};

/// `vars.yml:12: all.vars.pat`, or `vault.yml` for a file that is one vault: for messages and lists.
std::string name_of(const Secret& secret);

/// Whether the bytes may hold a secret at all. Much faster than parse().
bool may_hold_secrets(std::string_view bytes);

class SecretFile {
 public:
  static SecretFile parse(std::string bytes, std::string name);

  const std::string& name() const noexcept { return name_; }
  const std::string& bytes() const noexcept { return documents_.empty() ? bytes_ : documents_.front().bytes(); }

  /// Where there are !vault values, all documents of the file.
  const std::vector<yaml::Document>& documents() const noexcept { return documents_; }

  /// In the order of the file.
  const std::vector<Secret>& secrets() const noexcept { return secrets_; }

  /// Payloads that stand in the YAML without the tag !vault, which is why with() leaves them as they are: in JSON's
  /// spelling ("__ansible_vault"; reason "json-vault"), or as a text ("untagged"). `broken` says so.
  const std::vector<Secret>& others() const noexcept { return others_; }

  /// The file's bytes with other payloads, one for each of secrets(); nullopt: it stays.
  std::string with(const std::vector<std::optional<std::string>>& payloads) const;

 private:
  std::string bytes_;  // without documents
  std::vector<yaml::Document> documents_;
  std::string name_;
  std::vector<Secret> secrets_;
  std::vector<Secret> others_;
};

}  // namespace regvault::vault_file
