/// An account with a home directory of its own, and what is said.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <regvault/credential_store/store.hpp>

namespace regvault::credential_store {

class CredentialStoreTest : public testing::Test {
 protected:
  CredentialStoreTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "regvault-credentials-XXXXXX";
    home_ = mkdtemp(pattern.data());
    account_.user = {.name = "me", .uid = geteuid(), .gid = getegid(), .home = home_};
    account_.environment = [this](const std::string& name) -> std::optional<std::string> {
      if (name == "XDG_CONFIG_HOME" && !xdg_.empty()) return xdg_;
      return std::nullopt;
    };
  }
  ~CredentialStoreTest() override { std::filesystem::remove_all(home_); }

  std::string path(const std::string& name) const { return home_ + "/" + name; }

  std::string write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name)) << content;
    return path(name);
  }
  std::string read(const std::string& name) const {
    std::ifstream file(path(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  Configuration configuration(const std::string& json) const { return parse_configuration(json, "c.json", account_); }

  WarningSink warn() {
    return [this](std::string_view text) { warnings_.emplace_back(text); };
  }

  template <typename Action>
  static std::string error_of(Action action) {
    try {
      action();
    } catch (const Error& error) {
      return std::string(error.what()) + (error.hint.empty() ? "" : " | " + error.hint);
    }
    return "(no error)";
  }

  std::string home_, xdg_;
  Account account_;
  std::vector<std::string> warnings_;
};

}  // namespace regvault::credential_store
