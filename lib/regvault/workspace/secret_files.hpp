/// The files that hold secrets, among many.
///
///     SecretFiles read = read_secret_files(walk({"."}, {}, skipped), skipped);
///     for (const vault_file::SecretFile& file : read.files) …
///
/// A file that mentions vaults but does not parse is a failure when it means to be YAML: it was given by name, its name
/// says so (.yml, .yaml), or it has no extension and holds a payload (as inventories do). Others, a README with an
/// example in it, are skipped, and the sink is told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/vault_file/secrets.hpp>
#include <regvault/workspace/each_file.hpp>
#include <regvault/workspace/walk.hpp>

namespace regvault::workspace {

struct SecretFiles {
  std::vector<vault_file::SecretFile> files;  ///< with at least one secret each, or given by name
  std::vector<Error> failures;                ///< a file's each
};

SecretFiles read_secret_files(const std::vector<FoundFile>& files, const SkipSink& skipped, const Progress& progress);

/// One of them. nullopt: it holds none, or was skipped. Throws its failure.
std::optional<vault_file::SecretFile> read_secret_file(const FoundFile& file, const SkipSink& skipped);
std::optional<vault_file::SecretFile> secret_file_of(const FoundFile& file, std::string bytes, const SkipSink& skipped);

/// By its name: .yml, .yaml.
bool is_named_yaml(const std::string& path);

}  // namespace regvault::workspace
