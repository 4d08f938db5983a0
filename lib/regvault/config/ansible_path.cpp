#include <regvault/config/ansible_path.hpp>

#include <sys/stat.h>

#include <vector>

#include <regvault/base/text.hpp>

namespace regvault::config {
namespace {

/// Python's os.path.normpath for an absolute path.
std::string normalised(std::string_view path) {
  std::vector<std::string_view> kept;
  for (std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      kept.push_back(part);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  // POSIX leaves the meaning of exactly two leading slashes to the system; Python keeps them
  std::string out = path.starts_with("//") && !path.starts_with("///") ? "/" : "";
  for (std::string_view part : kept) out.append("/").append(part);
  return kept.empty() ? out + "/" : out;
}

}  // namespace

std::string ansible_path(std::string_view path, const std::string& base, const Environment& environment) {
  std::string expanded = expanded_path(path, environment);
  return normalised(expanded.starts_with('/') ? expanded : base + '/' + expanded);
}

SplitPath split_extension(std::string_view path) {
  std::size_t name = path.rfind('/') + 1;  // npos + 1 is 0
  std::size_t first = path.find_first_not_of('.', name);
  std::size_t dot = path.rfind('.');
  if (first == std::string_view::npos || dot == std::string_view::npos || dot < first) return {path, {}};
  return {path.substr(0, dot), path.substr(dot)};
}

std::string directory_of(std::string_view path) {
  std::size_t slash = path.rfind('/');
  return std::string(path.substr(0, slash == 0 ? 1 : slash));
}

std::string joined(const std::string& directory, std::string_view name) {
  return directory + (directory.ends_with('/') ? "" : "/") + std::string(name);
}

bool is_there(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0;
}

bool is_world_writable(const std::string& directory) {
  struct stat status {};
  return stat(directory.c_str(), &status) == 0 && (status.st_mode & S_IWOTH) != 0;
}

}  // namespace regvault::config
