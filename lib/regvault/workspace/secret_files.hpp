/// The files that hold secrets, among many.
///
///     SecretFiles read = read_secret_files(walk({"."}, {}, skipped), skipped);
///     for (const vault_file::SecretFile& file : read.files) …
///
/// A file that mentions vaults but does not parse is a failure when it means to be YAML: it was given by name, its name
/// says so (.yml, .yaml), or it has no extension and holds a payload (as inventories do). Others, a README with an
/// example in it, are skipped, and the sink is told.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/vault_file/secrets.hpp>
#include <regvault/workspace/walk.hpp>

namespace regvault::workspace {

/// How far a long piece of work has come; called often, from one thread at a time. May be empty.
using Progress = std::function<void(std::string_view what, std::size_t done, std::size_t total)>;

/// Counts for a Progress, from any thread.
class Count {
 public:
  Count(Progress progress, std::string_view what, std::size_t total);
  ~Count();
  Count(const Count&) = delete;
  Count& operator=(const Count&) = delete;
  void one_more();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Calls `work` with the number of each file, on all cores, and counts "reading files". The result has the Error that
/// it threw, for each. What it tells the sink is passed on afterwards, in the order of the files.
std::vector<std::optional<Error>> for_each_file(
    std::size_t files, const SkipSink& skipped, const Progress& progress,
    const std::function<void(std::size_t number, const SkipSink& skipped)>& work);

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
