#include <regvault/inventory/vars_files.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include <regvault/config/ansible_path.hpp>
#include <regvault/inventory/yaml_source.hpp>
#include <regvault/yaml/document.hpp>

namespace regvault::inventory {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDepthAtMost = 40;  // Ansible has no limit, and ends badly in a loop of links

bool is_directory(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_file(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

bool is_there(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0;
}

}  // namespace

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code fault;
  for (fs::directory_iterator entry(directory, fault), end; !fault && entry != end; entry.increment(fault)) {
    names.push_back(entry->path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

VarsFiles::VarsFiles(FileReader reader, std::vector<std::string> extensions)
    : reader_(std::move(reader)), extensions_(std::move(extensions)) {}

const std::vector<const VarsFile*>& VarsFiles::of(const std::string& directory, const std::string& name) {
  static const std::vector<const VarsFile*> kNone;
  if (!may_be_there(directory, name)) return kNone;
  auto [place, is_new] = found_.try_emplace({directory, name});
  if (is_new) {
    for (const std::string& path : paths_of(directory, name)) place->second.push_back(read(path));
  }
  return place->second;
}

/// One look at the directory spares a look for each of ten thousand hosts.
bool VarsFiles::may_be_there(const std::string& directory, const std::string& name) {
  if (name.starts_with('/')) return false;  // Ansible: as hosts that are chroots are called
  auto [listing, is_new] = listings_.try_emplace(directory);
  if (is_new) listing->second = names_in(directory);
  const std::string first = name.substr(0, name.find('/'));
  auto at = std::ranges::lower_bound(listing->second, first);
  return at != listing->second.end() && at->starts_with(first);
}

std::vector<std::string> VarsFiles::paths_of(const std::string& directory, const std::string& name) {
  std::vector<std::string> extensions = {""};
  extensions.insert(extensions.end(), extensions_.begin(), extensions_.end());
  std::vector<std::string> paths;
  for (const std::string& extension : extensions) {
    const bool needs_dot = !extension.empty() && extension.find('.') == std::string::npos;
    std::string path = directory + "/" + name + (needs_dot ? "." : "") + extension;
    if (!is_there(path)) continue;
    if (is_directory(path)) {
      add_directory(path, 0, paths);
    } else {
      paths.push_back(std::move(path));
    }
    break;
  }
  return paths;
}

void VarsFiles::add_directory(const std::string& directory, std::size_t depth, std::vector<std::string>& into) const {
  if (depth > kDepthAtMost) return;
  for (const std::string& name : names_in(directory)) {
    if (name.starts_with('.') || name.ends_with('~')) continue;
    const std::string path = directory + "/" + name;
    const std::string_view extension = config::split_extension(name).extension;
    if (is_directory(path)) {
      if (extension.empty()) add_directory(path, depth + 1, into);
    } else if (is_file(path) && (extension.empty() || std::ranges::count(extensions_, extension) != 0)) {
      into.push_back(path);
    }
  }
}

const VarsFile* VarsFiles::read(const std::string& path) {
  auto [place, is_new] = files_.try_emplace(path);
  if (!is_new) return place->second.get();
  place->second = std::make_unique<VarsFile>();
  VarsFile& vars = *place->second;
  vars.file = std::make_shared<SourceFile>(SourceFile{path, std::nullopt});
  try {
    FileContents contents = reader_.read(path);
    vars.file = contents.file;
    yaml::Document document = yaml::Document::parse(std::string(contents.text.view()), path);
    std::optional<yaml::View> top = document.root();
    if (!top || is_nothing(*top)) return &vars;
    if (top->kind() != yaml::Kind::mapping) {
      throw Error(ErrorCode::malformed, "not a mapping: Ansible stops here", {}, {path, 1}, "bad-inventory");
    }
    ValueReader values(vars.file, looks_like_json(contents.text.view()));
    for (const yaml::View::Entry& entry : top->entries()) vars.variables.push_back(values.read(entry));
  } catch (const Error& error) {
    vars.variables.clear();
    vars.unread = unread_because(path, error);
  }
  return &vars;
}

}  // namespace regvault::inventory
