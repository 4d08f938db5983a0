/// A program run in-process, in a folder of its own: arguments and answers in; exit code, output and files out.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <queue>
#include <sstream>

#include <regvault/system/file.hpp>
#include <regvault/system/input.hpp>

#include "regvault/cli.hpp"

namespace regvault::tools {

inline constexpr const char* kInventory =
    "all:\n"
    "  vars:\n"
    "    iaas_console:            # console of the GPU fleet\n"
    "      ghcr_user: \"octocat\"\n"
    "      # the token goes here\n"
    "  children:\n"
    "    gpu:\n"
    "      hosts:\n"
    "        gpu-01:\n";
inline constexpr const char* kKey = "all.vars.iaas_console.ghcr_pat";

class Sessions : public testing::Test {
 protected:
  Sessions() {
    std::string pattern = testing::TempDir() + "regvault-cli-XXXXXX";
    directory_ = mkdtemp(pattern.data());
    write("pw", "vault password\n");
    write("inventory.yml", kInventory);
    variables_ = {{"HOME", directory_}, {"ANSIBLE_VAULT_PASSWORD_FILE", path("pw")}, {"PATH", "/usr/bin:/bin"}};
  }
  ~Sessions() override { std::filesystem::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ + "/" + name; }
  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
  }
  std::string read(const std::string& name) const {
    std::stringstream bytes;
    bytes << std::ifstream(path(name), std::ios::binary).rdbuf();
    return bytes.str();
  }

  /// One run of the program; what it said is in out_ and err_.
  int run(std::vector<std::string> arguments, const std::string& input = "") {
    out_.clear();
    err_.clear();
    Session session;
    session.environment = [this](const std::string& name) -> std::optional<std::string> {
      auto found = variables_.find(name);
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    };
    session.working_directory = directory_;
    session.read_input = [&input] { return SecretBytes::copy_of(input); };
    write("standard input", input);
    FileDescriptor standard_input(open(path("standard input").c_str(), O_RDONLY | O_CLOEXEC));
    std::filesystem::remove(path("standard input"));
    session.open_input = [&] { return Input::of(standard_input.get(), "standard input"); };
    session.write = [this](std::string_view bytes) {
      if (output_is_full_) fail_with_errno("write", "standard output", ENOSPC);
      out_ += bytes;
    };
    session.complain = [this](std::string_view text) { err_ += text; };
    session.output_is_terminal = output_is_terminal_;
    session.take_variable = [this](const std::string& name) -> std::optional<SecretBytes> {
      auto found = variables_.find(name);
      if (found == variables_.end()) return std::nullopt;
      SecretBytes value = SecretBytes::copy_of(found->second);
      variables_.erase(found);
      return value;
    };
    if (!answers_.empty()) {
      session.ask_hidden = [this](std::string_view prompt) -> std::optional<SecretBytes> {
        prompts_ += std::string(prompt) + "\n";
        if (answers_.empty()) return std::nullopt;
        SecretBytes answer = SecretBytes::copy_of(answers_.front());
        answers_.pop();
        return answer;
      };
    }
    return tools::run(arguments, session);
  }

  int set(const std::string& input, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"set", "--stdin", path("inventory.yml"), kKey};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments, input);
  }

  std::string directory_;
  std::map<std::string, std::string> variables_;
  std::queue<std::string> answers_;
  std::string prompts_, out_, err_;
  bool output_is_terminal_ = false;
  bool output_is_full_ = false;
};

}  // namespace regvault::tools
