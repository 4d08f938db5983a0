#include <regvault/workspace/scan.hpp>

#include <sys/stat.h>

#include <regvault/base/encoding.hpp>

#include "tokens.hpp"
#include "trees.hpp"

namespace regvault::workspace {
namespace {

class Scans : public Trees {
 protected:
  /// One line a finding, and a failure: place, kind, text.
  std::string scanned(const std::vector<FoundFile>& files, std::vector<const keys::Key*> keys = {}) {
    skips_.clear();
    ScanRequest request{
        .files = files,
        .passwords = {.request = request_, .environment = environment_, .working_directory = directory_},
        .keys = keys};
    ScanReport report = scan(request, [this](const Skip& skip) { skips_.push_back(relative(skip.path)); }, {});
    std::string out;
    for (const Finding& finding : report.findings) {
      out += relative(finding.where.file) + ":" + std::to_string(finding.where.line) + " " +
             std::string(name_of(finding.kind)) + ": " + finding.text + "\n";
    }
    for (const Error& failure : report.failures) out += "failed: " + relative(failure.where.file) + "\n";
    return out;
  }
  std::string scanned() { return scanned(all()); }
  std::string scanned_with(std::vector<const keys::Key*> keys) { return scanned(all(), std::move(keys)); }

  /// What is found in a file that has nothing but a vault with this payload, laid out by `tag` and an indentation.
  std::string in_yaml(const std::string& bytes) {
    write("x.yml", bytes);
    std::string out = scanned();
    std::filesystem::remove(path("x.yml"));
    return out;
  }

  /// For every user to read, or the owner.
  void password_file(const std::string& name, mode_t mode) {
    write(name, "vault password\n");
    chmod(path(name).c_str(), mode);
  }
  void open_folder() { ASSERT_EQ(chmod(directory_.c_str(), 0755), 0); }

