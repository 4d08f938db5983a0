// Whole sessions with a .regvault.yml beside the files: set, edit, create, encrypt, list.
#include "whole_files.hpp"

namespace regvault::tools {
namespace {

class CreationRules : public WholeFiles {
 protected:
  CreationRules() {
    write(".regvault.yml",
          "creation_rules:\n"
          "  - path: prod*\n"
          "    vault_id: prod\n"
          "    keys: [\"*_pat\"]\n"
          "  - path: values.yml\n"
          "    keys: [\"*_pat\"]\n"
          "  - path: dev*\n"
          "    vault_id: dev\n");
    write("prod", "prod password\n");
    write("prod.yml", kVars);
    write("values.yml", kVars);
    write("dev.yml", kVars);
  }

  int with_both(std::vector<std::string> arguments, const std::string& input = "") {
    for (const char* id : {"prod@DIR/prod", "dev@DIR/dev"}) {
      arguments.insert(arguments.begin() + 1, {"--vault-id", id});
    }
    return go(arguments, input);
  }

  /// The header of the first payload in a file.
  std::string header_of(const std::string& name) {
    std::string bytes = read(name);
    std::size_t begin = bytes.find("$ANSIBLE_VAULT;");
    return begin == bytes.npos ? "none" : bytes.substr(begin, bytes.find('\n', begin) - begin);
  }

