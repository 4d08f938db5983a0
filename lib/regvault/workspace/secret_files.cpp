#include <regvault/workspace/secret_files.hpp>

#include <filesystem>

#include <regvault/system/file.hpp>

namespace regvault::workspace {
namespace {

/// Whether a text that does not parse is a mistake, and not another kind of file.
bool means_to_be_yaml(const FoundFile& file, std::string_view bytes) {
  if (file.by_name || is_named_yaml(file.path)) return true;
  return !std::filesystem::path(file.path).has_extension() && bytes.find("$ANSIBLE_VAULT;") != bytes.npos;
}

}  // namespace

bool is_named_yaml(const std::string& path) {
  return path.ends_with(".yml") || path.ends_with(".yaml");
}

std::optional<vault_file::SecretFile> read_secret_file(const FoundFile& file, const SkipSink& skipped) {
  return secret_file_of(file, read_file(file.path), skipped);
}

std::optional<vault_file::SecretFile> secret_file_of(const FoundFile& file, std::string bytes,
                                                     const SkipSink& skipped) {
  if (!file.by_name && !vault_file::may_hold_secrets(bytes)) return std::nullopt;
  bool is_yaml = means_to_be_yaml(file, bytes);
  try {
    vault_file::SecretFile read = vault_file::SecretFile::parse(std::move(bytes), file.path);
    if (read.secrets().empty() && read.others().empty() && !file.by_name) return std::nullopt;
    return read;
  } catch (const Error& error) {
    if (is_yaml) throw;
    if (skipped) skipped({file.path, "no YAML, though it mentions vaults"});
    return std::nullopt;
  }
}

SecretFiles read_secret_files(const std::vector<FoundFile>& files, const SkipSink& skipped, const Progress& progress) {
  std::vector<std::optional<vault_file::SecretFile>> read(files.size());
  std::vector<std::optional<Error>> failures =
      for_each_file(files.size(), skipped, progress,
                    [&](std::size_t i, const SkipSink& tell) { read[i] = read_secret_file(files[i], tell); });
  SecretFiles out;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (read[i]) out.files.push_back(std::move(*read[i]));
    if (failures[i]) out.failures.push_back(std::move(*failures[i]));
  }
  return out;
}

}  // namespace regvault::workspace