  keys::Key dev_{"dev", SecretBytes::copy_of("dev password")}, prod_{"prod", SecretBytes::copy_of("prod password")};
  keys::KeyRequest request_;
};

TEST_F(Scans, NothingInATreeThatIsInOrder) {
  write("vars.yml", "a: 1\n" + inline_vault("b", sealed("x", dev_, "dev")) + "list:\n  - c\n");
  write("group_vars/all/vault.yml", sealed("token: " + classic_token() + "\n", prod_, "prod"));
  write("vault_inline.yml", inline_vault("b", sealed("x", dev_)));
  write("README.md", "    pat: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      3131 [\n");
  write("hosts.json", R"({"x": {"__ansible_vault": "$ANSIBLE_VAULT;1.1;AES256\n3131"}})");
  EXPECT_EQ(scanned(), "");
  EXPECT_EQ(skips_, (std::vector<std::string>{"README.md", "hosts.json"}));
}

TEST_F(Scans, TokensWithTheirLines) {
  write("a.txt", "\n\ntoken=" + classic_token() + "\n");
  write("b.yml", "x: 1\nauth: " + base64_encode("octocat:" + classic_token()) + "\ny: " + classic_token() + "\n");
  EXPECT_EQ(scanned(),
            "a.txt:3 token: classic personal access token ghp_… (40 characters)\n"
            "b.yml:2 encoded token: base64 of a user name and classic personal access token ghp_… (40 characters)\n"
            "b.yml:3 token: classic personal access token ghp_… (40 characters)\n");
}

TEST_F(Scans, VaultsThatAnsibleCannotOpen) {
  const std::string header = "  $ANSIBLE_VAULT;1.1;AES256\n";
  std::string payload = sealed("x", dev_);
  std::string body = payload.substr(payload.find('\n') + 1);  // 4 lines or more, each ended
  std::string block = inline_vault("a", payload);
  auto with_second_line = [&](const std::string& begin, const std::string& end) {
    std::string text = block;
    std::size_t line = text.find("\n  ", text.find("AES256")) + 3;
    text.insert(text.find('\n', line), end);
    return text.insert(line, begin);
  };
  std::string folded = block;
  folded[folded.find('|')] = '>';
  std::string no_indicator = block;
  no_indicator.erase(no_indicator.find(" |"), 2);
  std::string glued = block;
  glued.pop_back();
  std::string cut = sealed("x", dev_);
  cut.resize(cut.size() - 2);
  struct Row {
    std::string bytes, expected;
  };
  const Row kRows[] = {
      {with_second_line("", " "), "x.yml:3 broken vault: a: a blank at the end of a line\n"},
      {with_second_line("", "\t"), "x.yml:3 broken vault: a: a blank at the end of a line\n"},
      {with_second_line("  ", ""), "x.yml:3 broken vault: a: a line that is indented deeper than the first\n"},
      {with_second_line("# no\n  ", ""), "x.yml:3 broken vault: a: a comment inside of the block\n"},
      {folded, "x.yml:1 broken vault: a: its lines are folded into one: write !vault |\n"},
      {no_indicator, "x.yml:1 broken vault: a: its lines are folded into one: write !vault |\n"},
      {glued + "next_key: 1\nz: 2\n", "x.yml:" + std::to_string(std::ranges::count(glued, '\n') + 1) +
                                          " broken vault: a: a key is glued to its last line\n"},
      {"a: !vault |\n\n" + header + "  3131\n", "x.yml:1 broken vault: a: an empty line before $ANSIBLE_VAULT\n"},
      {"a: !vault \"\"\n", "x.yml:1 broken vault: a: nothing in it\n"},
      {"b: 1\n" + inline_vault("a", cut + "\n"),
       "x.yml:2 broken vault: a: the vault body has an odd number of hexadecimal digits: it was cut, or a digit was "
       "lost\n"},
      {"a: |\n" + block.substr(block.find('\n') + 1),
       "x.yml:1 untagged vault: a: a vault without the tag !vault, which Ansible reads as text\n"},
      {"---\na: 1\n---\n" + folded, "x.yml:4 broken vault: a: its lines are folded into one: write !vault |\n"},
      {"a: !vault|\n" + block.substr(block.find('\n') + 1), "x.yml:1 broken vault: no blank behind !vault\n"},
      {"x:\n    a: !vault |\n      " + header + "      6131next:\n     sub: 1\n",
       "x.yml:4 broken vault: a key is glued to the last line of a vault\n"},
      {"a: !vault x\nb: [\n", "failed: x.yml\n"},
  };
  for (const Row& row : kRows) EXPECT_EQ(in_yaml(row.bytes), row.expected) << row.bytes;
}

TEST_F(Scans, WholeFilesThatAreBroken) {
  std::string payload = sealed("x", dev_);
  write("a.yml", payload + "key: 1\n");
  write("b.pem", "\n" + payload);
  write("c.pem", payload + "\xc3\xa4\n");
  EXPECT_EQ(scanned(), "a.yml:" + std::to_string(std::ranges::count(payload, '\n') + 1) +
                           " broken vault: the vault body holds \"k\", which is not a hexadecimal digit\n"
                           "b.pem:1 broken vault: blanks before $ANSIBLE_VAULT: Ansible takes this for no vault\n"
                           "c.pem:1 broken vault: a byte that is not ASCII: Ansible takes this for no vault\n");
}

TEST_F(Scans, PlainVaults) {
  write("a.yml", "# !vault-plain\na:\n  b: !vault-plain \"x\"\n  c: !vault-plain |\n    y\n");
  write("b.yml", "a: !vault-plain \"x\"\nb: [\n");
  write("edit.md", "    a: !vault-plain \"x\"\n");
  EXPECT_EQ(scanned(),
            "a.yml:3 plain vault: a.b: a secret in the clear, tagged !vault-plain\n"
            "a.yml:4 plain vault: a.c: a secret in the clear, tagged !vault-plain\n"
            "b.yml:1 plain vault: a secret in the clear, tagged !vault-plain\n");
}

TEST_F(Scans, InsideOfVaultsWithAKey) {
  write("a.yml", sealed("# text\nb: !vault-plain \"x\"\ntoken: " + classic_token() + "\n", dev_));
  write("b.pem", sealed("!vault [", dev_));
  EXPECT_EQ(scanned(), "");
  EXPECT_EQ(scanned_with({&prod_}), "");
  EXPECT_EQ(scanned_with({&prod_, &dev_}),
            "a.yml:2 plain vault: inside the vault: b: a secret in the clear, tagged !vault-plain\n");
}

TEST_F(Scans, FilesNamedVaultThatAreNotEncrypted) {
  write("vault.yml", "token: x\n");
  write("Prod-Vault.yaml", "x: {y: 1}\n");
  write("keys.vault", "key\n");
  write("empty.vault", "\n");
  write("vault_vars.yml", "a: \"{{ vault_a }}\"\nb:\nc: {}\n");
  write("tasks/vault.yml", "- name: install\n  apt: {name: vault}\n");
  write(".github/workflows/vault.yml", "on: push\n");
  write(".regvault.yml", "creation_rules: [{path: x, vault_id: prod}]\n");
  write("vault.md", "a page\n");
  write("vault_broken.yml", "a: [\n");
  EXPECT_EQ(scanned(),
            "Prod-Vault.yaml:1 not encrypted: the name says vault, and nothing in it is encrypted\n"
            "keys.vault:1 not encrypted: the name says vault, and nothing in it is encrypted\n"
            "vault.yml:1 not encrypted: the name says vault, and nothing in it is encrypted\n"
            "vault_broken.yml:1 not encrypted: the name says vault, and nothing in it is encrypted\n");
}

TEST_F(Scans, PasswordFilesThatGitTracks) {
  git("init");
  password_file(".vault_pass", 0600);
  password_file("sub/vault-password-prod", 0600);
  password_file("sub/ignored/ansible_vault_password.txt", 0600);
  write("sub/ignored/a.txt", "");
  write(".gitignore", "ansible_vault_password.txt\n");
  write("vault_pass.sh", "#!/bin/sh\necho x\n");
  write("vault_pass", "#!/bin/sh\necho x\n");
  write(".vault_pass.gpg", "x");
  write("vault_password_test.py", "x");
  EXPECT_EQ(scanned(), "");
  git("add .");
  EXPECT_EQ(scanned(),
            ".vault_pass:1 tracked password file: a vault password that git tracks\n"
            "sub/vault-password-prod:1 tracked password file: a vault password that git tracks\n");
  EXPECT_EQ(scanned(std::vector<FoundFile>{{path(".vault_pass"), true}}),
            ".vault_pass:1 tracked password file: a vault password that git tracks\n");
  EXPECT_EQ(scanned(std::vector<FoundFile>{{path(".gitignore"), true}}), "");
}

TEST_F(Scans, PasswordFilesThatEveryoneCanRead) {
  password_file("vault_pass.txt", 0644);
  EXPECT_EQ(scanned(), "");  // nobody gets into the folder
  open_folder();
  EXPECT_EQ(scanned(),
            "vault_pass.txt:1 open password file: a vault password that every user of this machine can read\n");
  chmod(path("vault_pass.txt").c_str(), 0640);
  EXPECT_EQ(scanned(), "");
  write("vault_pass.txt", sealed("x", dev_));
  chmod(path("vault_pass.txt").c_str(), 0644);
  EXPECT_EQ(scanned(), "");
}

TEST_F(Scans, PasswordFilesThatAreConfigured) {
  open_folder();
  for (const char* name : {"one", "two", "three", "four", "five", "unknown"}) password_file(name, 0644);
  password_file("script", 0755);
  write("ansible.cfg", "[defaults]\nvault_password_file = one\nvault_identity_list = dev@two, x@prompt, y@script\n");
  write("site/ansible.cfg", "[defaults]\nvault_password_file = ../three\n");
  write("bad/ansible.cfg", "[defaults\n");
  request_.password_files = {"four", "missing"};
  request_.vault_ids = {"prod@five"};
  const std::string text = ":1 open password file: a vault password that every user of this machine can read\n";
  EXPECT_EQ(scanned(), "five" + text + "four" + text + "one" + text + "three" + text + "two" + text);

  request_ = {};
  Environment before = environment_;
  environment_ = [&](const std::string& name) -> std::optional<std::string> {
    return name == "ANSIBLE_VAULT_PASSWORD_FILE" ? path("four") : before(name);
  };
  std::filesystem::remove(path("ansible.cfg"));
  std::filesystem::remove_all(path("site"));
  EXPECT_EQ(scanned(), "four" + text);
}

}  // namespace
}  // namespace regvault::workspace
