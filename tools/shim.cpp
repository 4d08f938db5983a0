#include "shim.hpp"

#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include <regvault/system/file.hpp>
#include <regvault/system/process.hpp>

namespace regvault::tools {
namespace {

namespace fs = std::filesystem;

/// By the name of what it leads to, so that a link to a regvault that was removed is one, too.
bool leads_to_regvault(const fs::path& path) {
  std::error_code error;
  fs::path target = fs::canonical(path, error);
  if (error) target = fs::read_symlink(path, error);
  return target.filename() == "regvault" || fs::equivalent(path, program_path(), error);
}

/// The directory's ansible-vault, which is a shim or not there.
fs::path shim_in(const std::string& directory) {
  fs::path path = fs::path(directory) / kAnsibleVault;
  std::error_code error;
  bool is_there = fs::symlink_status(path, error).type() != fs::file_type::not_found;
  if (is_there && !(fs::is_symlink(path, error) && leads_to_regvault(path))) {
    throw Error(ErrorCode::failed, in_quotes(path.string()) + " is not a link to regvault",
                "it stays as it is; --dir DIR chooses another directory", {}, "not-ours");
  }
  return path;
}

}  // namespace

std::string program_path() {
  std::error_code error;
  fs::path path = fs::read_symlink("/proc/self/exe", error);
  if (error) fail_with_errno("find", "this program (/proc/self/exe)", error.value());
  return path.string();
}

std::vector<AnsibleVault> ansible_vaults(const Environment& environment) {
  std::vector<AnsibleVault> programs;
  for (const std::string& path : find_programs(kAnsibleVault, environment)) {
    programs.push_back({path, leads_to_regvault(path)});
  }
  return programs;
}

Shim enable_shim(const std::string& directory) {
  fs::path path = shim_in(directory);
  std::string target = program_path();
  std::error_code none;
  if (fs::read_symlink(path, none) == target) return {path.string(), false};
  std::string fresh = path.string() + "." + std::to_string(getpid());
  if (symlink(target.c_str(), fresh.c_str()) != 0) fail_with_errno("create", in_quotes(path.string()), errno);
  if (rename(fresh.c_str(), path.c_str()) != 0) {
    int error = errno;
    unlink(fresh.c_str());
    fail_with_errno("replace", in_quotes(path.string()), error);
  }
  return {path.string(), true};
}

Shim disable_shim(const std::string& directory) {
  fs::path path = shim_in(directory);
  if (unlink(path.c_str()) == 0) return {path.string(), true};
  if (errno != ENOENT) fail_with_errno("remove", in_quotes(path.string()), errno);
  return {path.string(), false};
}

}  // namespace regvault::tools
