// Whole sessions of view, decrypt, encrypt --key and rotate on YAML files with vaults in them.
#include "whole_files.hpp"

namespace regvault::tools {
namespace {

constexpr const char* kVars = "# top\na: one  # c\nb:\n  c: 'yes'\n  d: [x, 0755]\n";

/// vars.yml: a is encrypted (default), b.c too (vault id dev).
class ValueSessions : public WholeFiles {
 protected:
  ValueSessions() {
    write("vars.yml", kVars);
    EXPECT_EQ(go({"encrypt", "--key", "a", "DIR/vars.yml"}), 0) << err_;
    EXPECT_EQ(go({"encrypt", "--key", "b.c", "--vault-id", "dev@DIR/dev", "--encrypt-vault-id", "dev", "DIR/vars.yml"}),
              0)
        << err_;
  }

  void make_tree() {
    fs::create_directory(path("tree"));
    write("tree/a.yml", "k: TOKEN\n");
    write("tree/b.yml", "l: TOKEN\nm: other\n");
    write("tree/whole.yml", "n: TOKEN\n");
    EXPECT_EQ(go({"encrypt", "--key", "k", "DIR/tree/a.yml"}), 0) << err_;
    std::vector<std::string> dev{"--vault-id", "dev@DIR/dev", "--encrypt-vault-id", "dev"};
    std::vector<std::string> values{"encrypt", "--key", "l", "--key", "m", "DIR/tree/b.yml"};
    values.insert(values.end(), dev.begin(), dev.end());
    EXPECT_EQ(go(values), 0) << err_;
    EXPECT_EQ(go({"encrypt", "DIR/tree/whole.yml"}), 0) << err_;
  }
};

TEST_F(ValueSessions, EncryptSaysWhatItDidWithEachKey) {
  write("plain.yml", kVars);
  chmod(path("plain.yml").c_str(), 0640);
  EXPECT_EQ(go({"encrypt", "--key", "a", "--key", "b.d[1]", "DIR/plain.yml"}), 0);
  EXPECT_EQ(out_,
            "DIR/plain.yml: a encrypted (vault id default)\nDIR/plain.yml: b.d[1] encrypted (vault id default)\n");
  EXPECT_EQ(err_,
            "regvault: warning: DIR/plain.yml:5: b.d[1]: was a number, a date or a word like yes to Ansible, and is "
            "text once it is encrypted\n");
  EXPECT_EQ(mode("plain.yml"), 0640U);
  std::string before = read("plain.yml");
  EXPECT_EQ(go({"encrypt", "--key", "a", "DIR/plain.yml", "DIR/vault.yml"}), 0);
  EXPECT_EQ(out_, "DIR/plain.yml: a is encrypted already: skipped\nDIR/vault.yml: is encrypted already: skipped\n");
  EXPECT_EQ(read("plain.yml"), before);
  EXPECT_EQ(go({"decrypt", "DIR/plain.yml"}), 0) << err_;
  EXPECT_EQ(out_, replaced(kVars, "0755", "\"0755\""));
}

TEST_F(ValueSessions, EncryptTakesStandardInput) {
  EXPECT_EQ(go({"encrypt", "--key", "a", "-"}, "a: 'x'\nb: 1\n"), 0) << err_;
  EXPECT_TRUE(out_.starts_with("a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n")) << out_;
  EXPECT_EQ(go({"decrypt", "-"}, out_), 0) << err_;
  EXPECT_EQ(out_, "a: x\nb: 1\n");
}

TEST_F(ValueSessions, EncryptRefusesAsAWhole) {
  write("plain.yml", kVars);
  EXPECT_EQ(go({"encrypt", "--key", "a", "--key", "b", "DIR/plain.yml"}), 8);
  EXPECT_TRUE(err_.starts_with("regvault: error: DIR/plain.yml:4:3: \"b\" is a mapping, not a value\n")) << err_;
  EXPECT_EQ(go({"encrypt", "--key", "a", "--key", "z", "DIR/plain.yml"}), 4);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(read("plain.yml"), kVars);
}

TEST_F(ValueSessions, ViewTagsWhatIsInPlain) {
  EXPECT_EQ(go({"view", "--vault-id", "dev@DIR/dev", "DIR/vars.yml"}), 0);
  EXPECT_EQ(out_, "# top\na: !vault-plain \"one\"  # c\nb:\n  c: !vault-plain \"yes\"\n  d: [x, 0755]\n");
  EXPECT_EQ(err_, "");
  EXPECT_EQ(go({"view", "DIR/vars.yml"}), 0);
  EXPECT_TRUE(out_.starts_with("# top\na: !vault-plain \"one\"  # c\nb:\n  c: !vault |\n")) << out_;
  EXPECT_EQ(err_, "regvault: warning: no vault secret at hand opens \"b.c\" (vault id \"dev\")\n");
  variables_.erase("ANSIBLE_VAULT_PASSWORD_FILE");
  EXPECT_EQ(go({"view", "--vault-id", "DIR/new", "DIR/vars.yml"}), 6);
  EXPECT_EQ(out_, "");
  EXPECT_TRUE(
      err_.starts_with("regvault: error: DIR/vars.yml: no vault secret at hand opens \"a\" (line 2), \"b.c\" (line "))
      << err_;
}

TEST_F(ValueSessions, DecryptPrintsOrReplaces) {
  std::string before = read("vars.yml"), wanted = replaced(kVars, "'yes'", "\"yes\"");
  EXPECT_EQ(go({"decrypt", "DIR/vars.yml"}), 6);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(go({"decrypt", "--in-place", "DIR/vars.yml"}), 6);
  EXPECT_EQ(go({"decrypt", "--vault-id", "dev@DIR/dev", "DIR/vars.yml"}), 0);
  EXPECT_EQ(out_, wanted);
  EXPECT_EQ(read("vars.yml"), before);
  EXPECT_EQ(go({"decrypt", "--vault-id", "dev@DIR/dev", "--output", "DIR/out", "DIR/vars.yml"}), 0);
  EXPECT_EQ(out_, "DIR/out: 2 values decrypted\n");
  EXPECT_EQ(read("out"), wanted);
  EXPECT_EQ(mode("out"), 0600U);
  chmod(path("vars.yml").c_str(), 0640);
  EXPECT_EQ(go({"decrypt", "--vault-id", "dev@DIR/dev", "--in-place", "DIR/vars.yml", "DIR/vault.yml"}), 0);
  EXPECT_EQ(out_, "DIR/vars.yml: 2 values decrypted\nDIR/vault.yml: decrypted\n");
  EXPECT_EQ(err_, "");
  EXPECT_EQ(read("vars.yml"), wanted);
  EXPECT_EQ(mode("vars.yml"), 0640U);
}

TEST_F(ValueSessions, DecryptWarnsOfBraces) {
  EXPECT_EQ(go({"set", "--stdin", "DIR/plain.yml", "t"}, "{{ x }}"), 0) << err_;
  EXPECT_EQ(go({"decrypt", "DIR/plain.yml"}), 0);
  EXPECT_EQ(out_, "a: 1\nt: \"{{ x }}\"\n");
  EXPECT_EQ(err_,
            "regvault: warning: DIR/plain.yml:2: t: the value holds \"{{\": Ansible takes it for a template; the tag "
            "!unsafe prevents that\n");
}

TEST_F(ValueSessions, RotateReplacesAllPlaces) {
  make_tree();
  std::vector<std::string> command{"rotate", "--vault-id", "dev@DIR/dev", "--stdin", "DIR/tree/a.yml", "k", "DIR/tree"};
  std::vector<std::string> dry = command;
  dry[3] = "--dry-run";
  EXPECT_EQ(go(dry), 0);
  EXPECT_EQ(out_,
            "DIR/tree/b.yml:1: l would be replaced (vault id dev)\n"
            "DIR/tree/whole.yml:1: n would be replaced (vault id default)\n"
            "DIR/tree/a.yml:1: k would be replaced (vault id default)\n");
  EXPECT_EQ(err_, "regvault: 3 places in 3 files would be replaced\n");
  EXPECT_EQ(go(command, "NEW"), 0);
  EXPECT_EQ(out_,
            "DIR/tree/b.yml:1: l replaced (vault id dev)\n"
            "DIR/tree/whole.yml:1: n replaced (vault id default)\n"
            "DIR/tree/a.yml:1: k replaced (vault id default)\n");
  EXPECT_EQ(err_, "regvault: 3 places in 3 files replaced\n");
  EXPECT_EQ(opened("tree/b.yml", "dev"), "l: NEW\nm: other\n");
  EXPECT_EQ(opened("tree/whole.yml"), "n: NEW\n");
  EXPECT_EQ(opened("tree/a.yml"), "k: NEW\n");
  EXPECT_EQ(go(command, "NEW"), 0);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(err_, "regvault: \"k\" has this value already: nothing changed\n");
}

TEST_F(ValueSessions, RotateCountsWhatItCannotCompare) {
  make_tree();
  EXPECT_EQ(go({"rotate", "--stdin", "DIR/tree/a.yml", "k", "DIR/tree"}, "NEW"), 20);
  EXPECT_EQ(err_,
            "regvault: 2 places in 2 files replaced\n"
            "regvault: 2 secrets could not be compared, as no vault secret at hand opens them (-v names them)\n");
  answers_.push("NEWER");
  answers_.push("NEWER");
  EXPECT_EQ(go({"rotate", "-v", "DIR/tree/a.yml", "k", "DIR/tree/b.yml"}), 20);
  EXPECT_EQ(prompts_, "New value for k: \nOnce more. New value for k: \n");
  EXPECT_EQ(out_, "DIR/tree/a.yml:1: k replaced (vault id default)\n");
  EXPECT_EQ(err_,
            "regvault: 2 secrets could not be compared, as no vault secret at hand opens them:\n"
            "regvault: DIR/tree/b.yml:1: l\nregvault: DIR/tree/b.yml:8: m\n");
  EXPECT_EQ(go({"rotate", "--stdin", "DIR/tree/a.yml", "k"}, "ALONE"), 0) << err_;
}

TEST_F(ValueSessions, RotateRefuses) {
  make_tree();
  std::string before = read("tree/a.yml");
  write("tree/broken.yml", "a: [\nb: !vault x\n");
  EXPECT_EQ(go({"rotate", "--stdin", "DIR/tree/a.yml", "k", "DIR/tree"}, "NEW"), 5);
  EXPECT_EQ(go({"rotate", "--stdin", "DIR/plain.yml", "a", "DIR/tree"}, "NEW"), 8);
  EXPECT_EQ(err_,
            "regvault: error: DIR/plain.yml:1: \"a\" is not encrypted\n"
            "regvault: hint: regvault set encrypts a new value there\n");
  EXPECT_EQ(go({"rotate", "DIR/tree/a.yml", "k"}), 2);
  EXPECT_EQ(go({"rotate", "--stdin", "DIR/tree/a.yml", "k"}, ""), 2);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(read("tree/a.yml"), before);
}

}  // namespace
}  // namespace regvault::tools
