#include <regvault/vault_file/vault_file.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include <regvault/vault/payload.hpp>

namespace regvault::vault_file {
namespace {

class VaultFile : public testing::Test {
 protected:
  VaultFile() {
    std::string pattern = testing::TempDir() + "regvault-vault_file-XXXXXX";
    directory_ = mkdtemp(pattern.data());
    add_key("default", "vault password");
  }
  ~VaultFile() override { std::filesystem::remove_all(directory_); }

  void add_key(const std::string& label, const std::string& password) {
    ring_.add({label, SecretBytes::copy_of(password)});
  }

  Target target(const std::string& key) const { return {directory_ + "/vars.yml", yaml::parse_path(key), {}}; }
  void write(const std::string& bytes) const { std::ofstream(directory_ + "/vars.yml", std::ios::binary) << bytes; }
  std::string read() const {
    std::stringstream bytes;
    bytes << std::ifstream(directory_ + "/vars.yml", std::ios::binary).rdbuf();
    return bytes.str();
  }

  Written set_value(const std::string& key, std::string_view value, const SetOptions& options = {}) {
    return set(target(key), value, options, keys_, [this](std::string_view text) { warnings_ += text; });
  }
  std::string value(const std::string& key) { return std::string(get(target(key), keys_).text.view()); }

  /// The error of a call, which must leave the file as it was.
  template <typename Call>
  std::string error_of(Call call, ErrorCode code) {
    std::string before = read();
    try {
      call();
    } catch (const Error& error) {
      EXPECT_EQ(error.code, code);
      EXPECT_EQ(read(), before);
      std::string text = error.what();
      return text.substr(text.find("vars.yml") == std::string::npos ? 0 : text.find("vars.yml"));
    }
    return "no error";
  }

