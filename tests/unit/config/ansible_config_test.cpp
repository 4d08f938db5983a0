#include <regvault/config/ansible_config.hpp>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <map>

#include <regvault/system/file.hpp>

namespace regvault::config {
namespace {

namespace fs = std::filesystem;

/// A home, a working directory and variables of our own; removed at the end.
class AnsibleConfigTest : public testing::Test {
 protected:
  AnsibleConfigTest() {
    std::string pattern = fs::temp_directory_path() / "regvault-config-XXXXXX";
    root_ = mkdtemp(pattern.data());
    fs::create_directories(root_ + "/home");
    fs::create_directories(root_ + "/work");
    variables_["HOME"] = root_ + "/home";
  }
  ~AnsibleConfigTest() override { fs::remove_all(root_); }

  void write(const std::string& path, std::string_view text) {
    fs::create_directories(fs::path(root_ + "/" + path).parent_path());
    FILE* file = fopen((root_ + "/" + path).c_str(), "we");
    ASSERT_NE(file, nullptr);
    fwrite(text.data(), 1, text.size(), file);
    fclose(file);
  }

  AnsibleConfig load() {
    Environment environment = [this](const std::string& name) -> std::optional<std::string> {
      auto found = variables_.find(name);
      if (found == variables_.end()) return std::nullopt;
      return found->second;
    };
    return load_ansible_config(environment, root_ + "/work",
                               [this](std::string_view text) { warnings_.emplace_back(text); });
  }

  std::string root_;
  std::map<std::string, std::string> variables_;
  std::vector<std::string> warnings_;
};

TEST_F(AnsibleConfigTest, VariablesComeBeforeTheFile) {
  write("work/ansible.cfg", "[defaults]\nvault_identity = file\nvault_password_file = pw\nvault_id_match = no\n");
  AnsibleConfig config = load();
  EXPECT_EQ(config.file, root_ + "/work/ansible.cfg");
  EXPECT_EQ(config.vault_identity, "file");
  EXPECT_EQ(config.vault_password_file, root_ + "/work/pw");
  EXPECT_TRUE(config.vault_id_match);

  variables_["ANSIBLE_VAULT_IDENTITY"] = "variable";
  variables_["ANSIBLE_VAULT_PASSWORD_FILE"] = "~/other";
  variables_["ANSIBLE_VAULT_ID_MATCH"] = "";
  config = load();
  EXPECT_EQ(config.vault_identity, "variable");
  EXPECT_EQ(config.vault_password_file, root_ + "/home/other");
  EXPECT_FALSE(config.vault_id_match);
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(AnsibleConfigTest, APathOfTheFileStartsAtTheFile) {
  write("etc/our.cfg", "[defaults]\nvault_password_file = ../pw\nvault_identity_list = a@pw\n");
  variables_["ANSIBLE_CONFIG"] = "../etc/our.cfg";
  AnsibleConfig config = load();
  EXPECT_EQ(config.file, root_ + "/etc/our.cfg");
  EXPECT_EQ(config.vault_password_file, root_ + "/pw");
  EXPECT_EQ(config.vault_identity_list, std::vector<std::string>{"a@pw"});
}

TEST_F(AnsibleConfigTest, HowInventoriesAreRead) {
  write("work/ansible.cfg",
        "[defaults]\ninventory = a.yml, sub/b\nhash_behaviour = merge\n"
        "precedence = all_inventory, all_plugins_play\nyaml_valid_extensions = .yml, .vars\n"
        "force_valid_group_names = always\nvars_plugins_enabled=host_group_vars,x.y.z\n"
        "[inventory]\nenable_plugins = yaml, ini\nignore_extensions = .a, .b\n");
  using Names = std::vector<std::string>;
  InventoryConfig config = load().inventory;
  EXPECT_EQ(config.sources, (Names{root_ + "/work/a.yml", root_ + "/work/sub/b"}));
  EXPECT_TRUE(config.merge_hashes);
  EXPECT_EQ(config.precedence, (Names{"all_inventory", "all_plugins_play"}));
  EXPECT_EQ(config.yaml_extensions, (Names{".yml", ".vars"}));
  EXPECT_TRUE(config.valid_group_names);
  EXPECT_EQ(config.vars_plugins, (Names{"host_group_vars", "x.y.z"}));
  EXPECT_EQ(config.plugins, (Names{"yaml", "ini"}));
  EXPECT_EQ(config.ignored_extensions, (Names{".a", ".b"}));

  variables_["ANSIBLE_HASH_BEHAVIOUR"] = "replace";
  variables_["ANSIBLE_INVENTORY"] = "c";
  config = load().inventory;
  EXPECT_FALSE(config.merge_hashes);
  EXPECT_EQ(config.sources, Names{root_ + "/work/c"});
}

TEST_F(AnsibleConfigTest, QuotesOfAVariableStay) {
  write("work/ansible.cfg", "[defaults]\nvault_encrypt_identity = \"dev\"\n");
  EXPECT_EQ(load().vault_encrypt_identity, "dev");
  variables_["ANSIBLE_VAULT_ENCRYPT_IDENTITY"] = "\"dev\"";
  EXPECT_EQ(load().vault_encrypt_identity, "\"dev\"");
}

TEST_F(AnsibleConfigTest, AWorldWritableDirectoryIsNotTrusted) {
  write("work/ansible.cfg", "[defaults]\nvault_identity = evil\n");
  chmod((root_ + "/work").c_str(), 01777);
  EXPECT_EQ(load().vault_identity, "default");
  ASSERT_EQ(warnings_.size(), 1U);
  EXPECT_EQ(warnings_[0], "others may write to the working directory \"" + root_ +
                              "/work\": the ansible.cfg in it is ignored, as Ansible does; export ANSIBLE_CONFIG to "
                              "use it");

  variables_["ANSIBLE_CONFIG"] = ".";  // explicitly: no warning
  EXPECT_EQ(load().vault_identity, "evil");
  EXPECT_EQ(warnings_.size(), 1U);
}

TEST_F(AnsibleConfigTest, RefusesOtherNames) {
  write("work/ansible.yaml", "defaults: {}\n");
  variables_["ANSIBLE_CONFIG"] = "ansible.yaml";
  try {
    load();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message,
              "the name of Ansible's configuration file must end in .cfg or .ini: \"" + root_ + "/work/ansible.yaml\"");
    EXPECT_EQ(error.code, ErrorCode::malformed);
  }
}

TEST_F(AnsibleConfigTest, SaysWhereTheFileIsBad) {
  write("work/ansible.cfg", "[defaults]\nnonsense\n");
  try {
    load();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              root_ + "/work/ansible.cfg:2: this line is neither \"[section]\" nor \"key = value\"");
  }
}

TEST_F(AnsibleConfigTest, ADirectoryInItsPlaceIsAnError) {
  fs::create_directory(root_ + "/work/ansible.cfg");
  try {
    load();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message, "cannot read \"" + root_ + "/work/ansible.cfg\": Is a directory");
    EXPECT_EQ(error.code, ErrorCode::file_access);
  }
}

}  // namespace
}  // namespace regvault::config
