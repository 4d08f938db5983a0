#include <regvault/workspace/rekey.hpp>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <map>

#include <regvault/vault_file/secrets.hpp>

#include "trees.hpp"

namespace regvault::workspace {
namespace {

using testing::ElementsAre;

/// dev.yml (two values, a comment, a plain one), prod.yml (one), sub/vault.yml (a whole file under dev), plain.yml.
class Rekeys : public Trees {
 protected:
  Rekeys() {
    write("dev.yml", "# top\n" + inline_vault("a", sealed("A", dev_)) + "b: plain  # stays\n" +
                         inline_vault("c", sealed("C", dev_, "dev")));
    write("sub/vault.yml", sealed("token: t\n", dev_, "dev"));
    write("plain.yml", "x: 1\n");
    chmod(path("dev.yml").c_str(), 0640);
  }

  RekeyReport run(const std::function<void(RekeyRequest&)>& change = {}) {
    RekeyRequest request{.files = all(), .old_keys = {&dev_, &prod_}};
    request.new_key = [this] { return NewKey{&new_}; };
    if (change) change(request);
    return rekey(request, {}, {}, [this](std::string_view text) { warnings_.emplace_back(text); });
  }

  void write_prod() { write("prod.yml", inline_vault("p", sealed("P", prod_, "prod"))); }

  /// Every secret: "dev.yml:2: a=A new" …
  std::string opened() const {
    std::string out;
    for (const FoundFile& found : all()) {
      vault_file::SecretFile file = vault_file::SecretFile::parse(read(relative(found.path)), relative(found.path));
      for (const vault_file::Secret& secret : file.secrets()) out += opened(secret) + "\n";
    }
    return out;
  }
  std::string opened(const vault_file::Secret& secret) const {
    std::string name = vault_file::name_of(secret) + (secret.label.empty() ? "" : " (" + secret.label + ")");
    if (secret.broken) return name + " broken";
    const keys::Key* keys[] = {&dev_, &prod_, &new_};
    std::vector<std::string_view> passwords;
    for (const keys::Key* key : keys) passwords.push_back(key->password.view());
    auto opened = vault::open(secret.payload, passwords, "x");
    return name + "=" + (opened ? std::string(opened->plaintext.view()) + " " + keys[opened->index]->label : "?");
  }

  /// All files and their bytes.
  std::map<std::string, std::string> state() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_)) {
      if (entry.is_regular_file()) files[entry.path()] = read(relative(entry.path()));
    }
    return files;
  }

  static std::vector<std::string> texts(const RekeyReport& report) {
    std::vector<std::string> out;
    for (const Error& error : report.failures) out.push_back(error.message);
    return out;
  }

  keys::Key dev_{"dev", SecretBytes::copy_of("dev password")}, prod_{"prod", SecretBytes::copy_of("prod password")},
      new_{"new", SecretBytes::copy_of("new password")};
  std::vector<std::string> warnings_;
};

constexpr const char* kAllNew = "dev.yml:2: a=A new\ndev.yml:10: c (dev)=C new\nsub/vault.yml (dev)=token: t\n new\n";
constexpr const char* kAllOld = "dev.yml:2: a=A dev\ndev.yml:10: c (dev)=C dev\nsub/vault.yml (dev)=token: t\n dev\n";

TEST_F(Rekeys, WholeFilesAndValuesKeepTheirLabelsAndEverythingElse) {
  RekeyReport report = run();
  EXPECT_EQ(opened(), kAllNew);
  EXPECT_EQ(report.written(), 2U);
  ASSERT_EQ(report.files.size(), 2U);
  EXPECT_EQ(report.files[0].rekeyed, 2U);
  EXPECT_THAT(report.files[0].labels, ElementsAre("", "dev"));
  EXPECT_TRUE(report.files[1].whole_file);
  EXPECT_THAT(report.replaced_keys, ElementsAre(&dev_));
  EXPECT_TRUE(read("dev.yml").starts_with("# top\na: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n"));
  EXPECT_NE(read("dev.yml").find("b: plain  # stays\n"), std::string::npos);
  struct stat status {};
  ASSERT_EQ(stat(path("dev.yml").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640U);
}

TEST_F(Rekeys, RelabelGivesTheNewLabel) {
  run([](RekeyRequest& request) { request.relabel = true; });
  EXPECT_EQ(opened(), "dev.yml:2: a (new)=A new\ndev.yml:10: c (new)=C new\nsub/vault.yml (new)=token: t\n new\n");
}

TEST_F(Rekeys, SeveralKeysAreRefusedAndNamed) {
  write_prod();
  auto before = state();
  try {
    run();
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ErrorCode::usage);
    EXPECT_EQ(error.message,
              "several of the vault secrets at hand open what is found (\"dev\", \"prod\"), and all would be under the "
              "new one");
    EXPECT_EQ(error.hint, "--only-vault-id dev takes only what that one opens");
  }
  EXPECT_EQ(state(), before);
}

