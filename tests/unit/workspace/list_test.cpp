#include <regvault/workspace/list.hpp>

#include "trees.hpp"

namespace regvault::workspace {
namespace {

class Lists : public Trees {
 protected:
  /// One line a secret: number, place, key, kind, label, who opens it, what it equals.
  std::string listed(std::vector<const keys::Key*> keys = {}) {
    config::CreationRules rules;
    Listing listing = list(all(), keys, rules, [this](const Skip& skip) { skips_.push_back(relative(skip.path)); }, {});
    std::string out;
    for (const Listed& secret : listing.secrets) {
      out += relative(secret.where.file) + ":" + std::to_string(secret.where.line) + " " + yaml::to_string(secret.key) +
             " " + std::string(name_of(secret.kind));
      if (!secret.label.empty()) out += " (" + secret.label + ")";
      if (secret.opened_by) out += " by " + secret.opened_by->label;
      if (secret.same_as) out += " same as " + std::to_string(*secret.same_as);
      if (secret.broken) out += " broken: " + secret.broken->reason;
      if (!secret.violation.empty()) out += " " + secret.violation.substr(0, secret.violation.find(" ("));
      out += "\n";
    }
    for (const Error& failure : listing.failures) out += "failed: " + relative(failure.where.file) + "\n";
    return out;
  }