  static constexpr const char* kVars = "a_pat: one\nurl: x\ndeep:\n  b_pat: 2\n  c_pat: '{{ a_pat }}'\n";
};

TEST_F(CreationRules, ANewValueTakesTheVaultIdOfItsFile) {
  EXPECT_EQ(with_both({"set", "--stdin", "DIR/prod.yml", "new"}, "v"), 0) << err_;
  EXPECT_EQ(header_of("prod.yml"), "$ANSIBLE_VAULT;1.2;AES256;prod");
  EXPECT_EQ(with_both({"set", "--stdin", "DIR/dev.yml", "url"}, "v"), 0) << err_;
  EXPECT_EQ(header_of("dev.yml"), "$ANSIBLE_VAULT;1.2;AES256;dev");
  EXPECT_EQ(with_both({"set", "--encrypt-vault-id", "dev", "--stdin", "DIR/prod.yml", "a_pat"}, "v"), 0) << err_;
  EXPECT_EQ(header_of("prod.yml"), "$ANSIBLE_VAULT;1.2;AES256;dev");
  EXPECT_EQ(with_both({"set", "--stdin", "DIR/prod.yml", "a_pat"}, "w"), 0) << err_;
  EXPECT_EQ(header_of("prod.yml"), "$ANSIBLE_VAULT;1.2;AES256;dev") << "a value that is there keeps its vault id";
}

TEST_F(CreationRules, ARuleGoesBeforeTheConfiguration) {
  variables_["ANSIBLE_VAULT_ENCRYPT_IDENTITY"] = "dev";
  EXPECT_EQ(with_both({"set", "--stdin", "DIR/prod.yml", "new"}, "v"), 0) << err_;
  EXPECT_EQ(header_of("prod.yml"), "$ANSIBLE_VAULT;1.2;AES256;prod");
  EXPECT_EQ(with_both({"set", "--stdin", "DIR/values.yml", "new"}, "v"), 0) << err_;
  EXPECT_EQ(header_of("values.yml"), "$ANSIBLE_VAULT;1.2;AES256;dev") << "that rule names none";
}

TEST_F(CreationRules, AVaultIdThatIsNotAtHandIsRefused) {
  std::string before = read("prod.yml");
  EXPECT_EQ(go({"set", "--vault-id", "dev@DIR/dev", "--stdin", "DIR/prod.yml", "new"}, "v"), 2);
  EXPECT_TRUE(err_.find(".regvault.yml:2: vault_id=\"prod\" in the known vault ids [") != err_.npos) << err_;
  EXPECT_EQ(read("prod.yml"), before);
}

TEST_F(CreationRules, PlainWhereASecretIsWantedIsWarnedOf) {
  EXPECT_EQ(go({"set", "--plain", "--stdin", "DIR/prod.yml", "a_pat"}, "v"), 0) << err_;
  EXPECT_TRUE(err_.starts_with("regvault: warning: \"a_pat\" is in the clear, and ")) << err_;
  EXPECT_EQ(go({"set", "--plain", "--stdin", "DIR/prod.yml", "url"}, "v"), 0);
  EXPECT_EQ(err_, "");
}

TEST_F(CreationRules, EncryptTakesTheKeysOfTheRule) {
  EXPECT_EQ(with_both({"encrypt", "DIR/prod.yml", "DIR/dev.yml"}), 0) << err_;
  EXPECT_EQ(out_,
            "DIR/prod.yml: a_pat encrypted (vault id prod)\nDIR/prod.yml: deep.b_pat encrypted (vault id prod)\n"
            "DIR/dev.yml: encrypted (vault id dev)\n");
  EXPECT_TRUE(read("prod.yml").starts_with("a_pat: !vault |\n")) << read("prod.yml");
  EXPECT_TRUE(read("prod.yml").ends_with("  c_pat: '{{ a_pat }}'\n")) << read("prod.yml");
  std::string before = read("prod.yml");
  EXPECT_EQ(with_both({"encrypt", "DIR/prod.yml"}), 0);
  EXPECT_TRUE(out_.starts_with("DIR/prod.yml: nothing to encrypt, says ")) << out_;
  EXPECT_EQ(read("prod.yml"), before);
  EXPECT_EQ(with_both({"encrypt", "--whole-file", "DIR/prod.yml"}), 0) << err_;
  EXPECT_EQ(out_, "DIR/prod.yml: encrypted (vault id prod)\n");
  EXPECT_TRUE(read("prod.yml").starts_with("$ANSIBLE_VAULT;1.2;AES256;prod\n"));
  EXPECT_EQ(with_both({"encrypt", "DIR/prod.yml"}), 0);
  EXPECT_EQ(out_, "DIR/prod.yml: is encrypted already: skipped\n");
}

TEST_F(CreationRules, EncryptWithAKeyAsksNoRuleWhichOne) {
  EXPECT_EQ(with_both({"encrypt", "--key", "url", "DIR/prod.yml"}), 0) << err_;
  EXPECT_EQ(out_, "DIR/prod.yml: url encrypted (vault id prod)\n");
  EXPECT_EQ(with_both({"encrypt", "--key", "url", "--whole-file", "DIR/prod.yml"}), 2);
}

TEST_F(CreationRules, EditAndCreateTakeTheVaultId) {
  write("editor", "#!/bin/sh\nprintf 'new: !vault-plain x\\n' >> \"$1\"\n");
  chmod(path("editor").c_str(), 0755);
  variables_["EDITOR"] = path("editor");
  EXPECT_EQ(with_both({"set", "--encrypt-vault-id", "dev", "--stdin", "DIR/prod.yml", "a_pat"}, "v"), 0) << err_;
  EXPECT_EQ(with_both({"edit", "DIR/prod.yml"}), 0) << err_;
  EXPECT_TRUE(read("prod.yml").find("new: !vault |\n  $ANSIBLE_VAULT;1.2;AES256;prod\n") != std::string::npos)
      << read("prod.yml");
  EXPECT_EQ(with_both({"create", "DIR/dev-new.yml"}), 0) << err_;
  EXPECT_EQ(header_of("dev-new.yml"), "$ANSIBLE_VAULT;1.2;AES256;dev");
}

TEST_F(CreationRules, ListShowsWhatIsAgainstThem) {
  EXPECT_EQ(with_both({"set", "--encrypt-vault-id", "dev", "--stdin", "DIR/prod.yml", "a_pat"}, "v"), 0) << err_;
  EXPECT_EQ(go({"list", "DIR/prod.yml", "DIR/dev.yml"}), 20) << err_;
  EXPECT_TRUE(out_.starts_with("#  PLACE")) << out_;
  EXPECT_TRUE(out_.find("VIOLATION\n") != out_.npos) << out_;
  EXPECT_TRUE(out_.find("vault id prod wanted (") != out_.npos) << out_;
  EXPECT_TRUE(out_.find("  clear  -         to be encrypted (") != out_.npos) << out_;
  EXPECT_EQ(go({"list", "--tree", "DIR/prod.yml"}), 20) << err_;
  EXPECT_TRUE(out_.find("#1  a_pat  line 1, vault id dev, vault id prod wanted (") != out_.npos) << out_;
  EXPECT_EQ(go({"list", "--json", "DIR/prod.yml"}), 20) << err_;
  EXPECT_TRUE(out_.find("\"violation\": \"vault id prod wanted (") != out_.npos) << out_;
  EXPECT_TRUE(out_.find("\"kind\": \"clear\",\n\t\t\t\"violation\": \"to be encrypted (") != out_.npos) << out_;
  EXPECT_EQ(go({"list", "DIR/dev.yml"}), 0) << out_;
}

TEST_F(CreationRules, ABrokenFileOfRulesStopsWhatWouldEncrypt) {
  write(".regvault.yml", "creation_rules:\n  - paths: x\n");
  std::string before = read("prod.yml");
  for (const char* verb : {"set", "encrypt", "edit"}) {
    std::vector<std::string> arguments{verb, "DIR/prod.yml"};
    if (arguments[0] == "set") arguments.insert(arguments.end(), {"--stdin", "x"});
    EXPECT_EQ(with_both(arguments, "v"), 5) << verb;
    EXPECT_TRUE(err_.find(".regvault.yml:2: there is no setting \"paths\"\nregvault: hint: did you mean path?\n") !=
                err_.npos)
        << err_;
  }
  EXPECT_EQ(read("prod.yml"), before);
}

}  // namespace
}  // namespace regvault::tools
