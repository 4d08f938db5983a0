/// The verb explain, run in-process.
#include "sessions.hpp"

namespace regvault::tools {
namespace {

class Explain : public Sessions {
 protected:
  Explain() {
    write("inventory.yml",
          "all:\n"
          "  vars:\n"
          "    console:\n"
          "      pat: \"{{ vault_pat }}\"\n"
          "  children:\n"
          "    gpu:\n"
          "      vars:\n"
          "        console: {url: x}\n"
          "      hosts:\n"
          "        gpu-01: {console: {pat: !vault \"$ANSIBLE_VAULT;1.2;AES256;dev\\n61\"}}\n"
          "        gpu-02:\n"
          "    web:\n"
          "      hosts: web-01\n");
    std::filesystem::create_directories(path("group_vars/all"));
    write("group_vars/all/vault.yml", "vault_pat: hidden-value\n");
    EXPECT_EQ(run({"encrypt", path("group_vars/all/vault.yml")}), 0);
  }

  int explain(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"explain", "-i", path("inventory.yml"), "--playbook-dir", path("play")});
    return run(arguments);
  }
};

constexpr const char* kLast = "not known from files alone: play, role, task and extra vars, facts\n";

TEST_F(Explain, FollowsAReferenceIntoAVault) {
  EXPECT_EQ(explain({"web-01", "console.pat"}), 0) << err_;
  EXPECT_EQ(out_, std::string("console.pat for web-01\n"
                              "  * inventory.yml:4  group all  template\n"
                              "vault_pat for web-01\n"
                              "  * group_vars/all/vault.yml:1  group all  plain, in a vault (vault id default)\n") +
                      kLast);
}

TEST_F(Explain, ShowsWhatHides) {
  EXPECT_EQ(explain({"gpu-02", "console.pat"}), 4) << err_;
  EXPECT_EQ(out_,
            std::string("console.pat for gpu-02\n"
                        "    inventory.yml:4  group all  template  shadowed\n"
                        "  ! inventory.yml:8  group gpu  mapping   without \"pat\"\n"
                        "not set: inventory.yml:8 sets \"console\" without \"pat\", and the whole of it counts\n") +
                kLast);
  EXPECT_EQ(explain({"gpu-01", "console.pat"}), 0) << err_;
  EXPECT_EQ(out_, std::string("console.pat for gpu-01\n"
                              "    inventory.yml:4   group all    template                  shadowed\n"
                              "  * inventory.yml:10  host gpu-01  encrypted (vault id dev)\n") +
                      kLast);
}

TEST_F(Explain, MergesWhenTheVariableSaysSo) {
  variables_["ANSIBLE_HASH_BEHAVIOUR"] = "merge";
  EXPECT_EQ(explain({"gpu-02", "console.pat"}), 0) << err_;
}

TEST_F(Explain, WithoutAKeyAVaultIsUnknown) {
  variables_.erase("ANSIBLE_VAULT_PASSWORD_FILE");
  EXPECT_EQ(explain({"web-01", "other"}), 20) << err_;
  EXPECT_EQ(out_,
            std::string("other for web-01\n"
                        "    group_vars/all/vault.yml  group all  unknown: encrypted, and no vault secret was given\n"
                        "not set, as far as is known\n") +
                kLast);
  EXPECT_EQ(explain({"gpu-01", "console.pat"}), 0) << "a host's own value counts more than all that is unknown";
}

TEST_F(Explain, ProgramsAreUnknown) {
  write("dynamic", "#!/bin/sh\ntouch ran\n");
  std::filesystem::permissions(path("dynamic"), std::filesystem::perms::owner_all);
  EXPECT_EQ(explain({"-i", path("dynamic"), "gpu-01", "console.pat"}), 20) << err_;
  EXPECT_NE(out_.find("unknown: dynamic: a program, which is not run\n"), std::string::npos) << out_;
  EXPECT_EQ(explain({"-i", path("dynamic"), "gpu-03", "console.pat"}), 4);
  EXPECT_EQ(err_, "regvault: warning: \"" + path("dynamic") +
                      "\": a program, which is not run\n"
                      "regvault: error: there is no host \"gpu-03\" in the inventory\n"
                      "regvault: hint: did you mean \"gpu-01\"?\n");
}

TEST_F(Explain, AsJson) {
  EXPECT_EQ(explain({"--json", "web-01", "console.pat"}), 0) << err_;
  for (const char* part : {"\"host\": \"web-01\"", "\"key\": \"console.pat\"", "\"role\": \"wins\"",
                           "\"level\": \"all_inventory\"", "\"line\": 4", "\"form\": \"template\"", "\"refers_to\": {",
                           "\"file_vault_id\": \"default\"", "\"unknown_sources\": []"}) {
    EXPECT_NE(out_.find(part), std::string::npos) << part << "\n" << out_;
  }
}

TEST_F(Explain, NeverShowsAValue) {
  for (const char* variable : {"console", "console.pat", "vault_pat"}) {
    explain({"web-01", variable});
    EXPECT_EQ(out_.find("hidden-value"), std::string::npos);
    explain({"--json", "web-01", variable});
    EXPECT_EQ(out_.find("hidden-value"), std::string::npos);
  }
}

TEST_F(Explain, TheInventoryOfTheConfiguration) {
  write("ansible.cfg", "[defaults]\ninventory = inventory.yml\nhash_behaviour = merge\n");
  variables_["ANSIBLE_CONFIG"] = path("ansible.cfg");
  EXPECT_EQ(run({"explain", "gpu-02", "console.pat"}), 0) << err_;
}

}  // namespace
}  // namespace regvault::tools
