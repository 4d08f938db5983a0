/// The verbs login and logout, run in-process on files alone, without an engine. With engines: tests/ansible/login_*.
#include "sessions.hpp"

#include <gmock/gmock.h>

#include <regvault/base/encoding.hpp>

namespace regvault::tools {
namespace {

using testing::HasSubstr;

class Login : public Sessions {
 protected:
  Login() {
    write("vars.yml", "ghcr_user: octocat\nghcr_pat: a-token\n");
    EXPECT_EQ(run({"encrypt", "--key", "ghcr_pat", path("vars.yml")}), 0);
  }

  int login(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.begin(), {"login", "--engine", "none", "--auth-file", path("auth.json")});
    return run(std::move(arguments), input);
  }
  std::string entry(std::string_view both) const { return "\"auth\": \"" + base64_encode(both) + "\""; }
};

TEST_F(Login, WithATokenOutOfAnEncryptedFile) {
  std::vector<std::string> arguments{"--from", path("vars.yml:ghcr_pat"), "--username-from",
                                     path("vars.yml:ghcr_user")};
  EXPECT_EQ(login(arguments), 0) << err_;
  EXPECT_EQ(out_, "none: logged in to ghcr.io as octocat (" + path("auth.json") + ")\n");
  EXPECT_THAT(read("auth.json"), HasSubstr(entry("octocat:a-token")));
  EXPECT_EQ(login(arguments), 0);
  EXPECT_THAT(out_, HasSubstr("already logged in to ghcr.io"));

  EXPECT_EQ(run({"logout", "--engine", "none", "--auth-file", path("auth.json"), "-n"}), 0);
  EXPECT_EQ(out_, "none: would log out of ghcr.io\n");
  EXPECT_EQ(run({"logout", "--engine", "none", "--auth-file", path("auth.json")}), 0);
  EXPECT_EQ(out_, "none: logged out of ghcr.io\n");
  EXPECT_EQ(run({"logout", "--engine", "none", "--auth-file", path("auth.json")}), 0);
  EXPECT_EQ(out_, "none: not logged in to ghcr.io\n");
}

TEST_F(Login, WithATokenThatAHostSees) {
  write("inventory.yml",
        "all:\n  vars:\n    console:\n      user: octocat\n      pat: \"{{ vault_pat }}\"\n"
        "  hosts: {gpu-01: {bad: [1]}, gpu-02: }\n");
  std::filesystem::create_directory(path("group_vars"));
  write("group_vars/all.yml", "vault_pat: a-token\n");
  EXPECT_EQ(run({"encrypt", "--key", "vault_pat", path("group_vars/all.yml")}), 0) << err_;
  std::vector<std::string> arguments{"-i",    path("inventory.yml"), "--host",         "gpu-01",
                                     "--var", "console.pat",         "--username-var", "console.user"};
  EXPECT_EQ(login(arguments), 0) << err_;
  EXPECT_THAT(read("auth.json"), HasSubstr(entry("octocat:a-token")));

  arguments[5] = "console.other";
  EXPECT_EQ(login(arguments), 4);
  EXPECT_THAT(err_, HasSubstr("\"console.other\" is not set for \"gpu-01\""));
  arguments[5] = "bad";
  EXPECT_EQ(login(arguments), 8);
  EXPECT_THAT(err_, HasSubstr("\"bad\" of \"gpu-01\" is no text"));
  arguments[3] = "gpu-1";
  EXPECT_EQ(login(arguments), 4);
  EXPECT_THAT(err_, HasSubstr("did you mean \"gpu-01\"?"));
  EXPECT_EQ(login({"-u", "octocat", "--var", "console.pat"}), 2);
}

TEST_F(Login, FromStandardInputAndAVariable) {
  EXPECT_EQ(login({"-u", "octocat", "--stdin", "quay.io"}, "one\n"), 0) << err_;
  EXPECT_THAT(read("auth.json"), HasSubstr(entry("octocat:one")));
  variables_["CR_PAT"] = "two";
  EXPECT_EQ(login({"-u", "octocat", "--from-env", "CR_PAT", "quay.io"}), 0) << err_;
  EXPECT_THAT(read("auth.json"), HasSubstr(entry("octocat:two")));
  EXPECT_FALSE(variables_.contains("CR_PAT"));
}

TEST_F(Login, WhatIsAskedForIsCalledAsAnOption) {
  EXPECT_EQ(run({"login", "--engine", "none", "-u", "octocat", "--stdin"}, "x"), 2);
  EXPECT_THAT(err_, HasSubstr("engine none needs --auth-file: which file to write"));
  EXPECT_THAT(err_, HasSubstr("CRI-O's is global_auth_file of crio.conf"));
}

TEST_F(Login, AskedForOnTheTerminal) {
  answers_.push("three");
  EXPECT_EQ(login({"-u", "octocat"}), 0) << err_;
  EXPECT_EQ(prompts_, "Token for octocat at ghcr.io: \n");
  EXPECT_THAT(read("auth.json"), HasSubstr(entry("octocat:three")));
}

struct Mistake {
  std::vector<std::string> arguments;
  std::string input, message;
};

TEST_F(Login, MistakesWriteNothing) {
  const std::string whole = "ghp_" + std::string(30, '0') + "2C8GjS";  // the checksum of thirty zeros
  const Mistake mistakes[] = {
      {{"-u", "octocat"}, "", "no token is given, and there is no terminal to ask on"},
      {{"--stdin"}, "x", "no user name is given"},
      {{"-u", "octocat", "--stdin"}, "", "the token is empty"},
      {{"-u", "octocat", "--stdin"}, " x", "there is white space in the token or around it"},
      {{"-u", "octocat", "--stdin"}, whole.substr(0, 39), "but its checksum is wrong"},
      {{"-u", "octocat", "--stdin"}, "github_pat_" + std::string(82, 'a'), "ghcr.io takes classic tokens only"},
      {{"-u", whole, "--stdin"}, "x", "that is no user name"},
      {{"-u", "octocat", "--from", "vars.yml"}, "", "\"vars.yml\" is not FILE:KEY"},
      {{"-u", "octocat", "--from", path("vars.yml:other")}, "", "is not in"},
  };
  for (const Mistake& mistake : mistakes) {
    SCOPED_TRACE(mistake.message);
    EXPECT_NE(login(mistake.arguments, mistake.input), 0);
    EXPECT_THAT(err_, HasSubstr(mistake.message));
    EXPECT_FALSE(std::filesystem::exists(path("auth.json")));
  }
  EXPECT_EQ(login({"-u", "octocat", "--stdin"}, whole), 0) << err_;
  EXPECT_EQ(login({"-u", "octocat", "--stdin", "--force"}, whole.substr(0, 39)), 0) << err_;
}

}  // namespace
}  // namespace regvault::tools
