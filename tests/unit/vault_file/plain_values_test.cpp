#include <regvault/vault_file/plain_values.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <regvault/base/text.hpp>
#include <regvault/vault/payload.hpp>

namespace regvault::vault_file {
namespace {

class Values : public testing::Test {
 protected:
  Values() {
    std::string pattern = testing::TempDir() + "regvault-values-XXXXXX";
    directory_ = mkdtemp(pattern.data());
    ring_.add({"default", SecretBytes::copy_of("one password")});
    ring_.add({"dev", SecretBytes::copy_of("dev password")});
  }
  ~Values() override { std::filesystem::remove_all(directory_); }

  static std::string block(std::string_view text, std::string_view password = "one password",
                           const std::string& header = "!vault |", const std::string& label = "") {
    std::string out = header + "\n";
    std::string payload = vault::seal(text, password, {.label = label});
    payload.pop_back();
    for (std::string_view line : split(payload, '\n')) out += "    " + std::string(line) + "\n";
    return out;
  }

  std::string path() const { return directory_ + "/v.yml"; }
  void write(const std::string& bytes) const { std::ofstream(path(), std::ios::binary) << bytes; }
  std::string read() const {
    std::stringstream bytes;
    bytes << std::ifstream(path(), std::ios::binary).rdbuf();
    return bytes.str();
  }
  WarningSink warn() {
    return [this](std::string_view text) {
      std::string line(text);
      if (std::size_t at = line.find(path()); at != line.npos) line.replace(at, path().size(), "v.yml");
      warnings_ += line + "\n";
    };
  }

  PlainValues plain(const std::string& bytes, Shown as = Shown::untagged) {
    return plain_values(SecretFile::parse(bytes, "v.yml"), ring_, as);
  }
  std::string text(const std::string& bytes) { return std::string(plain(bytes).text.view()); }

  /// What decrypt_values() makes of the file, or why it makes nothing.
  std::string decrypted(const std::string& bytes) {
    write(bytes);
    Input input = Input::open(path());
    std::optional<SecretFile> file = values_in(input, path());
    if (!file) return "no values";
    try {
      decrypt_values(*file, input, {.source = path()}, {}, ring_, warn());
    } catch (const Error& error) {
      EXPECT_EQ(read(), bytes);
      return error.message;
    }
    return read();
  }

  /// The keys that were encrypted, or why none was.
  std::string encrypt(const std::string& bytes, const std::vector<std::string>& names) {
    write(bytes);
    std::vector<yaml::Path> keys;
    for (const std::string& name : names) keys.push_back(yaml::parse_path(name));
    const keys::Key& key = ring_.key_for_encryption("dev");
    std::string done;
    try {
      for (const EncryptedValue& value :
           encrypt_values(Input::open(path()), {.source = path()}, {}, these(keys), key, {.label = "dev"}, warn())) {
        done += yaml::to_string(value.key) + (value.was_encrypted ? " was" : "") + "\n";
      }
    } catch (const Error& error) {
      EXPECT_EQ(read(), bytes);
      return std::string(error.reason) + ": " + error.message;
    }
    return done;
  }

