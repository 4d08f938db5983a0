/// Many files under another vault secret: those that are one vault, and the !vault values of the others.
///
///     RekeyRequest request{.files = walk({"."}, {}, skipped), .old_keys = keyring.all_keys()};
///     request.new_key = [&]() -> NewKey { return {&new_ring.first_key()}; };
///     RekeyReport report = rekey(request, skipped, progress, warn);
///     if (!report.failures.empty()) …                     // report.written says whether anything was
///
/// All or nothing: every file is read, every secret opened and encrypted anew in memory, and every file found
/// replaceable before the first is replaced; a failure up to there leaves all as it was. (Of a vault file of more than
/// 1 MiB only the authenticity is checked first; it is encrypted while it is replaced.) After that only what happens to
/// the disk or comes from other programs can fail: then it stops, and a second run, with the old and the new key, does
/// the rest. A process that is killed leaves each file old or new, whole.
///
/// Secrets that the new key opens count as done. So a second run needs no knowledge of the first.
///
/// Where more than one of the old keys opens what is found, it would be one key's secrets from now on: Error(usage,
/// "several-keys") unless `only_label` chooses.
///
/// Uses all cores. Throws that, Error(usage) for an `only_label` that no key has, and what `new_key` throws.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <regvault/keys/keyring.hpp>
#include <regvault/workspace/secret_files.hpp>

namespace regvault::workspace {

struct NewKey {
  const keys::Key* key = nullptr;
  std::string salt = {};  ///< vault_encrypt_salt; empty: a fresh one each time
};

struct RekeyRequest {
  std::vector<FoundFile> files;
  std::vector<const keys::Key*> old_keys;

  /// Called once: before secrets are opened, or, with `ask_late`, once the old keys have opened all of them (so that
  /// nobody types a new password in vain; a secret that only the new key opens is then a failure).
  std::function<NewKey()> new_key = {};
  bool ask_late = false;

  std::optional<std::string> only_label = std::nullopt;  ///< only what the old keys of that label open
  bool relabel = false;     ///< write the new key's label into the headers; otherwise every secret keeps its own
  bool keep_going = false;  ///< leave out files that fail
  bool dry_run = false;     ///< nothing is encrypted or written
};

/// What happened to a file, or would.
struct RekeyedFile {
  std::string path;
  bool whole_file = false;
  std::size_t rekeyed = 0;               ///< secrets
  std::size_t already = 0;               ///< that were under the new key
  std::size_t left = 0;                  ///< not chosen by only_label
  std::vector<std::string> labels = {};  ///< of those rekeyed, each once; empty: none in the header
  bool written = false;
};

struct RekeyReport {
  std::vector<RekeyedFile> files;  ///< that hold secrets, but for those that failed
  std::vector<Error> failures;     ///< a file's each; none of these is written
  bool stopped = false;            ///< a failure after the first file was replaced; the rest is old

  /// The old keys of what was rekeyed. Without a failure their sources can be changed.
  std::vector<const keys::Key*> replaced_keys;

  std::size_t written() const;  ///< how many files
};

RekeyReport rekey(const RekeyRequest& request, const SkipSink& skipped, const Progress& progress,
                  const WarningSink& warn);

}  // namespace regvault::workspace
