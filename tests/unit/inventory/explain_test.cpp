#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <regvault/base/error.hpp>
#include <regvault/inventory/lookup.hpp>
#include <regvault/vault/payload.hpp>

namespace regvault::inventory {
namespace {

namespace fs = std::filesystem;

std::string replaced(std::string text, char what, std::string_view by) {
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + by.size())) {
    text.replace(at, 1, by);
  }
  return text;
}

class LookupTest : public testing::Test {
 protected:
  LookupTest() {
    std::string pattern = testing::TempDir() + "regvault-inventory-XXXXXX";
    directory_ = mkdtemp(pattern.data());
  }
  ~LookupTest() override { fs::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ + "/" + name; }

  void write(const std::string& name, const std::string& text, mode_t mode = 0644) const {
    fs::create_directories(fs::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << text;
    chmod(path(name).c_str(), mode);
  }

  std::string shown(const Unread& unread) const {
    std::string source =
        unread.source.starts_with(directory_) ? unread.source.substr(directory_.size() + 1) : unread.source;
    return source + ":" + std::to_string(unread.line) + " " + std::string(name_of(unread.reason)) + ": " +
           unread.message;
  }

  std::string shown(const Chain& chain) const {
    std::string out = yaml::to_string(chain.path) + "\n";
    for (const Link& link : chain.links) {
      out += "  " + std::string(name_of(link.role)) + " " + link.entity + " ";
      if (link.unread) {
        out += shown(*link.unread) + "\n";
        continue;
      }
      const std::string& file = link.place.file->path;
      out += (file.starts_with(directory_) ? file.substr(directory_.size() + 1) : file) + ":" +
             std::to_string(link.place.line);
      out += link.vault_label.empty() ? "" : " @" + link.vault_label;
      out += link.place.file->vault_label ? " in a vault\n" : "\n";
    }
    if (chain.referred) return out + shown(*chain.referred);
    constexpr const char* kEnds[] = {"", "not set", "template", "magic", "endless"};
    return out + kEnds[static_cast<int>(chain.unknown)];
  }

  Model model(const std::vector<std::string>& sources, Options options = {}) const {
    std::vector<std::string> paths;
    for (const std::string& source : sources) paths.push_back(source.find(',') == source.npos ? path(source) : source);
    return load(paths, options);
  }

  std::string explained(const std::string& host, const std::string& variable, Options options = {}) const {
    return shown(explain(model({"inventory.yml"}, options), host, yaml::parse_path(variable)));
  }

  std::string directory_;
};

constexpr const char* kInventory =
    "all:\n"
    "  vars:\n"
    "    console:\n"
    "      pat: !vault |\n"
    "        $ANSIBLE_VAULT;1.2;AES256;prod\n"
    "        6162\n"
    "    region: eu\n"
    "  children:\n"
    "    gpu:\n"
    "      vars:\n"
    "        console: {url: x}\n"
    "      hosts:\n"
    "        gpu-01:\n"
    "        gpu-02: {region: us}\n"
    "    web:\n"
    "      hosts:\n"
    "        web-01:\n";

TEST_F(LookupTest, ALaterOneCounts) {
  write("inventory.yml", kInventory);
  EXPECT_EQ(explained("gpu-02", "region"), "region\n  shadowed all inventory.yml:7\n  wins gpu-02 inventory.yml:14\n");
  EXPECT_EQ(explained("gpu-01", "region"), "region\n  wins all inventory.yml:7\n");
  EXPECT_EQ(explained("gpu-01", "nothing"), "nothing\nnot set");
}

TEST_F(LookupTest, AMappingIsReplacedAsAWhole) {
  write("inventory.yml", kInventory);
  EXPECT_EQ(explained("web-01", "console.pat"), "console.pat\n  wins all inventory.yml:4 @prod\n");
  EXPECT_EQ(explained("gpu-01", "console.pat"),
            "console.pat\n  shadowed all inventory.yml:4 @prod\n  hides gpu inventory.yml:11\nnot set");
  EXPECT_EQ(explained("gpu-01", "console"), "console\n  shadowed all inventory.yml:3\n  wins gpu inventory.yml:11\n");
}

TEST_F(LookupTest, MappingsAreMerged) {
  write("inventory.yml", kInventory);
  write("group_vars/gpu.yml", "console:\n  url: y\n");
  Options options;
  options.config.merge_hashes = true;
  EXPECT_EQ(explained("gpu-01", "console.pat", options), "console.pat\n  wins all inventory.yml:4 @prod\n");
  EXPECT_EQ(explained("gpu-01", "console.url", options),
            "console.url\n  shadowed gpu inventory.yml:11\n  wins gpu group_vars/gpu.yml:2\n");
  EXPECT_EQ(explained("gpu-01", "console", options),
            "console\n  merged all inventory.yml:3\n  merged gpu inventory.yml:11\n  wins gpu group_vars/gpu.yml:1\n");
  write("group_vars/gpu.yml", "console: no mapping\n");
  EXPECT_EQ(explained("gpu-01", "console.pat", options),
            "console.pat\n  shadowed all inventory.yml:4 @prod\n  hides gpu group_vars/gpu.yml:1\nnot set");
}

TEST_F(LookupTest, ReferencesAreFollowed) {
  write("inventory.yml", kInventory);
  write("group_vars/web.yml",
        "console: \"{{ vault_console }}\"\nvault_console:\n  pat: \"{{ vault_pat }}\"\nvault_pat: x\n"
        "a: \"{{ b }}\"\nb: '{{a}}'\nother: \"{{ b | trim }}\"\nplay: \"{{ from_play }}\"\n"
        "name: \"{{ inventory_hostname }}\"\nunsafe: !unsafe '{{ b }}'\n");
  EXPECT_EQ(explained("web-01", "console.pat"),
            "console.pat\n  shadowed all inventory.yml:4 @prod\n  wins web group_vars/web.yml:1\n"
            "vault_console.pat\n  wins web group_vars/web.yml:3\n"
            "vault_pat\n  wins web group_vars/web.yml:4\n");
  EXPECT_EQ(explained("web-01", "a"),
            "a\n  wins web group_vars/web.yml:5\nb\n  wins web group_vars/web.yml:6\nendless");
  EXPECT_EQ(explained("web-01", "other"), "other\n  wins web group_vars/web.yml:7\ntemplate");
  EXPECT_EQ(explained("web-01", "play"), "play\n  wins web group_vars/web.yml:8\nfrom_play\nnot set");
  EXPECT_EQ(explained("web-01", "name"), "name\n  wins web group_vars/web.yml:9\ninventory_hostname\nmagic");
  EXPECT_EQ(explained("web-01", "unsafe"), "unsafe\n  wins web group_vars/web.yml:10\n");
}

TEST_F(LookupTest, VarsFilesThatAreVaultsAreOpenedWhenThereIsAKey) {
  write("inventory.yml", kInventory);
  write("group_vars/all/vault.yml", vault::seal("# ours\nregion: us\n", "password", {}));
  EXPECT_EQ(explained("web-01", "region"),
            "region\n  wins all inventory.yml:7\n"
            "  unread all group_vars/all/vault.yml:0 encrypted: encrypted, and no vault secret was given\n");
  keys::Keyring keyring;
  keyring.add({"default", SecretBytes::copy_of("password")});
  Options options;
  options.keys = [&]() -> keys::Keyring& { return keyring; };
  EXPECT_EQ(explained("web-01", "region", options),
            "region\n  shadowed all inventory.yml:7\n  wins all group_vars/all/vault.yml:2 in a vault\n");
}

TEST_F(LookupTest, BesideThePlaybookCountsMore) {
  write("inventory.yml", kInventory);
  write("host_vars/web-01.yml", "region: a\n");
  write("play/host_vars/web-01/b", "region: b\n");
  Options options;
  options.playbook_directory = path("play");
  EXPECT_EQ(explained("web-01", "region", options),
            "region\n  shadowed all inventory.yml:7\n  shadowed web-01 host_vars/web-01.yml:1\n"
            "  wins web-01 play/host_vars/web-01/b:1\n");
}

TEST_F(LookupTest, ThePrecedenceOfGroupsCanBeSet) {
  write("inventory.yml", kInventory);
  write("group_vars/all.yml", "console: {pat: x}\n");
  EXPECT_EQ(explained("gpu-01", "console.pat"),
            "console.pat\n  shadowed all inventory.yml:4 @prod\n  wins all group_vars/all.yml:1\n");
  Options options;
  options.config.precedence = {"all_plugins_inventory", "all_inventory", "unheard_of"};
  EXPECT_EQ(explained("gpu-01", "console.pat", options),
            "console.pat\n  shadowed all group_vars/all.yml:1\n  wins all inventory.yml:4 @prod\n");
}

TEST_F(LookupTest, TheImplicitLocalhost) {
  write("inventory.yml", kInventory);
  write("host_vars/localhost.yml", "region: here\n");
  EXPECT_EQ(explained("localhost", "region"),
            "region\n  shadowed all inventory.yml:7\n  wins localhost host_vars/localhost.yml:1\n");
  EXPECT_EQ(explained("127.0.0.1", "ansible_connection"),
            "ansible_connection\n  wins 127.0.0.1 (Ansible's implicit localhost):0\n");
  Model named = model({"inventory.yml", "127.0.0.1,"});
  EXPECT_EQ(shown(explain(named, "localhost", {"region"})), "region\n  wins all inventory.yml:7\n");
}

TEST_F(LookupTest, ADirectoryGivenTwiceIsShownOnce) {
  write("inventory.yml", kInventory);
  write("group_vars/all.yml", "region: a\n");
  EXPECT_EQ(
      shown(explain(model({"inventory.yml", "inventory.yml"}), "web-01", {"region"})),
      "region\n  shadowed all inventory.yml:7\n  shadowed all inventory.yml:7\n  wins all group_vars/all.yml:1\n");
}

TEST_F(LookupTest, SourcesThatAreNotRead) {
  write("site/10-script", "#!/bin/sh\ntouch ran\n", 0755);
  write("site/20-aws.yml", "plugin: amazon.aws.aws_ec2\nregions: [eu]\n");
  write("site/30.toml", "[web.hosts]\n");
  write("site/40.yml", "web: [a\n");
  write("site/50.yml", "web:\n  hosts:\n    w[1:2]: text\n");
  write("site/60", "[web]\nw1\n[web:vars]\nnothing\n");
  write("site/skipped.md", "text\n");
  Model read = model({"site", "missing.yml"});
  std::vector<std::string> unread;
  for (const Unread& one : read.unread()) unread.push_back(shown(one));
  const std::vector<std::string> expected = {
      "site/10-script:0 program: a program, which is not run",
      "site/20-aws.yml:0 plugin: for the inventory plugin \"amazon.aws.aws_ec2\", which is not run",
      "site/40.yml:2 malformed: a \"[\" is not closed, or a \",\" is missing",
      "site/50.yml:3 malformed: a host's variables must be a mapping",
      "site/60:4 malformed: expected key=value",
      "missing.yml:0 file_access: cannot read \"" + path("missing.yml") + "\": No such file or directory",
  };
  EXPECT_EQ(unread, expected);
  EXPECT_FALSE(fs::exists("ran"));
  EXPECT_EQ(read.hosts(), std::vector<std::string>{"w1"});
}

TEST_F(LookupTest, WhatIsNoProgramIsReadAsText) {
  write("hosts", "[web]\nw1\n", 0755);
  write("more", "#!/bin/false\nw2\n");
  EXPECT_EQ(model({"hosts", "more"}).hosts(), (std::vector<std::string>{"w1", "w2"}));
}

TEST_F(LookupTest, GroupsInTheirOrder) {
  write("hosts", "[a]\nh\n[b]\nh\n[c]\nh\n[top:children]\nb\n[a:vars]\nansible_group_priority=5\n[odd-name]\nh\n");
  EXPECT_EQ(model({"hosts"}).groups_of("h"), (std::vector<std::string>{"all", "c", "odd-name", "top", "a", "b"}));
  Options options;
  options.config.valid_group_names = true;
  EXPECT_EQ(model({"hosts"}, options).groups_of("h"),
            (std::vector<std::string>{"all", "c", "odd_name", "top", "a", "b"}));
}

TEST_F(LookupTest, AHostThatIsNotThere) {
  write("inventory.yml", kInventory);
  try {
    explained("gpu-1", "region");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ErrorCode::not_found);
    EXPECT_EQ(error.message, "there is no host \"gpu-1\" in the inventory");
    EXPECT_EQ(error.hint, "did you mean \"gpu-01\"?");
  }
  EXPECT_THROW(explained("web-01", "[0]"), Error);
}

