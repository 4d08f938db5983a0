/// A new value for a secret, in all the places that hold the old one.
///
///     RotateRequest request{.target = {"inventory.yml", parse_path("all.vars.pat")}};
///     request.files = walk({"."}, {}, skipped);
///     request.new_value = [&] { return ask_for_it(); };
///     RotateReport report = rotate(request, keyring, skipped, progress, warn);
///     for (const RotatedPlace& place : report.places) …
///
/// Places are !vault values, files that are one vault, and the values inside of those, vaults or plain. Each is sealed
/// again with the secret that opened it, under its label. Texts are compared as wholes and in constant time; a place
/// that no key opens cannot be compared, and is in RotateReport::closed.
///
/// All or nothing, as rekey.hpp says it; the target's file is replaced last. So as long as a run was not finished the
/// target still holds the old value, and the same request does the rest.
///
/// Uses all cores. Throws what vault_file::get() and check() throw for the target, what `new_value` throws, and
/// Error(unsupported): "not-a-vault" for a target in the clear, "empty" for one whose text is empty, which tells
/// nothing about other places.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include <regvault/keys/keyring.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/vault_file/vault_file.hpp>
#include <regvault/workspace/list.hpp>
#include <regvault/workspace/secret_files.hpp>

namespace regvault::workspace {

struct RotateRequest {
  vault_file::Target target;
  std::vector<FoundFile> files = {};  ///< where else to look; in the target's file only when it is among them

  /// Called once, when everything is opened and can be replaced; in a dry run never.
  std::function<SecretBytes()> new_value = {};
  bool dry_run = false;
};

struct RotatedPlace {
  Listed::Kind kind = Listed::Kind::value;
  Where where = {};  ///< of the value, as it is now; inside of a vault the lines of its text count
  yaml::Path key = {};
  std::size_t document = 0;
  std::string label = {};  ///< in the value's or the file's header; empty: none (format 1.1)
  bool written = false;
};

struct RotateReport {
  std::vector<RotatedPlace> places;        ///< file by file, the target's last
  std::vector<vault_file::Secret> closed;  ///< that could not be compared: no key opens them, or nobody could
  std::vector<Error> failures;
  bool unchanged = false;  ///< the new value is the old one
  bool stopped = false;    ///< a failure after the first file was replaced; the target's is old

  std::size_t files() const;  ///< how many have places
};

RotateReport rotate(const RotateRequest& request, keys::Keyring& keyring, const SkipSink& skipped,
                    const Progress& progress, const WarningSink& warn);

}  // namespace regvault::workspace