  std::string directory_;
  keys::Keyring ring_;
  std::function<void()> before_keys_ = [] {};
  Keys keys_ = [this]() -> keys::Keyring& {
    std::exchange(before_keys_, [] {})();  // once
    return ring_;
  };
  std::string warnings_;
};

std::string indented(std::string_view payload) {
  std::string out = "  ";
  for (char c : payload) out += c == '\n' ? std::string("\n  ") : std::string(1, c);
  return out.substr(0, out.size() - 2);
}

TEST_F(VaultFile, InsertsReplacesAndLeavesAlone) {
  write("a: 1\n");
  EXPECT_EQ(set_value("pat", "one", {.layout = {.create = yaml::Layout::Create::last_key}}).change, Change::inserted);
  EXPECT_EQ(value("pat"), "one");
  EXPECT_EQ(set_value("pat", "two").change, Change::replaced);
  std::string bytes = read();
  EXPECT_EQ(set_value("pat", "two").change, Change::unchanged);
  EXPECT_EQ(read(), bytes);
  EXPECT_EQ(value("pat"), "two");
}

TEST_F(VaultFile, ADryRunWritesNothing) {
  write("pat: old\n");
  Written written = set_value("pat", "one", {.dry_run = true});
  EXPECT_EQ(written.change, Change::replaced);
  EXPECT_EQ(written.line, 1U);
  EXPECT_EQ(read(), "pat: old\n");
}

TEST_F(VaultFile, AValueInTheClearNeedsNoVaultSecret) {
  write("user: octocat\n");
  keys_ = []() -> keys::Keyring& { throw Error(ErrorCode::usage, "asked for keys"); };
  EXPECT_EQ(value("user"), "octocat");
  EXPECT_EQ(set_value("user", "hubot", {.form = Form::plain}).change, Change::replaced);
  EXPECT_EQ(read(), "user: hubot\n");
}

TEST_F(VaultFile, TheOldLabelIsKeptWhicheverSecretOpensIt) {
  std::string payload = vault::seal("one", "vault password", {.label = "prod"});
  write("pat: !vault |\n" + indented(payload));
  EXPECT_EQ(set_value("pat", "two").label, "prod");
  EXPECT_NE(read().find("$ANSIBLE_VAULT;1.2;AES256;prod\n"), std::string::npos);
  EXPECT_EQ(value("pat"), "two");
}

TEST_F(VaultFile, AVaultThatNoSecretOpensIsReplacedOnlyOnRequest) {
  write("pat: !vault |\n" + indented(vault::seal("one", "another password", {.label = "prod"})));
  EXPECT_EQ(error_of([&] { set_value("pat", "two"); }, ErrorCode::no_key),
            "vars.yml:1:6: no vault secret at hand opens \"pat\" (vault id \"prod\")");
  EXPECT_EQ(error_of([&] { value("pat"); }, ErrorCode::no_key),
            "vars.yml:1:6: no vault secret at hand opens \"pat\" (vault id \"prod\")");
  EXPECT_EQ(set_value("pat", "two", {.encrypt_vault_id = "default"}).change, Change::replaced);
  EXPECT_EQ(value("pat"), "two");
}

TEST_F(VaultFile, AnEmptyVaultIdChoosesNothing) {
  write("pat: !vault |\n" + indented(vault::seal("one", "another password", {})));
  EXPECT_EQ(error_of([&] { set_value("pat", "two", {.encrypt_vault_id = ""}); }, ErrorCode::no_key),
            "vars.yml:1:6: no vault secret at hand opens \"pat\"");
}

TEST_F(VaultFile, ALabelMayHoldBlanks) {
  add_key("of the gpu fleet", "another password");
  write("pat: old\n");
  EXPECT_EQ(set_value("pat", "one", {.encrypt_vault_id = "of the gpu fleet"}).label, "of the gpu fleet");
  EXPECT_EQ(value("pat"), "one");
}

TEST_F(VaultFile, APayloadGetsTheLineEndsOfTheFile) {
  std::string payload = vault::seal("one", "vault password", {}), with_crlf;
  for (char c : payload) with_crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  for (std::string line_end : {"\n", "\r\n"}) {
    write("pat: old" + line_end);
    set_value("pat", with_crlf, {.form = Form::payload});
    EXPECT_TRUE(read().starts_with("pat: !vault |" + line_end + "  $ANSIBLE_VAULT;1.1;AES256" + line_end)) << read();
    EXPECT_EQ(value("pat"), "one");
  }
}

TEST_F(VaultFile, ABrokenPayloadIsPlacedAndReplacedByForce) {
  write("a: 1\npat: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  zz\n");
  std::string text = error_of([&] { value("pat"); }, ErrorCode::malformed);
  EXPECT_EQ(text.rfind("vars.yml:2:6: \"pat\": ", 0), 0U) << text;
  error_of([&] { set_value("pat", "two"); }, ErrorCode::malformed);
  EXPECT_EQ(set_value("pat", "two", {.force = true}).change, Change::replaced);
  EXPECT_EQ(value("pat"), "two");
}

TEST_F(VaultFile, AliasesThatChangeTooAreWarnedAbout) {
  write("pat: &token old\nagain: *token\n");
  set_value("pat", "one");
  EXPECT_EQ(warnings_, "\"pat\" is used by 1 alias, whose value changed too");
}

TEST_F(VaultFile, AChangeWhileSecretsAreAskedForIsNotLost) {
  write("pat: old\n");
  before_keys_ = [this] { write("# someone was here\npat: old\nother: 1\n"); };
  EXPECT_EQ(set_value("pat", "one").line, 2U);
  EXPECT_EQ(read().rfind("# someone was here\npat: !vault |\n", 0), 0U) << read();
  EXPECT_TRUE(read().ends_with("\nother: 1\n"));
}

TEST_F(VaultFile, UnsetTakesTheLinesOfTheKeyOnly) {
  std::string payload = vault::seal("one", "another password");
  write("# mine\na: 1\npat: !vault |\n" + indented(payload) + "z: 2\n");
  auto unset_pat = [&](bool dry_run) { return unset(target("pat"), dry_run, keys_, [](std::string_view) {}).change; };
  EXPECT_EQ(unset_pat(true), Change::removed);
  EXPECT_NE(read().find("pat"), std::string::npos);
  EXPECT_EQ(unset_pat(false), Change::removed);
  EXPECT_EQ(read(), "# mine\na: 1\nz: 2\n");
  EXPECT_EQ(unset_pat(false), Change::unchanged);
}

TEST_F(VaultFile, SeveralChangesAreOne) {
  write("a: old\nb: 2\nc: 3\n");
  std::vector<Step> steps{{.target = target("b"), .absent = true},
                          {.target = target("a"), .value = "1\n2"},
                          {.target = target("c"), .value = "3", .options = {.form = Form::plain}}};
  WarningSink warn = [this](std::string_view text) { warnings_ += text; };
  std::string before = read();
  EXPECT_EQ(change(steps, true, keys_, warn)[1].change, Change::replaced);
  EXPECT_EQ(read(), before);

  std::vector<Written> written = change(steps, false, keys_, warn);
  EXPECT_EQ(written[0].change, Change::removed);
  EXPECT_EQ(written[1].change, Change::replaced);
  EXPECT_EQ(written[2].change, Change::unchanged);
  EXPECT_EQ(written[1].line, 1u);
  std::size_t lines_before_c = 0;
  for (char c : read().substr(0, read().find("c: 3"))) lines_before_c += c == '\n';
  EXPECT_EQ(written[2].line, lines_before_c + 1) << "where it is in the end";
  EXPECT_EQ(value("a"), "1\n2");

  steps.push_back({.target = target("d"), .value = "4"});
  write("a: old\nb: 2\nd: '{{ x }}'\n");
  steps[2] = {.target = target("a"), .value = "5"};
  EXPECT_EQ(error_of([&] { change(steps, false, keys_, warn); }, ErrorCode::unsupported).substr(0, 12), "vars.yml:3:4");
}

TEST_F(VaultFile, AFileThatIsOneVaultIsEntered) {
  add_key("dev", "dev password");
  auto inside = [&] {
    auto opened = ring_.open(read(), "vars.yml");
    return opened ? opened->header_label + ":" + std::string(opened->plaintext.view()) : "not opened";
  };
  write(vault::seal("# ours\nuser: octocat\npat: old\n", "dev password", {.label = "dev"}));
  EXPECT_EQ(value("pat"), "old");
  Value got = get(target("pat"), keys_);
  EXPECT_TRUE(got.encrypted);
  EXPECT_EQ(got.label, "dev");

  std::string before = read();
  EXPECT_EQ(set_value("pat", "old").change, Change::unchanged);
  EXPECT_EQ(set_value("pat", "new", {.dry_run = true}).change, Change::replaced);
  EXPECT_EQ(read(), before);

  Written written = set_value("pat", "0755");
  EXPECT_EQ(written.change, Change::replaced);
  EXPECT_EQ(written.label, "dev");
  EXPECT_TRUE(written.was_encrypted);
  EXPECT_EQ(written.line, 3U);
  EXPECT_EQ(inside(), "dev:# ours\nuser: octocat\npat: \"0755\"\n");
  EXPECT_EQ(unset(target("user"), false, keys_, {}).change, Change::removed);
  EXPECT_EQ(inside(), "dev:# ours\npat: \"0755\"\n");

  EXPECT_EQ(error_of([&] { set_value("pat", "x", {.encrypt_vault_id = "default"}); }, ErrorCode::usage),
            "vars.yml\" is one vault (vault id \"dev\"): its values have no vault ids of their own");
  EXPECT_EQ(set_value("pat", "x", {.encrypt_vault_id = "dev"}).change, Change::replaced);
}

TEST_F(VaultFile, AVaultInsideOfAVaultStaysOne) {
  std::string inner = vault::seal("one", "vault password");
  write(vault::seal("pat: !vault |\n" + indented(inner), "vault password"));
  EXPECT_EQ(value("pat"), "one");
  set_value("pat", "two");
  EXPECT_EQ(value("pat"), "two");
  EXPECT_TRUE(ring_.open(read(), "vars.yml")->plaintext.view().starts_with("pat: !vault |\n"));
}

TEST_F(VaultFile, AFileThatNoSecretOpens) {
  write(vault::seal("pat: old\n", "another password", {.label = "prod"}));
  const std::string wanted = "vars.yml\" (vault id \"prod\")";
  EXPECT_EQ(error_of([&] { value("pat"); }, ErrorCode::no_key), wanted);
  EXPECT_EQ(error_of([&] { set_value("pat", "x"); }, ErrorCode::no_key), wanted);
  EXPECT_EQ(error_of([&] { unset(target("pat"), false, keys_, {}); }, ErrorCode::no_key), wanted);
}

TEST_F(VaultFile, TemplatesNameTheirSource) {
  write("pat: \"{{ vault_pat }}\"\nmixed: \"x{{ vault_pat }}\"\nvault_pat: 1\n");
  try {
    set_value("pat", "one");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.reason, "template");
    EXPECT_TRUE(error.where.note.ends_with("/vars.yml:3")) << error.where.note;
    EXPECT_EQ(error.hint, "set \"vault_pat\" instead; --force replaces the template");
  }
  error_of([&] { set_value("mixed", "one"); }, ErrorCode::unsupported);
  write("pat: \"{% if a %}b{% endif %}\"\nliteral: !unsafe \"{{ x }}\"\n");
  error_of([&] { set_value("pat", "one"); }, ErrorCode::unsupported);
  EXPECT_EQ(set_value("literal", "one").change, Change::replaced);
}

}  // namespace
}  // namespace regvault::vault_file