TEST_F(Rekeys, OneOfSeveralKeysIsChosen) {
  write_prod();
  RekeyReport report = run([](RekeyRequest& request) { request.only_label = "dev"; });
  EXPECT_EQ(opened(),
            "dev.yml:2: a=A new\ndev.yml:10: c (dev)=C new\nprod.yml:1: p (prod)=P prod\n"
            "sub/vault.yml (dev)=token: t\n new\n");
  EXPECT_THAT(texts(report), ElementsAre());
  EXPECT_EQ(report.files[1].left, 1U);
  EXPECT_FALSE(report.files[1].written);
}

TEST_F(Rekeys, OfTheChosenLabelNothingMayStayClosed) {
  write("other.yml", inline_vault("o", sealed("O", prod_, "dev")));
  auto before = state();
  RekeyReport report = run([](RekeyRequest& request) { request.only_label = "dev"; });
  EXPECT_THAT(texts(report), ElementsAre("no vault secret at hand opens \"o\" (vault id \"dev\")"));
  EXPECT_EQ(state(), before);
}

TEST_F(Rekeys, ALabelThatNoKeyHas) {
  try {
    run([](RekeyRequest& request) { request.only_label = "stage"; });
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.message,
              "did not find a match for --only-vault-id=\"stage\" in the known vault ids [\"dev\", \"prod\"]");
  }
}

TEST_F(Rekeys, ASecondRunDoesTheRest) {
  write("done.yml", inline_vault("d", sealed("D", new_)) + inline_vault("e", sealed("E", dev_)));
  std::string done = read("done.yml").substr(0, read("done.yml").find("e: !vault"));
  run();
  EXPECT_TRUE(read("done.yml").starts_with(done)) << "what is done stays, byte for byte";
  auto after = state();
  for (bool both : {true, false}) {  // the new key among the old ones, too
    RekeyReport again = run([&](RekeyRequest& request) {
      if (both) request.old_keys.push_back(&new_);
    });
    EXPECT_EQ(again.written(), 0U);
    EXPECT_EQ(again.files.at(0).already, 2U);
    EXPECT_THAT(again.replaced_keys, ElementsAre());
  }
  EXPECT_EQ(state(), after);
}

TEST_F(Rekeys, AskedLateWhatOnlyTheNewKeyOpensIsAFailure) {
  write("done.yml", inline_vault("d", sealed("D", new_)));
  int asked = 0;
  auto late = [&](RekeyRequest& request) {
    request.ask_late = true;
    request.new_key = [&] { return ++asked, NewKey{&new_}; };
  };
  EXPECT_THAT(texts(run(late)), ElementsAre("no vault secret at hand opens \"d\""));
  EXPECT_EQ(asked, 0);
  keys::Key typed{"default", SecretBytes::copy_of("new password")};
  RekeyReport report = run([&](RekeyRequest& request) {
    late(request);
    request.old_keys.push_back(&typed);
  });
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(report.written(), 2U);
  EXPECT_EQ(opened(), std::string("dev.yml:2: a=A new\ndev.yml:10: c (dev)=C new\ndone.yml:1: d=D new\n"
                                  "sub/vault.yml (dev)=token: t\n new\n"));
}