  std::string directory_, warnings_;
  keys::Keyring ring_;
};

TEST_F(Values, AreQuotedWhereYamlWouldReadSomethingElse) {
  const std::pair<const char*, const char*> cases[] = {
      {"text", "text"},        {"yes", "\"yes\""},
      {"0755", "\"0755\""},    {"1e3", "\"1e3\""},
      {"~", "\"~\""},          {"", "\"\""},
      {"a: b", "\"a: b\""},    {" x", "\" x\""},
      {"12:30", "\"12:30\""},  {"l1\nl2\n", "|\n    l1\n    l2"},
      {"x #y", "\"x #y\""},    {"2024-01-01", "\"2024-01-01\""},
      {"tab\t", "\"tab\\t\""}, {"a\u2028b", "\"a\\u2028b\""},
  };
  for (const auto& [value, wanted] : cases) {
    EXPECT_EQ(text("# top\na: " + block(value) + "b: 1  # c\n"), std::string("# top\na: ") + wanted + "\nb: 1  # c\n");
  }
}

TEST_F(Values, EveryOtherByteStays) {
  EXPECT_EQ(text("a: &x " + block("one", "one password", "!vault |  # why") + "b: *x\nl:\n- " +
                 block("two", "dev password", "!vault-encrypted |", "dev") + "\n\n# end"),
            "a: &x one  # why\nb: *x\nl:\n- two\n\n\n# end");
  EXPECT_EQ(text("a: " + block("one") + "---\nb: 1\n---\nc: " + block("two")), "a: one\n---\nb: 1\n---\nc: two\n");
}

TEST_F(Values, TaggedTheyAreTheEditorsView) {
  std::string closed = block("x", "nobody's");
  PlainValues values = plain("a: " + block("one") + "b: " + closed + "c: " + block("\xff"), Shown::tagged);
  EXPECT_TRUE(values.text.view().starts_with("a: !vault-plain \"one\"\nb: " + closed + "c: !vault |\n"));
  EXPECT_EQ(values.count, 1U);
  ASSERT_EQ(values.left.size(), 2U);
  EXPECT_FALSE(values.left[0].broken);
  EXPECT_EQ(values.left[1].broken.value().message, "the value is not UTF-8 text");
}

TEST_F(Values, DecryptInPlaceKeepsTheModeAndWarnsOfBraces) {
  write("");
  chmod(path().c_str(), 0640);
  EXPECT_EQ(decrypted("a: " + block("{{ x") + "b: " + block("why")), "a: \"{{ x\"\nb: why\n");
  EXPECT_EQ(warnings_,
            "v.yml:1: a: the value holds \"{{\": Ansible takes it for a template; the tag !unsafe prevents that\n");
  struct stat status {};
  ASSERT_EQ(stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640U);
}

TEST_F(Values, DecryptIsAllOrNothing) {
  std::string dark = block("x", "nobody's");
  EXPECT_EQ(decrypted("a: " + block("one") + "b: " + dark), "no vault secret at hand opens \"b\"");
  EXPECT_EQ(decrypted("a: " + block("one") + "b: " + dark + "c:\n  d: " + block("y", "nobody's", "!vault |", "qa")),
            "no vault secret at hand opens \"b\" (line 8), \"c.d\" (line 16, vault id \"qa\")");
  EXPECT_EQ(decrypted("a: " + block("one") + "b: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6161\n").substr(0, 5),
            "\"b\": ");
  EXPECT_EQ(decrypted("a: " + block("\xff")), "\"a\": the value is not UTF-8 text");
  EXPECT_EQ(decrypted("a: !vault-plain x\n"), "no values");
  EXPECT_EQ(decrypted("a: 1\n"), "no values");
  EXPECT_EQ(decrypted(vault::seal("a: 1\n", "one password")), "no values");
  EXPECT_EQ(warnings_, "");
}

TEST_F(Values, EncryptTheNamedOnesOnly) {
  EXPECT_EQ(encrypt("a: one  # c\nb: {c: 'it''s', d: 1}\nl: [x, y]\n", {"a", "b.c", "l[1]"}), "a\nb.c\nl[1]\n");
  EXPECT_EQ(text(read()), "a: one  # c\nb: {c: it's, d: 1}\nl: [x, \"y\"]\n");
  EXPECT_NE(read().find("AES256;dev"), std::string::npos);
  std::string bytes = read();
  EXPECT_EQ(encrypt(bytes, {"a", "b.c"}), "a was\nb.c was\n");
  EXPECT_EQ(read(), bytes);
  EXPECT_EQ(warnings_, "");
}

TEST_F(Values, EncryptWarnsOfWhatIsNoLongerTheSame) {
  EXPECT_EQ(encrypt("a: &x 5432\nb: *x\nc: yes\nd: '1'\n", {"a", "c", "d"}), "a\nc\nd\n");
  EXPECT_EQ(warnings_,
            "v.yml:1: a: was a number, a date or a word like yes to Ansible, and is text once it is encrypted\n"
            "v.yml:1: a: is used by 1 alias, which is encrypted, too\n"
            "v.yml:3: c: was a number, a date or a word like yes to Ansible, and is text once it is encrypted\n");
}

TEST_F(Values, EncryptRefusesWhatIsNoPlainScalar) {
  const std::string bytes = "a: one\nm: {}\nl: []\nn:\nt: \"{{ a }}\"\nx: &x 1\ny: *x\n";
  const std::pair<const char*, const char*> cases[] = {
      {"m", "not-a-scalar: \"m\" is a mapping, not a value"},
      {"l", "not-a-scalar: \"l\" is a list, not a value"},
      {"n", "not-a-scalar: \"n\" has no value"},
      {"t", "template: \"t\" is a template: its value comes from elsewhere"},
  };
  for (const auto& [key, refusal] : cases) EXPECT_EQ(encrypt(bytes, {"a", key}), refusal);
  EXPECT_TRUE(encrypt(bytes, {"a", "nope"}).starts_with("not-found: "));
  EXPECT_TRUE(encrypt(bytes, {"y"}).starts_with("is-alias: "));
  EXPECT_TRUE(encrypt(vault::seal("a: 1\n", "one password"), {"a"}).starts_with("already-encrypted: "));
}

}  // namespace
}  // namespace regvault::vault_file
