/// group_vars and host_vars: the files beside an inventory or a playbook, as Ansible's plugin "host_group_vars" finds
/// and reads them.
///
///     VarsFiles files(contents, {".yml", ".yaml", ".json"});
///     for (const VarsFile* file : files.of("/srv/site/group_vars", "web")) use(file->variables);
///
/// `group_vars/web` comes first, then web.yml, web.yaml, web.json: only the first that is there counts. If it is a
/// directory, all files in it count, by name, and those in its subdirectories; not hidden ones, "~" copies and other
/// extensions.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/inventory/contents.hpp>
#include <regvault/inventory/value.hpp>

namespace regvault::inventory {

struct VarsFile {
  std::shared_ptr<const SourceFile> file;
  std::vector<Variable> variables;
  std::optional<Unread> unread;  ///< set: nobody knows what it sets
};

/// Keeps what it has read. Not for several threads at once.
class VarsFiles {
 public:
  VarsFiles(FileReader reader, std::vector<std::string> extensions);

  /// Lowest first: of a variable that is there twice, the last counts.
  const std::vector<const VarsFile*>& of(const std::string& directory, const std::string& name);

 private:
  bool may_be_there(const std::string& directory, const std::string& name);
  std::vector<std::string> paths_of(const std::string& directory, const std::string& name);
  void add_directory(const std::string& directory, std::size_t depth, std::vector<std::string>& into) const;
  const VarsFile* read(const std::string& path);

  FileReader reader_;
  std::vector<std::string> extensions_;
  std::map<std::string, std::vector<std::string>> listings_;  // of the directories asked about, sorted
  std::map<std::pair<std::string, std::string>, std::vector<const VarsFile*>> found_;
  std::map<std::string, std::unique_ptr<VarsFile>> files_;
};

/// The names in a directory, sorted by their bytes; none when it cannot be read.
std::vector<std::string> names_in(const std::string& directory);

}  // namespace regvault::inventory
