/// The last step of what changes many files: replacing them, when everything else is done and can no longer fail.
///
///     std::vector<Replacement> files = …;
///     check(files);                                  // each could be replaced now, or has an error
///     replace(files, false, progress);               // one after the other, up to the first that fails
///
/// Internal to the room.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include <regvault/base/error.hpp>
#include <regvault/system/file_update.hpp>
#include <regvault/workspace/each_file.hpp>

namespace regvault::workspace {

struct Replacement {
  std::function<FileUpdate()> begin;        ///< throws when the file is not what was read
  std::function<void(FileUpdate&)> finish;  ///< writes and commits
  std::optional<Error> error = std::nullopt;
  bool is_written = false;
};

/// For `begin`: the file as it was when these bytes were read.
FileUpdate begin_unchanged(const std::string& path, std::string_view bytes);
Error changed_meanwhile(const std::string& path);

/// Locks and looks, nothing else.
void check(std::span<Replacement> files);

/// Those without an error. False: it ended at one that failed.
bool replace(std::span<Replacement> files, bool keep_going, const Progress& progress);

}  // namespace regvault::workspace
