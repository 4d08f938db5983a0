/// One file of a rekey: what it holds, and what becomes of that.
///
/// Internal to the room; rekey.cpp is the way through it: read, open, decide, seal, splice, replace.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <regvault/keys/keyring.hpp>
#include <regvault/system/input.hpp>
#include <regvault/vault/batch.hpp>
#include <regvault/workspace/rekey.hpp>
#include <regvault/workspace/replacing.hpp>
#include <regvault/workspace/secret_files.hpp>

namespace regvault::workspace {

struct RekeyFile;

/// One secret.
struct RekeyItem {
  enum class Fate { rekey, already, left };

  RekeyFile* file;
  const vault_file::Secret* secret;
  vault::Opening opening;
  const keys::Key* key = nullptr;  ///< that opens it
  Fate fate = Fate::left;
  std::string payload = {};   ///< the new one
  bool holds_vaults = false;  ///< in its text
};

struct RekeyFile {
  /// A vault file that is too large to be held in memory with all the others.
  struct Large {
    Input input;
    vault_file::Secret secret;

    vault::ReadAt reading() const;
  };

  RekeyedFile report = {};
  std::optional<vault_file::SecretFile> read = std::nullopt;
  std::unique_ptr<Large> large = nullptr;  ///< neither: it holds no secrets
  std::vector<RekeyItem> items = {};
  std::atomic<std::size_t> unsealed = 0;  ///< items that have no new payload yet
  std::string bytes = {};                 ///< the new ones; of a large one none
  std::optional<Error> error = std::nullopt;

  bool changes() const { return !error && report.rekeyed != 0; }

  /// Throws when it cannot be read or parsed, or holds a secret that nobody can open.
  void load(const FoundFile& found, const SkipSink& skipped);

  /// The first one's, unless the file has one already.
  void take_error_of_items();

  /// Makes `bytes` out of the items' payloads, unless an item has failed. An error is the file's.
  void splice();

  FileUpdate begin() const;
  void finish(FileUpdate& update, std::string_view password, const vault::Sealing& sealing,
              const WarningSink& warn) const;
};

}  // namespace regvault::workspace
