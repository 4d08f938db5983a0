/// A directory of our own in memory, to be found as XDG_RUNTIME_DIR: what is in it was made by the test.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <regvault/system/environment.hpp>

namespace regvault {

class MemoryPlace {
 public:
  MemoryPlace() {
    char name[] = "/dev/shm/regvault-test-XXXXXX";
    if (mkdtemp(name) == nullptr) std::abort();
    path_ = name;
  }
  ~MemoryPlace() { std::filesystem::remove_all(path_); }
  MemoryPlace(const MemoryPlace&) = delete;
  MemoryPlace& operator=(const MemoryPlace&) = delete;

  const std::string& path() const { return path_; }

  /// All files and directories below it, in no order. Looked at once more when one was removed under our eyes.
  std::vector<std::string> names() const {
    try {
      std::vector<std::string> out;
      for (const auto& entry : std::filesystem::recursive_directory_iterator(path_)) out.push_back(entry.path());
      return out;
    } catch (const std::filesystem::filesystem_error&) {
      return names();
    }
  }

  Environment environment() const {
    return [path = path_](const std::string& name) -> std::optional<std::string> {
      if (name == "XDG_RUNTIME_DIR") return path;
      if (name == "PATH") return "/usr/local/bin:/usr/bin:/bin";
      return std::nullopt;
    };
  }

 private:
  std::string path_;
};

}  // namespace regvault