  keys::Key dev_{"dev", SecretBytes::copy_of("dev password")}, prod_{"prod", SecretBytes::copy_of("prod password")};
};

TEST_F(Lists, EverySecretOfATree) {
  write("vars.yml", "a: 1\n" + inline_vault("b", sealed("x", dev_, "dev")) + "c:\n  - " + "d: 1\n" +
                        inline_vault("e", sealed("y", prod_)));
  write("group_vars/all/vault.yml", sealed("token: t\n", prod_, "prod"));
  write("none.yml", "a: 1\n");
  EXPECT_EQ(listed(),
            "group_vars/all/vault.yml:1 [] whole file (prod)\nvars.yml:2 b value (dev)\nvars.yml:11 e value\n");
}

TEST_F(Lists, WithKeysWhoOpensItWhatIsInsideAndWhatIsEqual) {
  write("a.yml", inline_vault("one", sealed("same", dev_)) + inline_vault("two", sealed("diff", dev_)));
  write("b.yml", "# top\n" + inline_vault("three", sealed("same", prod_)) + inline_vault("four", sealed("x", dev_)));
  write("c.yml", sealed("# text\nuser: octocat\ndeep:\n  pat: same\nlist: [x]\nno: ~\n", prod_, "prod"));
  write("d.pem", sealed("no mapping", prod_));
  EXPECT_EQ(listed({&prod_}),
            "a.yml:1 one value\na.yml:8 two value\nb.yml:2 three value by prod\nb.yml:9 four value\n"
            "c.yml:1 [] whole file (prod) by prod\nc.yml:2 user inside (prod) by prod\n"
            "c.yml:4 deep.pat inside (prod) by prod same as 2\nc.yml:5 list[0] inside (prod) by prod\n"
            "d.pem:1 [] whole file by prod\n");
  EXPECT_EQ(listed({&dev_, &prod_}),
            "a.yml:1 one value by dev\na.yml:8 two value by dev\nb.yml:2 three value by prod same as 0\n"
            "b.yml:9 four value by dev\nc.yml:1 [] whole file (prod) by prod\nc.yml:2 user inside (prod) by prod\n"
            "c.yml:4 deep.pat inside (prod) by prod same as 0\nc.yml:5 list[0] inside (prod) by prod same as 3\n"
            "d.pem:1 [] whole file by prod\n");
}

TEST_F(Lists, BrokenOnesAndFilesThatDoNotParse) {
  std::string broken = sealed("x", dev_);
  broken.resize(broken.size() - 2);
  write("a.yml", inline_vault("cut", broken + "\n") + inline_vault("sound", sealed("x", dev_)));
  write("b.yml", "a: [ # never closed\nb: !vault x\n");
  write("README.md", "A value is encrypted as\n\n    pat: !vault |\n\nand: [ so on\n");
  EXPECT_EQ(listed({&dev_}), "a.yml:1 cut value broken: odd-length\na.yml:8 sound value by dev\nfailed: b.yml\n");
  EXPECT_EQ(skips_, std::vector<std::string>{"README.md"});
}

TEST_F(Lists, VaultsWithoutTheTag) {
  std::string payload = sealed("x", dev_);
  std::string escaped;
  for (char c : payload) escaped += c == '\n' ? std::string("\\n") : std::string(1, c);
  write("a.json", "{\"k\": {\"__ansible_vault\": \"" + escaped + "\"}}\n");
  std::string untagged = inline_vault("k", payload);
  untagged.replace(untagged.find("!vault |"), 8, "|");
  write("b.yml", inline_vault("j", payload) + untagged);
  EXPECT_EQ(listed({&dev_}),
            "a.json:1 k.__ansible_vault value broken: json-vault\nb.yml:1 j value by dev\nb.yml:8 k value broken: "
            "untagged\n");
  EXPECT_EQ(skips_, std::vector<std::string>{});
}

TEST_F(Lists, WhatCreationRulesSayAgainstIt) {
  write(".regvault.yml",
        "creation_rules:\n  - path: prod\n    vault_id: prod\n    keys: [\"*_pat\"]\n  - path: default.yml\n    "
        "vault_id: "
        "default\n");
  write("prod/vars.yml", "a_pat: one\nurl: x\n" + inline_vault("b_pat", sealed("one", dev_, "dev")) +
                             "c_pat: \"{{ b_pat }}\"\nd_pat: ''\n" + inline_vault("e", sealed("x", prod_, "prod")) +
                             "---\nlist_pat: [1]\n");
  write("prod/vault.yml", sealed("f_pat: one\n", dev_));
  write("prod/hosts", "g_pat: x\n");
  write("prod/hosts.ini", "[all]\ng_pat=x\n");
  write("prod/broken", "g_pat: [\n");
  write("prod/broken.yml", "g_pat: [\n");
  write("default.yml", inline_vault("h", sealed("x", dev_)) + inline_vault("i", sealed("x", dev_, "dev")));
  git("init");
  EXPECT_EQ(listed({&dev_}),
            "default.yml:1 h value by dev\n"
            "default.yml:8 i value (dev) by dev same as 0 vault id default wanted\n"
            "prod/hosts:1 g_pat clear same as 0 to be encrypted\n"
            "prod/vars.yml:1 a_pat clear to be encrypted\n"
            "prod/vars.yml:3 b_pat value (dev) by dev same as 3 vault id prod wanted\n"
            "prod/vars.yml:12 e value (prod)\n"
            "prod/vars.yml:20 list_pat[0] clear to be encrypted\n"
            "prod/vault.yml:1 [] whole file by dev vault id prod wanted\n"
            "prod/vault.yml:1 f_pat inside by dev same as 3\n"
            "failed: prod/broken.yml\n");
  write(".regvault.yml", "creation_rules: 1\n");
  EXPECT_TRUE(listed().ends_with("e value (prod)\nprod/vault.yml:1 [] whole file\nfailed: .regvault.yml\n"))
      << listed();
}

TEST_F(Lists, ManySecretsOnAllCores) {
  std::string text;
  for (int i = 0; i < 30; ++i) text += inline_vault("k" + std::to_string(i), sealed(std::to_string(i % 3), dev_));
  write("a.yml", text);
  config::CreationRules rules;
  Listing listing = list(all(), std::vector<const keys::Key*>{&dev_}, rules, {}, {});
  ASSERT_EQ(listing.secrets.size(), 30U);
  for (std::size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(listing.secrets[i].key, yaml::Path{"k" + std::to_string(i)});
    EXPECT_EQ(listing.secrets[i].same_as, i < 3 ? std::nullopt : std::optional(i % 3)) << i;
  }
}

}  // namespace
}  // namespace regvault::workspace
