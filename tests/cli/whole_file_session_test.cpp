// Whole sessions of encrypt, decrypt, view, rekey, edit, create and decrypt_string, under the name regvault.
#include "whole_files.hpp"

namespace regvault::tools {
namespace {

TEST_F(WholeFiles, EncryptKeepsTheModeAndSaysSo) {
  chmod(path("plain.yml").c_str(), 0640);
  EXPECT_EQ(go({"encrypt", "DIR/plain.yml"}), 0);
  EXPECT_EQ(out_, "DIR/plain.yml: encrypted (vault id default)\n");
  EXPECT_EQ(err_, "");
  EXPECT_EQ(header("plain.yml"), "$ANSIBLE_VAULT;1.1;AES256");
  EXPECT_EQ(mode("plain.yml"), 0640U);
  EXPECT_EQ(opened("plain.yml"), kText);
}

TEST_F(WholeFiles, EncryptSkipsWhatIsAVaultAlready) {
  std::string before = read("vault.yml");
  EXPECT_EQ(go({"encrypt", "DIR/vault.yml", "DIR/plain.yml"}), 0);
  EXPECT_EQ(out_, "DIR/vault.yml: is encrypted already: skipped\nDIR/plain.yml: encrypted (vault id default)\n");
  EXPECT_EQ(err_, "");
  EXPECT_EQ(read("vault.yml"), before);
}

TEST_F(WholeFiles, EncryptElsewhere) {
  EXPECT_EQ(go({"encrypt", "--output", "DIR/out", "DIR/plain.yml"}), 0);
  EXPECT_EQ(out_, "DIR/out: encrypted (vault id default)\n");
  EXPECT_EQ(mode("out"), 0600U);
  EXPECT_EQ(read("plain.yml"), kText);
  EXPECT_EQ(opened("out"), kText);
  EXPECT_EQ(go({"encrypt", "--output", "-", "DIR/plain.yml"}), 0);
  EXPECT_TRUE(out_.starts_with("$ANSIBLE_VAULT;1.1;AES256\n")) << out_;
  write("out", out_);
  EXPECT_EQ(opened("out"), kText);
  EXPECT_EQ(go({"encrypt", "-"}, "piped"), 0);
  write("out", out_);
  EXPECT_EQ(opened("out"), "piped");
}

TEST_F(WholeFiles, EncryptTakesTheChosenVaultId) {
  EXPECT_EQ(go({"encrypt", "--vault-id", "dev@DIR/dev", "--encrypt-vault-id", "dev", "DIR/plain.yml"}), 0);
  EXPECT_EQ(out_, "DIR/plain.yml: encrypted (vault id dev)\n");
  EXPECT_EQ(header("plain.yml"), "$ANSIBLE_VAULT;1.2;AES256;dev");
}

TEST_F(WholeFiles, EncryptWarnsOfAConfiguredSalt) {
  variables_["ANSIBLE_VAULT_ENCRYPT_SALT"] = "salty";
  write("plain2.yml", kText);
  EXPECT_EQ(go({"encrypt", "DIR/plain.yml", "DIR/plain2.yml"}), 0);
  EXPECT_EQ(err_,
            "regvault: warning: vault_encrypt_salt is set: what is encrypted with one salt and password can be "
            "compared, and two texts of which one is known give the other away\n");
  EXPECT_EQ(read("plain.yml"), read("plain2.yml"));
}

TEST_F(WholeFiles, ANewPasswordIsAskedForTwice) {
  variables_.erase("ANSIBLE_VAULT_PASSWORD_FILE");
  answers_.push("new password");
  answers_.push("new password");
  EXPECT_EQ(go({"encrypt", "DIR/plain.yml"}), 0) << err_;
  EXPECT_EQ(prompts_, "New Vault password: \nConfirm New Vault password: \n");
  EXPECT_EQ(opened("plain.yml", "new"), kText);
}

TEST_F(WholeFiles, WhatCannotBeSaidIsNoFailure) {
  output_is_full_ = true;
  EXPECT_EQ(go({"encrypt", "DIR/plain.yml"}), 0);
  EXPECT_EQ(err_,
            "regvault: warning: cannot write standard output: No space left on device; the file is written "
            "all the same\n");
  EXPECT_EQ(header("plain.yml"), "$ANSIBLE_VAULT;1.1;AES256");
}

TEST_F(WholeFiles, ADeviceGetsTheBytesOnly) {
  EXPECT_EQ(go({"encrypt", "--output", "/dev/null", "DIR/plain.yml"}), 0);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(err_, "");
}

TEST_F(WholeFiles, DecryptPrints) {
  std::string before = read("vault.yml");
  EXPECT_EQ(go({"decrypt", "DIR/vault.yml"}), 0);
  EXPECT_EQ(out_, kText);
  EXPECT_EQ(err_, "");
  EXPECT_EQ(read("vault.yml"), before);
  EXPECT_EQ(go({"decrypt", "-"}, before), 0);
  EXPECT_EQ(out_, kText);
}

TEST_F(WholeFiles, DecryptInPlaceKeepsTheModeAndSkipsWhatIsNoVault) {
  chmod(path("vault.yml").c_str(), 0644);
  EXPECT_EQ(go({"decrypt", "--in-place", "DIR/plain.yml", "DIR/vault.yml"}), 0);
  EXPECT_EQ(out_, "DIR/plain.yml: is no vault: skipped\nDIR/vault.yml: decrypted\n");
  EXPECT_EQ(err_, "");
  EXPECT_EQ(read("vault.yml"), kText);
  EXPECT_EQ(mode("vault.yml"), 0644U);
}

TEST_F(WholeFiles, DecryptToAFile) {
  EXPECT_EQ(go({"decrypt", "--output", "DIR/out", "DIR/vault.yml"}), 0);
  EXPECT_EQ(out_, "DIR/out: decrypted\n");
  EXPECT_EQ(read("out"), kText);
  EXPECT_EQ(mode("out"), 0600U);
  chmod(path("out").c_str(), 0640);
  EXPECT_EQ(go({"decrypt", "--output", "DIR/out", "DIR/vault.yml"}), 0);
  EXPECT_EQ(mode("out"), 0640U);
}

TEST_F(WholeFiles, ABatchEndsAtTheFirstFailure) {
  write("plain2.yml", kText);
  EXPECT_EQ(go({"encrypt", "DIR/plain.yml", "DIR/nope", "DIR/plain2.yml"}), 7);
  EXPECT_EQ(out_, "DIR/plain.yml: encrypted (vault id default)\n");
  EXPECT_EQ(err_, "regvault: error: cannot read \"DIR/nope\": No such file or directory\n");
  EXPECT_EQ(read("plain2.yml"), kText);
}

TEST_F(WholeFiles, ViewPrintsTheExactBytes) {
  EXPECT_EQ(go({"view", "DIR/vault.yml"}), 0);
  EXPECT_EQ(out_, kText);
  EXPECT_EQ(err_, "");
  ASSERT_EQ(go({"encrypt", "-"}, std::string("\xff\0", 2)), 0);
  EXPECT_EQ(go({"view", "-"}, out_), 0);
  EXPECT_EQ(out_, std::string("\xff\0", 2));
}

TEST_F(WholeFiles, RekeyKeepsTheLabelAndTheMode) {
  chmod(path("dev.yml").c_str(), 0640);
  std::vector<std::string> command{"rekey",   "--vault-id",  "dev@DIR/dev",  "--new-vault-password-file",
                                   "DIR/new", "DIR/dev.yml", "DIR/vault.yml"};
  std::string before = read("dev.yml");
  EXPECT_EQ(go(command), 2);
  EXPECT_EQ(err_,
            "regvault: error: several of the vault secrets at hand open what is found (\"dev\", \"default\"), and all "
            "would be under the new one\n"
            "regvault: hint: --only-vault-id dev takes only what that one opens\n");
  EXPECT_EQ(read("dev.yml"), before);
  command.insert(command.end(), {"--only-vault-id", "dev"});
  EXPECT_EQ(go(command), 0);
  EXPECT_EQ(out_, "DIR/dev.yml: rekeyed (vault id dev)\n");
  EXPECT_EQ(err_,
            "regvault: 1 secret in 1 file rekeyed, 1 left\n"
            "regvault: --vault-id names \"DIR/dev\", which holds the old password: put the new one there, or name "
            "another file\n");
  command.back() = "default";
  EXPECT_EQ(go(command), 0);
  EXPECT_EQ(out_, "DIR/vault.yml: rekeyed (vault id default)\n");
  EXPECT_EQ(err_,
            "regvault: 1 secret in 1 file rekeyed, 1 under the new vault secret already\n"
            "regvault: ANSIBLE_VAULT_PASSWORD_FILE names \"DIR/pw\", which holds the old password: put the new one "
            "there, or name another file\n");
  EXPECT_EQ(header("dev.yml"), "$ANSIBLE_VAULT;1.2;AES256;dev");
  EXPECT_EQ(header("vault.yml"), "$ANSIBLE_VAULT;1.1;AES256");
  EXPECT_EQ(mode("dev.yml"), 0640U);
  EXPECT_EQ(opened("dev.yml", "new"), kText);
  EXPECT_EQ(opened("vault.yml", "new"), kText);
}

TEST_F(WholeFiles, RekeyTakesTheNewLabelWhenItIsAskedFor) {
  EXPECT_EQ(go({"rekey", "--new-vault-id", "prod@DIR/new", "DIR/vault.yml"}), 0);
  EXPECT_EQ(out_, "DIR/vault.yml: rekeyed (vault id default)\n");
  EXPECT_TRUE(err_.starts_with("regvault: warning: the secrets keep their vault ids; --relabel makes them \"prod\"\n"))
      << err_;
  EXPECT_EQ(go({"rekey", "--vault-id", "DIR/new", "--relabel", "--new-vault-id", "prod@DIR/pw", "DIR/vault.yml"}), 0);
  EXPECT_EQ(out_, "DIR/vault.yml: rekeyed (vault id prod)\n");
  EXPECT_EQ(header("vault.yml"), "$ANSIBLE_VAULT;1.2;AES256;prod");
  EXPECT_EQ(go({"rekey", "--relabel", "--new-vault-id", "default@DIR/new", "DIR/vault.yml"}), 0);
  EXPECT_EQ(header("vault.yml"), "$ANSIBLE_VAULT;1.1;AES256");
}

TEST_F(WholeFiles, RekeyOfATree) {
  std::filesystem::create_directory(path("tree"));
  std::filesystem::rename(path("vault.yml"), path("tree/vault.yml"));
  write("tree/vars.yml", "a: 1\n");
  EXPECT_EQ(go({"set", "--stdin", "DIR/tree/vars.yml", "b"}, "text"), 0) << err_;
  write("tree/broken.yml", "a: [\nb: !vault x\n");
  std::string before = read("tree/vars.yml");
  EXPECT_EQ(go({"rekey", "--new-vault-password-file", "DIR/new", "DIR/tree"}), 5);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(read("tree/vars.yml"), before);
  EXPECT_EQ(go({"rekey", "--new-vault-password-file", "DIR/new", "--dry-run", "--keep-going", "DIR/tree"}), 1);
  EXPECT_EQ(out_,
            "DIR/tree/vars.yml: 1 value would be rekeyed (vault id default)\n"
            "DIR/tree/vault.yml: would be rekeyed (vault id default)\n");
  EXPECT_EQ(read("tree/vars.yml"), before);
  EXPECT_EQ(go({"rekey", "--new-vault-password-file", "DIR/new", "--keep-going", "DIR/tree"}), 1);
  EXPECT_EQ(out_,
            "DIR/tree/vars.yml: 1 value rekeyed (vault id default)\n"
            "DIR/tree/vault.yml: rekeyed (vault id default)\n");
  EXPECT_EQ(opened("tree/vault.yml", "new"), kText);
  std::filesystem::remove(path("tree/broken.yml"));
  EXPECT_EQ(go({"rekey", "--new-vault-password-file", "DIR/new", "-v", "DIR/tree"}), 0);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(err_,
            "regvault: \"DIR/tree/vars.yml\": under the new vault secret already\n"
            "regvault: \"DIR/tree/vault.yml\": under the new vault secret already\n"
            "regvault: 0 secrets in 0 files rekeyed, 2 under the new vault secret already\n");
}

TEST_F(WholeFiles, ListOfATree) {
  write("vars.yml", "a: 1\n");
  EXPECT_EQ(go({"set", "--stdin", "DIR/vars.yml", "b"}, "1"), 0) << err_;
  std::vector<std::string> command{"list", "DIR/vars.yml", "DIR/dev.yml", "DIR/vault.yml"};
  EXPECT_EQ(go(command), 0);
  EXPECT_NE(out_.find("DIR/vars.yml:2   b    value       default\n"), std::string::npos) << out_;
  EXPECT_NE(out_.find("DIR/dev.yml:1    -    whole file  dev\n"), std::string::npos) << out_;
  command.insert(command.end(), {"--try-keys", "--tree", "--vault-id", "dev@DIR/dev"});
  EXPECT_EQ(go(command), 0) << err_;
  EXPECT_NE(out_.find("vars.yml\n"), std::string::npos) << out_;
  EXPECT_NE(out_.find("#2  whole file, vault id dev, opened by dev\n"), std::string::npos) << out_;
  EXPECT_NE(out_.find("#3  a  line 1, same as #1\n"), std::string::npos) << out_;
  EXPECT_EQ(go({"list", "--json", "--try-keys", "DIR/vars.yml"}), 0) << err_;
  EXPECT_EQ(out_,
            "{\n\t\"secrets\": [\n\t\t{\n\t\t\t\"number\": 1,\n\t\t\t\"file\": \"DIR/vars.yml\",\n"
            "\t\t\t\"line\": 2,\n\t\t\t\"key\": \"b\",\n\t\t\t\"kind\": \"value\",\n"
            "\t\t\t\"vault_id\": \"default\",\n\t\t\t\"opened_by\": \"default\"\n\t\t}\n\t],\n"
            "\t\"failures\": []\n}\n");
  write("vars.yml", "a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6161\n");
  EXPECT_EQ(go({"list", "DIR/vars.yml"}), 20);
  EXPECT_EQ(go({"list", "DIR/plain.yml"}), 0);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(err_, "regvault: no secrets found\n");
}

TEST_F(WholeFiles, RekeyAsksForTheNewPasswordWhenOnlyTheOldOneIsConfigured) {
  answers_.push("new password");
  answers_.push("new password");
  EXPECT_EQ(go({"rekey", "DIR/vault.yml"}), 0) << err_;
  EXPECT_EQ(prompts_, "New Vault password: \nConfirm New Vault password: \n");
  EXPECT_EQ(opened("vault.yml", "new"), kText);
}

TEST_F(WholeFiles, RekeyOpensAllBeforeItChangesOne) {
  std::string before = read("vault.yml");
  EXPECT_EQ(go({"rekey", "--new-vault-id", "DIR/new", "DIR/vault.yml", "DIR/plain.yml"}), 5);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(read("vault.yml"), before);
}

TEST_F(WholeFiles, EditKeepsLabelModeAndSecret) {
  chmod(path("dev.yml").c_str(), 0640);
  set_editor("echo 'b: 2' >>\"$1\"");
  EXPECT_EQ(go({"edit", "--vault-id", "DIR/dev", "DIR/dev.yml"}), 0) << err_;
  EXPECT_EQ(out_, "DIR/dev.yml: changed\n");
  EXPECT_EQ(err_, "");
  EXPECT_EQ(header("dev.yml"), "$ANSIBLE_VAULT;1.2;AES256;dev");
  EXPECT_EQ(mode("dev.yml"), 0640U);
  EXPECT_EQ(opened("dev.yml", "dev"), "a: 1\nb: 2\n");
}

TEST_F(WholeFiles, EditThatChangesNothingTouchesNothing) {
  std::string before = read("vault.yml");
  fs::file_time_type written = fs::last_write_time(path("vault.yml"));
  set_editor("exit 0");
  EXPECT_EQ(go({"edit", "DIR/vault.yml"}), 0);
  EXPECT_EQ(out_, "DIR/vault.yml: not changed\n");
  EXPECT_EQ(err_,
            "regvault: warning: the editor was back at once and nothing was changed: some need an option to wait, as "
            "in \"code --wait\"\n");
  EXPECT_EQ(read("vault.yml"), before);
  EXPECT_EQ(fs::last_write_time(path("vault.yml")), written);
}

TEST_F(WholeFiles, EditPrefersVisualAndEditsInMemory) {
  set_editor("cp \"$1\" " + path("seen") + "; echo \"$1\" >" + path("where") + "; echo x >\"$1\"");
  variables_["EDITOR"] = variables_["ANSIBLE_EDITOR"] = "false";
  EXPECT_EQ(go({"edit", "DIR/vault.yml"}), 0) << err_;
  EXPECT_EQ(read("seen"), kText);
  std::string where = read("where");
  where.pop_back();
  EXPECT_TRUE(where.ends_with("/vault.yml")) << where;
  EXPECT_FALSE(fs::exists(fs::path(where).parent_path()));
}

TEST_F(WholeFiles, WhatWasTypedIsKeptWhenTheFileWasChangedMeanwhile) {
  set_editor("echo theirs >" + path("vault.yml") + "; echo ours >\"$1\"");
  EXPECT_EQ(go({"edit", "DIR/vault.yml"}), 7);
  EXPECT_EQ(
      err_,
      "regvault: error: \"DIR/vault.yml\" was changed by someone else while it was edited: it is no vault any more; "
      "your text is in \"DIR/vault.yml.edited\", encrypted with the same vault secret\n");
  EXPECT_EQ(read("vault.yml"), "theirs\n");
  EXPECT_EQ(opened("vault.yml.edited"), "ours\n");
}

TEST_F(WholeFiles, CreateMakesAPrivateVault) {
  set_editor("echo new >\"$1\"");
  EXPECT_EQ(go({"create", "--vault-id", "dev@DIR/dev", "--encrypt-vault-id", "dev", "DIR/made.yml"}), 0) << err_;
  EXPECT_EQ(out_, "DIR/made.yml: created (vault id dev)\n");
  EXPECT_EQ(err_, "");
  EXPECT_EQ(header("made.yml"), "$ANSIBLE_VAULT;1.2;AES256;dev");
  EXPECT_EQ(mode("made.yml"), 0600U);
  EXPECT_EQ(opened("made.yml", "dev"), "new\n");
}

TEST_F(WholeFiles, DecryptStringTakesBlocksAndBarePayloads) {
  ASSERT_EQ(go({"encrypt_string", "-n", "key"}, "text"), 0);
  std::string block = out_;
  std::string bare;
  std::istringstream lines(block.substr(block.find('\n') + 1));
  for (std::string line; std::getline(lines, line);) bare += line.substr(10) + "\n";
  std::string deeper = "vars:\n  " + replaced(block, "\n", "\n    ") + "other: 1\n";
  for (const std::string& input : {block, bare, deeper, replaced(block, "\n", "\r\n")}) {
    EXPECT_EQ(go({"decrypt_string"}, input), 0) << input << err_;
    EXPECT_EQ(out_, "text");
    EXPECT_EQ(err_, "");
  }
  output_is_terminal_ = true;
  EXPECT_EQ(go({"decrypt_string"}, block), 0);
  EXPECT_EQ(out_, "text\n");
}

TEST_F(WholeFiles, ATokenInTheArgumentsIsWarnedOf) {
  std::string token = "ghp_" + std::string(36, '0');
  EXPECT_EQ(go({"encrypt_string", token}), 0);
  EXPECT_EQ(err_,
            "regvault: warning: arguments are visible in the process list and the shell's history: prefer standard "
            "input\n");
  EXPECT_EQ(out_.find(token), std::string::npos);
  EXPECT_EQ(go({"decrypt_string"}, out_), 0);
  EXPECT_EQ(out_, token);
}

TEST_F(WholeFiles, AMissingEditorIsNamed) {
  variables_["VISUAL"] = "no-such-editor -x";
  EXPECT_EQ(go({"edit", "DIR/vault.yml"}), 9);
  EXPECT_EQ(err_,
            "regvault: error: cannot run the editor \"no-such-editor\": No such file or directory\n"
            "regvault: hint: set EDITOR to an editor that is installed\n");
}

}  // namespace
}  // namespace regvault::tools
