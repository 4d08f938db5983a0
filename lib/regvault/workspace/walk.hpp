/// The files below some paths that are worth a look.
///
///     std::vector<FoundFile> files = walk({"."}, {}, [&](const Skip& skip) { … });
///
/// A file given by name is always taken, and so is a directory; when they are symlinks, they are followed. Below a
/// directory:
///
///   - what git ignores is left out, by asking `git ls-files` (tracked files are never ignored). Where git is missing,
///     refuses, or knows no repository, and in a directory that is itself ignored, all files count. A repository inside
///     of another directory or repository is asked on its own.
///   - symlinks are not followed, `.git` is not entered, binary files (a NUL in the first KiB), files of more than
///     64 MiB, what is no regular file, and what a killed regvault has left behind are skipped, and the sink is told.
///
/// Files come in the order of the given paths, below each sorted by name, every file once. Git runs with a small
/// environment of its own and without the programs a repository's configuration may name.
///
/// Throws Error(file_access) for a given path that is not there.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/system/environment.hpp>

namespace regvault::workspace {

/// Below directories only.
inline constexpr std::size_t kFileAtMost = std::size_t{64} << 20;

struct FoundFile {
  std::string path;      ///< begins as it was given; "a.yml", not "./a.yml", below "."
  bool by_name = false;  ///< given, not found below a directory
};

/// What was left out.
struct Skip {
  std::string path;
  std::string why;                              ///< "binary", "a symlink", …
  std::optional<Error> failure = std::nullopt;  ///< it could not be read: nobody knows what is in there
};
using SkipSink = std::function<void(const Skip&)>;

struct WalkOptions {
  bool with_ignored = false;  ///< what git ignores, too
  Environment environment = process_environment();
};

std::vector<FoundFile> walk(const std::vector<std::string>& paths, const WalkOptions& options, const SkipSink& skipped);

/// Whether git keeps the file, committed or staged. No where git is missing, or fails.
bool is_tracked(const std::string& path, const Environment& environment);

}  // namespace regvault::workspace