/// Each row adds a file that fails; nothing is written then, and with keep_going the others are.
TEST_F(Rekeys, OneFailureLeavesAllAsItWas) {
  std::string cut = sealed("x", dev_);
  cut.resize(cut.size() - 2);
  keys::Key other{"other", SecretBytes::copy_of("another password")};
  struct Row {
    const char* name;
    std::string bytes;
    const char* message;
  } rows[] = {
      {"broken payload", inline_vault("k", sealed("K", dev_)) + inline_vault("l", cut + "\n"), nullptr},
      {"broken YAML", inline_vault("k", sealed("K", dev_)) + "l: [\n", nullptr},
      {"an unknown key", inline_vault("k", sealed("K", dev_)) + inline_vault("l", sealed("L", other, "stage")),
       "no vault secret at hand opens \"l\" (vault id \"stage\")"},
      {"a whole file under an unknown key", sealed("K", other), nullptr},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    write("fails.yml", row.bytes);
    auto before = state();
    RekeyReport report = run();
    ASSERT_EQ(report.failures.size(), 1U);
    if (row.message != nullptr) {
      EXPECT_EQ(report.failures[0].message, row.message);
    }
    EXPECT_EQ(report.written(), 0U);
    EXPECT_EQ(state(), before);
  }
  std::string fails = read("fails.yml");
  RekeyReport report = run([](RekeyRequest& request) { request.keep_going = true; });
  EXPECT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.written(), 2U);
  EXPECT_EQ(read("fails.yml"), fails);
  std::filesystem::remove(path("fails.yml"));
  EXPECT_EQ(opened(), kAllNew);
}

TEST_F(Rekeys, AFileThatIsChangedMeanwhileIsNotReplaced) {
  auto changing = [this](RekeyRequest& request) {  // the new key is asked for when all is read and opened
    request.ask_late = true;
    request.new_key = [this] {
      write("sub/vault.yml", sealed("other text", dev_));
      return NewKey{&new_};
    };
  };
  RekeyReport report = run(changing);
  EXPECT_THAT(texts(report),
              ElementsAre("\"" + path("sub/vault.yml") + "\" was changed by another program since it was read"));
  EXPECT_EQ(opened(), "dev.yml:2: a=A dev\ndev.yml:10: c (dev)=C dev\nsub/vault.yml=other text dev\n");
}

TEST_F(Rekeys, DryRunChangesNothing) {
  auto before = state();
  RekeyReport report = run([](RekeyRequest& request) { request.dry_run = true; });
  EXPECT_EQ(report.files.at(0).rekeyed, 2U);
  EXPECT_EQ(report.written(), 0U);
  EXPECT_EQ(state(), before);
  EXPECT_EQ(opened(), kAllOld);
}

TEST_F(Rekeys, LargeVaultsAreEncryptedWhileTheyAreReplaced) {
  std::string text;
  for (int i = 0; text.size() < (1 << 20); ++i) text += "line " + std::to_string(i) + "\n";
  write("large.vault", sealed(text, dev_, "dev"));
  std::filesystem::remove(path("dev.yml"));
  RekeyReport report = run();
  EXPECT_THAT(texts(report), ElementsAre());
  EXPECT_EQ(report.written(), 2U);
  EXPECT_TRUE(opened().starts_with("large.vault (dev)=" + text + " new\n"));
}

TEST_F(Rekeys, VaultsInsideOfAVaultAreWarnedOf) {
  write("sub/vault.yml", sealed(inline_vault("k", sealed("K", dev_)), dev_));
  run();
  EXPECT_THAT(warnings_, ElementsAre("\"" + path("sub/vault.yml") +
                                     "\" holds vaults inside of the vault; those keep their vault secret"));
}

TEST_F(Rekeys, VaultsWithoutTheTagStayAndAreWarnedOf) {
  std::string payload = sealed("K", dev_), in_json = payload;
  for (std::size_t at = 0; (at = in_json.find('\n', at)) != in_json.npos; at += 2) in_json.replace(at, 1, "\\n");
  write("sub/a.json", "{\"k\": {\"__ansible_vault\": \"" + in_json + "\"}}\n");
  std::string before = read("sub/a.json");
  RekeyReport report = run();
  EXPECT_THAT(report.failures, testing::IsEmpty());
  EXPECT_THAT(warnings_,
              ElementsAre(path("sub/a.json") +
                          ":1: k.__ansible_vault: a vault in JSON's spelling, which is not changed: it keeps "
                          "its vault secret"));
  EXPECT_EQ(read("sub/a.json"), before);
  report = run([this](RekeyRequest& request) { request.files.push_back({path("sub/a.json"), true}); });
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].reason, "json-vault");
}

TEST_F(Rekeys, AFileGivenByNameMustHoldSecrets) {
  auto before = state();
  RekeyReport report = run([this](RekeyRequest& request) { request.files.push_back({path("plain.yml"), true}); });
  ASSERT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(report.failures[0].reason, "not-encrypted");
  EXPECT_EQ(state(), before);
}

}  // namespace
}  // namespace regvault::workspace
