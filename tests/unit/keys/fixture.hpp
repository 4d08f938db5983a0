/// A directory with real password files and scripts, and surroundings that are recorded.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <regvault/keys/key_source.hpp>

namespace regvault::keys {

class KeysTest : public testing::Test {
 protected:
  KeysTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "regvault-keys-XXXXXX";
    root_ = mkdtemp(pattern.data());
    environment_["HOME"] = root_;
  }
  ~KeysTest() override { std::filesystem::remove_all(root_); }

  std::string path(std::string_view name) const { return root_ + "/" + std::string(name); }

  /// Writes a file, returns its path.
  std::string write(std::string_view name, std::string_view content, mode_t mode = 0600) {
    FILE* file = fopen(path(name).c_str(), "we");
    EXPECT_EQ(fwrite(content.data(), 1, content.size(), file), content.size());
    fclose(file);
    chmod(path(name).c_str(), mode);
    return path(name);
  }

  std::string script(std::string_view name, const std::string& commands) {
    return write(name, "#!/bin/sh\n" + commands + "\n", 0700);
  }

  /// A script that notes each run in the file `NAME.ran`.
  std::string noted_script(const std::string& name, const std::string& commands) {
    return script(name, "echo run >> '" + path(name + ".ran") + "'\n" + commands);
  }
  std::size_t runs(const std::string& name) const {
    std::error_code none;
    auto size = std::filesystem::file_size(path(name + ".ran"), none);
    return none ? 0 : size / 4;
  }

  /// `answers_` are given at the prompts, which end up in `prompts_`.
  Surroundings surroundings() {
    Surroundings out;
    out.environment = [this](const std::string& name) -> std::optional<std::string> {
      auto found = environment_.find(name);
      if (found == environment_.end()) return std::nullopt;
      return found->second;
    };
    out.working_directory = root_;
    out.warn = [this](std::string_view text) { warnings_.emplace_back(text); };
    out.script_timeout = std::chrono::seconds(20);
    if (!has_terminal_) return out;
    out.ask_hidden = [this](std::string_view prompt) -> std::optional<SecretBytes> {
      prompts_.emplace_back(prompt);
      if (prompts_.size() > answers_.size()) return std::nullopt;
      return SecretBytes::copy_of(answers_[prompts_.size() - 1]);
    };
    return out;
  }

  /// "MESSAGE" of the Error that `action` throws, with " | HINT" when there is one.
  template <typename Action>
  static std::string error_of(Action action) {
    try {
      action();
    } catch (const Error& error) {
      return error.what() + (error.hint.empty() ? "" : " | " + error.hint);
    }
    return "(no error)";
  }

  std::string root_;
  std::map<std::string, std::string> environment_;
  std::vector<std::string> warnings_, prompts_, answers_;
  bool has_terminal_ = true;
};

}  // namespace regvault::keys
