#include <regvault/rotation/journal.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <regvault/vault/payload.hpp>

namespace regvault::rotation {
namespace {

using testing::HasSubstr;

class Journals : public testing::Test {
 protected:
  Journals() {
    std::string pattern = testing::TempDir() + "regvault-rotation-XXXXXX";
    directory_ = mkdtemp(pattern.data());
    keyring_.add({"dev", SecretBytes::copy_of("another password")});
    keyring_.add({"prod", SecretBytes::copy_of("password")});
    write("vars.yml", "pat: !vault |\n  " + indented(vault::seal("the old one", "password", {.label = "prod"})) +
                          "\nother: !vault |\n  " + indented(vault::seal("x", "password", {.label = "prod"})) + "\n");
  }
  ~Journals() override { std::filesystem::remove_all(directory_); }

  static std::string indented(std::string text) {
    for (std::size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 3)) text.replace(at, 1, "\n  ");
    return text;
  }
  std::string path(const std::string& name) const { return directory_ + "/" + name; }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path(name)) << text; }
  std::string read(const std::string& name) const {
    std::stringstream text;
    text << std::ifstream(path(name)).rdbuf();
    return text.str();
  }
  vault_file::Target target(const char* key = "pat") const { return {path("vars.yml"), yaml::parse_path(key)}; }

  Journal begin(std::string_view new_value = "the new one", const char* key = "pat") {
    vault_file::Value old = vault_file::get(target(key), [this]() -> keys::Keyring& { return keyring_; });
    return Journal::begin(target(key), old, new_value, keyring_, {});
  }
  std::optional<Journal> find(const char* key = "pat") { return Journal::find(target(key), keyring_, {}); }

  std::string reason_of(const std::function<void()>& action) {
    try {
      action();
    } catch (const Error& error) {
      return error.reason;
    }
    return "nothing thrown";
  }

  std::string directory_;
  keys::Keyring keyring_;
};

TEST_F(Journals, AreRegularFiles) {
  std::filesystem::create_symlink(path("elsewhere"), path(".vars.yml.rotation"));
  EXPECT_EQ(reason_of([&] { find(); }), "journal");
  EXPECT_FALSE(std::filesystem::exists(path("elsewhere")));
  std::filesystem::remove(path(".vars.yml.rotation"));
  ASSERT_EQ(mkfifo(path(".vars.yml.rotation").c_str(), 0600), 0);
  EXPECT_EQ(reason_of([&] { find(); }), "journal");
}

TEST_F(Journals, AreFoundAgainWithWhatWasDone) {
  EXPECT_FALSE(find());
  {
    Journal journal = begin();
    journal.add("values");
    journal.add("playbook site.yml");
  }
  std::optional<Journal> journal = find();
  ASSERT_TRUE(journal);
  EXPECT_EQ(journal->old_value(), "the old one");
  EXPECT_EQ(journal->new_value(), "the new one");
  EXPECT_TRUE(journal->has("values"));
  EXPECT_TRUE(journal->has("playbook site.yml"));
  EXPECT_FALSE(journal->has("revocation"));
  journal->end();
  EXPECT_FALSE(find());
  EXPECT_FALSE(std::filesystem::exists(path(".vars.yml.rotation")));
}

TEST_F(Journals, AreSealedAsTheValueIs) {
  begin();
  const std::string bytes = read(".vars.yml.rotation");
  EXPECT_THAT(bytes, HasSubstr("$ANSIBLE_VAULT;1.2;AES256;prod\n"));
  EXPECT_TRUE(vault::open(bytes, std::array<std::string_view, 1>{"password"}, "journal"));
  struct stat status {};
  ASSERT_EQ(stat(path(".vars.yml.rotation").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(Journals, LieBesideTheFileThatASymlinkNames) {
  std::filesystem::create_directory(path("links"));
  std::filesystem::create_symlink(path("vars.yml"), path("links/vars.yml"));
  EXPECT_EQ(journal_path(path("links/vars.yml")),
            std::filesystem::canonical(directory_).string() + "/.vars.yml.rotation");
  EXPECT_EQ(journal_path("vars.yml"), ".vars.yml.rotation");
}

TEST_F(Journals, OnlyOneAtATime) {
  begin();
  EXPECT_EQ(reason_of([&] { begin(); }), "EEXIST");
  EXPECT_EQ(reason_of([&] { find("other"); }), "other-rotation");
  std::optional<Journal> one = find(), another = find();
  one->add("values");
  EXPECT_EQ(reason_of([&] { another->add("values"); }), "changed");
  std::optional<Journal> third = find();
  one->end();
  EXPECT_EQ(reason_of([&] { third->add("values"); }), "changed");
}

TEST_F(Journals, RefuseWhatIsNone) {
  EXPECT_EQ(reason_of([&] { begin("\xff"); }), "not-utf8");
  EXPECT_FALSE(find());
  for (const char* text :
       {"[]", "{}", "{\"key\":\"pat\",\"old\":1}", "{\"key\":\"pat\",\"old\":\"a\",\"new\":\"b\"}"}) {
    write(".vars.yml.rotation", vault::seal(text, "password", {}));
    EXPECT_EQ(reason_of([&] { find(); }), "journal") << text;
  }
  const char* whole = "{\"key\":\"pat\",\"old\":\"a\",\"new\":\"b\",\"done\":[]}";
  write(".vars.yml.rotation", vault::seal(whole, "password", {}));
  EXPECT_EQ(reason_of([&] { find(); }), "nothing thrown");
  write(".vars.yml.rotation", vault::seal(whole, "another password", {}));
  EXPECT_EQ(reason_of([&] { find(); }), "journal");
  write(".vars.yml.rotation", vault::seal("{}", "a third password", {}));
  EXPECT_EQ(reason_of([&] { find(); }), "no-key");
}

}  // namespace
}  // namespace regvault::rotation
