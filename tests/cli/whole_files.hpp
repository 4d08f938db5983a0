/// A folder with vaults for whole sessions of encrypt, decrypt, view, rekey, edit, create and decrypt_string.
#pragma once

#include <sys/stat.h>

#include "sessions.hpp"

namespace regvault::tools {

namespace fs = std::filesystem;

inline constexpr const char* kText = "a: 1\n";
/// plain.yml, vault.yml (the same text), dev.yml (the same under the vault id dev) and two more passwords. In
/// arguments, and in what is said, DIR stands for the folder.
class WholeFiles : public Sessions {
 protected:
  WholeFiles() {
    write("dev", "dev password\n");
    write("new", "new password\n");
    for (const char* name : {"plain.yml", "vault.yml", "dev.yml"}) write(name, kText);
    EXPECT_EQ(go({"encrypt", "DIR/vault.yml"}), 0) << err_;
    EXPECT_EQ(go({"encrypt", "--vault-id", "dev@DIR/dev", "--encrypt-vault-id", "dev", "DIR/dev.yml"}), 0) << err_;
  }

  static std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
      text.replace(at, from.size(), to);
    }
    return text;
  }

  int go(std::vector<std::string> arguments, std::string input = "") {
    for (std::string& argument : arguments) argument = replaced(argument, "DIR", directory_);
    int code = run(arguments, input);
    out_ = replaced(out_, directory_, "DIR");
    err_ = replaced(err_, directory_, "DIR");
    return code;
  }

  std::string header(const std::string& name) const { return read(name).substr(0, read(name).find('\n')); }

  /// What the password in the file `password` opens `name` to.
  std::string opened(const std::string& name, const std::string& password = "pw") {
    auto found = variables_;
    variables_.erase("ANSIBLE_VAULT_PASSWORD_FILE");
    EXPECT_EQ(go({"decrypt", "--vault-id", "DIR/" + password, "DIR/" + name}), 0) << err_;
    variables_ = found;
    return out_;
  }

  mode_t mode(const std::string& name) const {
    struct stat status {};
    EXPECT_EQ(stat(path(name).c_str(), &status), 0);
    return status.st_mode & 07777;
  }

  void set_editor(const std::string& commands) {
    write("editor", "#!/bin/sh\n" + commands + "\n");
    chmod(path("editor").c_str(), 0755);
    variables_["VISUAL"] = path("editor");
  }
};

}  // namespace regvault::tools