TEST_F(LookupTest, TheValueItself) {
  std::string sealed = vault::seal("of the vault", "password", {});
  write("inventory.yml", "all:\n  hosts: {h: }\n  vars: {a: &a {self: *a, plain: \"in the clear\"}, m: {x: y}}\n");
  write("group_vars/all.json", "{\"json\": {\"__ansible_vault\": \"" + replaced(sealed, '\n', "\\n") + "\"}}");
  write("group_vars/all/vars.yml", "pat: !vault |\n  " + replaced(sealed, '\n', "\n  ") + "\nt: '{{ a }} {{ b }}'\n");
  write("group_vars/all/vault.yml", vault::seal("inside: '{{ pat }}'\n", "password", {}));
  keys::Keyring keyring;
  keyring.add({"default", SecretBytes::copy_of("password")});
  Options options;
  options.keys = [&]() -> keys::Keyring& { return keyring; };
  std::string warnings;
  auto value = [&](const char* variable) {
    Found found = lookup(model({"inventory.yml"}, options), "h", yaml::parse_path(variable), options.keys,
                         [&](std::string_view text) { warnings += text; });
    return std::string(found.text.view()) + " @" + std::to_string(found.place.line);
  };
  EXPECT_EQ(value("a.plain"), "in the clear @3");
  EXPECT_EQ(value("inside"), "of the vault @1");
  EXPECT_EQ(warnings, "");
  EXPECT_THROW(value("m"), Error);
  EXPECT_THROW(value("t"), Error);
  EXPECT_THROW(value("none"), Error);

  write("group_vars/all/zz.yml", vault::seal("x: y\n", "another password", {}));
  EXPECT_EQ(value("pat"), "of the vault @1");
  EXPECT_EQ(warnings, "a source that cannot be read may set \"pat\" of \"h\" otherwise: see regvault explain");
}

TEST_F(LookupTest, HostileFiles) {
  write("inventory.yml", "all: &a\n  hosts: {h: {x: &x {self: *x}}}\n  children: {g: *a}\n");
  EXPECT_EQ(explained("h", "x.self.self"), "x.self.self\n  hides h inventory.yml:2\nnot set");
  std::string deep = "x: ";
  for (int i = 0; i < 400; ++i) deep += "[";
  write("group_vars/all.yml", deep);
  Model read = model({"inventory.yml"});
  EXPECT_EQ(explain(read, "h", {"y"}).links.size(), 1U);  // unread
}

}  // namespace
}  // namespace regvault::inventory
