/// A folder of files for the tests of the room, and keys.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <regvault/keys/keyring.hpp>
#include <regvault/vault/payload.hpp>
#include <regvault/workspace/walk.hpp>

namespace regvault::workspace {

class Trees : public testing::Test {
 protected:
  Trees() {
    std::string pattern = testing::TempDir() + "regvault-tree-XXXXXX";
    directory_ = mkdtemp(pattern.data());
  }
  ~Trees() override { std::filesystem::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ + "/" + name; }

  void write(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << bytes;
  }
  std::string read(const std::string& name) const {
    std::stringstream bytes;
    bytes << std::ifstream(path(name), std::ios::binary).rdbuf();
    return bytes.str();
  }

  /// git as it is on this machine, without the user's configuration.
  void git(const std::string& arguments, const std::string& below = ".") const {
    std::string command = "cd '" + path(below) + "' && HOME='" + directory_ +
                          "' git -c user.name=x -c user.email=x@x -c init.defaultBranch=main " + arguments +
                          " >/dev/null 2>&1";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;  // NOLINT(cert-env33-c): a test
  }

  /// The names below the folder, each followed by a blank; what was skipped is in skips_.
  std::string walked(std::vector<std::string> names = {""}, bool with_ignored = false) {
    skips_.clear();
    for (std::string& name : names) name = name.empty() ? directory_ : path(name);
    WalkOptions options{.with_ignored = with_ignored, .environment = environment_};
    std::string out;
    for (const FoundFile& file :
         walk(names, options, [this](const Skip& skip) { skips_.push_back(relative(skip.path) + ": " + skip.why); })) {
      out += relative(file.path) + " ";
    }
    std::ranges::sort(skips_);
    return out;
  }
  std::string relative(const std::string& file) const {
    return file.starts_with(directory_ + "/") ? file.substr(directory_.size() + 1) : file;
  }

  std::vector<FoundFile> all() const { return walk({directory_}, {.environment = environment_}, {}); }

  std::string directory_;
  std::vector<std::string> skips_;
  Environment environment_ = [this](const std::string& name) -> std::optional<std::string> {
    if (name == "PATH") return "/usr/bin:/bin";
    if (name == "HOME") return directory_;
    return std::nullopt;
  };
};

inline std::string sealed(const std::string& text, const keys::Key& key, const std::string& label = "") {
  return vault::seal(text, key.password.view(), {.label = label});
}

/// `NAME: !vault |` and the payload's lines.
inline std::string inline_vault(const std::string& name, const std::string& payload) {
  std::string out = name + ": !vault |\n  ";
  for (std::size_t i = 0; i < payload.size(); ++i) {
    out += payload[i];
    if (payload[i] == '\n' && i + 1 < payload.size()) out += "  ";
  }
  return out;
}

}  // namespace regvault::workspace
