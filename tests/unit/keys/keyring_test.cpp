#include <regvault/keys/keyring.hpp>

#include <gmock/gmock.h>

#include "fixture.hpp"

namespace regvault::keys {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class KeyringTest : public KeysTest {
 protected:
  Keyring ring(const KeyRequest& request) { return Keyring(request, config_, surroundings()); }

  /// "LABEL:PLAINTEXT", or "(none)".
  static std::string opened(Keyring& keys, const std::string& payload) {
    std::optional<Keyring::Opened> found = keys.open(payload, "test");
    if (!found) return "(none)";
    return found->key->label + ":" + std::string(found->plaintext.view());
  }

  static std::string payload(std::string_view password, std::string label = {}) {
    return vault::seal("hello", password, {.label = std::move(label), .salt = {}});
  }

  config::AnsibleConfig config_;
};

TEST_F(KeyringTest, TakesSourcesInAnsiblesOrder) {
  for (const char* name : {"list", "id", "file", "config"}) write(name, name);
  config_.vault_identity_list = {"a@list"};
  config_.vault_password_file = path("config");
  answers_ = {"typed"};
  Keyring keys = ring({.vault_ids = {"b@id"}, .password_files = {"file"}, .ask = true});
  EXPECT_THAT(keys.labels(), ElementsAre("a", "b", "default", "default", "default"));
  std::vector<std::string> passwords;
  for (const Key* key : keys.all_keys()) passwords.emplace_back(key->password.view());
  EXPECT_THAT(passwords, ElementsAre("list", "id", "file", "config", "typed"));
  EXPECT_THAT(prompts_, ElementsAre("Vault password: "));
}

TEST_F(KeyringTest, KnowsWhatNamedEachSource) {
  for (const char* name : {"list", "id", "file", "config"}) write(name, name);
  config_.file = "/etc/ansible/ansible.cfg";
  config_.vault_identity_list = {"a@list"};
  config_.vault_password_file = path("config");
  answers_ = {"typed"};
  Keyring keys = ring({.vault_ids = {"b@id"}, .password_files = {"file"}, .ask = true});
  std::vector<std::string> sources;
  for (const Key* key : keys.all_keys()) {
    KeySource source = keys.source_of(*key);
    sources.push_back(source.label + " " + source.path.substr(source.path.rfind('/') + 1) + ": " + source.named_by);
  }
  EXPECT_THAT(sources, ElementsAre("a list: vault_identity_list in /etc/ansible/ansible.cfg", "b id: --vault-id",
                                   "default file: --vault-password-file",
                                   "default config: vault_password_file in /etc/ansible/ansible.cfg",
                                   "default : --ask-vault-password"));
  config_.file.reset();
  Keyring without_file = ring({});
  EXPECT_EQ(without_file.source_of(*without_file.all_keys().back()).named_by, "ANSIBLE_VAULT_PASSWORD_FILE");
  Key other{"x", SecretBytes::copy_of("y")};
  EXPECT_EQ(keys.source_of(other).named_by, "");
}

TEST_F(KeyringTest, AsksWhenNothingIsNamed) {
  answers_ = {"typed"};
  Keyring keys = ring({});
  EXPECT_EQ(opened(keys, payload("typed")), "default:hello");
  EXPECT_THAT(prompts_, ElementsAre("Vault password: "));

  prompts_.clear();
  has_terminal_ = false;
  EXPECT_EQ(error_of([&] { ring({}); }),
            "no vault secret is given | give one with --vault-id LABEL@FILE or ANSIBLE_VAULT_PASSWORD_FILE");
}

TEST_F(KeyringTest, AsksTwiceForANewPassword) {
  answers_ = {"typed", "typed", "typed", "typed"};
  Keyring keys = ring({.vault_ids = {"dev@prompt"}, .ask = true, .confirm_prompts = true});
  EXPECT_THAT(prompts_, ElementsAre("New vault password (dev): ", "Confirm new vault password (dev): ",
                                    "New Vault password: ", "Confirm New Vault password: "));
}

TEST_F(KeyringTest, AFailingPromptIsAlwaysAnError) {
  write("pw", "x");
  answers_ = {" "};
  EXPECT_EQ(error_of([&] {
              ring({.vault_ids = {"a@pw", "b@prompt"}});
            }),
            "the vault password given at the prompt is empty");
}

TEST_F(KeyringTest, GoesOnWithoutAFailingSource) {
  write("pw", "x");
  write("empty", "");
  Keyring keys = ring({.vault_ids = {"a@missing", "b@pw", "c@empty"}});
  EXPECT_THAT(keys.labels(), ElementsAre("b"));
  EXPECT_THAT(warnings_, ElementsAre("the vault password file \"" + path("missing") + "\" was not found",
                                     "the vault password file \"" + path("empty") + "\" is empty"));
}

TEST_F(KeyringTest, TheLastFailureIsTheErrorWhenNoneIsLeft) {
  write("empty", "");
  EXPECT_EQ(error_of([&] {
              ring({.vault_ids = {"a@empty", "b@missing"}, .password_files = {"missing"}});
            }),
            "the vault password file \"" + path("missing") + "\" was not found");
  EXPECT_THAT(warnings_, ElementsAre("the vault password file \"" + path("empty") + "\" is empty"));
}

TEST_F(KeyringTest, TheSameSourceCountsOnce) {
  write("pw", "x");
  config_.vault_password_file = path("pw");
  EXPECT_THAT(ring({.password_files = {"./pw"}}).labels(), ElementsAre("default"));
  EXPECT_THAT(ring({.vault_ids = {"default@pw", "dev@pw", "pw"}}).labels(), ElementsAre("default", "dev"));
  EXPECT_THAT(ring({.password_files = {"./pw"}, .keep_duplicates = true}).labels(), ElementsAre("default", "default"));
}

TEST_F(KeyringTest, RunsAScriptOnlyWhenItIsReached) {
  write("pw", "file");
  noted_script("first", "echo first");
  noted_script("second", "echo second");
  Keyring keys = ring({.vault_ids = {"a@first", "b@second", "c@pw"}});
  EXPECT_EQ(opened(keys, payload("file", "c")), "c:hello");
  EXPECT_EQ(opened(keys, payload("file", "zz")), "c:hello");
  EXPECT_EQ(opened(keys, payload("file")), "c:hello");
  EXPECT_EQ(runs("first") + runs("second"), 0U);

  EXPECT_EQ(opened(keys, payload("second", "b")), "b:hello");
  EXPECT_EQ(runs("first"), 0U);
  EXPECT_EQ(runs("second"), 1U);

  EXPECT_EQ(opened(keys, payload("first")), "a:hello");
  EXPECT_EQ(opened(keys, payload("nobody's")), "(none)");
  EXPECT_EQ(runs("first"), 1U);
  EXPECT_EQ(runs("second"), 1U);
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(KeyringTest, AScriptThatFailsIsAWarningWhileOthersAreLeft) {
  write("pw", "file");
  std::string bad = noted_script("bad", "exit 3");
  Keyring keys = ring({.vault_ids = {"a@bad", "b@pw"}});
  EXPECT_EQ(opened(keys, payload("other", "a")), "(none)");
  EXPECT_EQ(opened(keys, payload("file", "a")), "b:hello");
  EXPECT_EQ(runs("bad"), 1U);
  EXPECT_THAT(warnings_, ElementsAre("vault password script \"" + bad + "\" failed: exit code 3"));
  EXPECT_THAT(keys.labels(), ElementsAre("b"));
}

TEST_F(KeyringTest, AScriptThatFailsIsTheErrorWhenNoneIsLeft) {
  std::string bad = noted_script("bad", "exit 3");
  std::string worse = noted_script("worse", "exit 4");
  Keyring keys = ring({.vault_ids = {"a@bad", "b@worse"}});
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(error_of([&] { keys.open(payload("x"), "test"); }),
              "vault password script \"" + worse + "\" failed: exit code 4");
  }
  EXPECT_THAT(warnings_, ElementsAre("vault password script \"" + bad + "\" failed: exit code 3"));
  EXPECT_EQ(runs("bad") + runs("worse"), 2U);
}

TEST_F(KeyringTest, TheMatchingLabelComesFirst) {
  write("pw", "same");
  Keyring keys = ring({.vault_ids = {"a@pw", "b@pw", "default@pw"}});
  EXPECT_EQ(opened(keys, payload("same", "b")), "b:hello");
  EXPECT_EQ(opened(keys, payload("same", "zz")), "a:hello");
  EXPECT_EQ(opened(keys, payload("same")), "default:hello");
  EXPECT_EQ(keys.open(payload("same", "b"), "test")->header_label, "b");
  EXPECT_EQ(keys.open(payload("same"), "test")->header_label, "");
}

TEST_F(KeyringTest, IdMatchAllowsNoOtherLabel) {
  write("pw", "same");
  config_.vault_id_match = true;
  Keyring keys = ring({.vault_ids = {"a@pw"}});
  EXPECT_EQ(opened(keys, payload("same", "a")), "a:hello");
  EXPECT_EQ(opened(keys, payload("same", "b")), "(none)");
  EXPECT_EQ(opened(keys, payload("same")), "(none)");
  config_.vault_identity = "a";  // what a header without a label stands for
  Keyring renamed = ring({.vault_ids = {"a@pw"}});
  EXPECT_EQ(opened(renamed, payload("same")), "a:hello");
}

TEST_F(KeyringTest, APasswordFileMayBeAVault) {
  write("outer", "one");
  write("inner", " " + vault::seal(" two \r\n", "one"));
  Keyring keys = ring({.vault_ids = {"a@outer", "b@inner"}});
  EXPECT_EQ(keys.all_keys().at(1)->password.view(), " two ");

  Keyring wrong_order = ring({.vault_ids = {"b@inner", "a@outer"}});
  EXPECT_THAT(wrong_order.labels(), ElementsAre("a"));
  EXPECT_THAT(warnings_,
              ElementsAre("no vault secret given before it opens the vault password file \"" + path("inner") + "\""));
}

TEST_F(KeyringTest, AVaultedPasswordFileRunsTheScriptItNeeds) {
  noted_script("s", "echo one");
  write("inner", vault::seal("two", "one"));
  Keyring keys = ring({.vault_ids = {"a@s", "b@inner"}});
  EXPECT_EQ(opened(keys, payload("two")), "b:hello");
  EXPECT_EQ(runs("s"), 1U);
}

TEST_F(KeyringTest, ClientScriptsGetTheLabelTheyWereGiven) {
  script("x-client", "echo \"$2\"");
  config_.vault_password_file = path("x-client");
  Keyring keys = ring({.vault_ids = {"dev@x-client"}});
  EXPECT_EQ(opened(keys, payload("dev")), "dev:hello");
  EXPECT_EQ(opened(keys, payload("default")), "default:hello");
}

TEST_F(KeyringTest, ChoosesTheKeyToEncryptWith) {
  write("one", "1");
  write("two", "2");
  auto chosen = [&](const KeyRequest& request, const std::optional<std::string>& wanted) {
    Keyring keys = ring(request);
    const Key& key = keys.key_for_encryption(wanted);
    return key.label + ":" + std::string(key.password.view());
  };
  EXPECT_EQ(chosen({.vault_ids = {"a@one"}}, std::nullopt), "a:1");
  EXPECT_EQ(chosen({.vault_ids = {"a@one", "b@two"}}, "b"), "b:2");
  EXPECT_EQ(chosen({.vault_ids = {"a@one", "a@two"}}, "a"), "a:1");
  EXPECT_EQ(chosen({.password_files = {"one", "one"}, .keep_duplicates = true}, std::nullopt), "default:1");
  EXPECT_EQ(chosen({.vault_ids = {"a@one", "missing"}}, std::nullopt), "a:1");
  config_.vault_encrypt_identity = "b";
  EXPECT_EQ(chosen({.vault_ids = {"a@one", "b@two"}}, std::nullopt), "b:2");
  EXPECT_EQ(chosen({.vault_ids = {"a@one", "b@two"}}, ""), "b:2");
  EXPECT_EQ(chosen({.vault_ids = {"a@one", "b@two"}}, "a"), "a:1");
}

TEST_F(KeyringTest, SaysWhenThereIsNoSingleKeyToEncryptWith) {
  write("one", "1");
  write("two", "2");
  noted_script("s", "echo 3");
  auto refusal = [&](const KeyRequest& request, const std::optional<std::string>& wanted) {
    Keyring keys = ring(request);
    return error_of([&] { keys.key_for_encryption(wanted); });
  };
  EXPECT_EQ(refusal({.vault_ids = {"a@one", "b@two", "c@s"}}, std::nullopt),
            "the vault ids \"a\", \"b\", \"c\" are available to encrypt | --encrypt-vault-id a");
  EXPECT_EQ(refusal({.password_files = {"one", "two"}}, std::nullopt),
            "the vault ids \"default\", \"default\" are available to encrypt | --encrypt-vault-id default");
  EXPECT_EQ(runs("s"), 0U);
  EXPECT_EQ(refusal({.vault_ids = {"a@one"}}, "zz"),
            "did not find a match for --encrypt-vault-id=\"zz\" in the known vault ids [\"a\"]");
  EXPECT_EQ(refusal({.vault_ids = {"dev@one", "prod@two"}}, "prdo"),
            "did not find a match for --encrypt-vault-id=\"prdo\" in the known vault ids [\"dev\", \"prod\"] | "
            "--encrypt-vault-id prod");
  config_.vault_encrypt_identity = "zz";
  EXPECT_EQ(refusal({.vault_ids = {"a@one"}}, std::nullopt),
            "did not find a match for vault_encrypt_identity=\"zz\" in the known vault ids [\"a\"]");
}

TEST_F(KeyringTest, AScriptCountsAsAKeyToEncryptWithOnlyIfItRuns) {
  write("pw", "x");
  script("bad", "exit 1");
  Keyring keys = ring({.vault_ids = {"a@bad", "b@pw"}});
  EXPECT_EQ(keys.key_for_encryption(std::nullopt).label, "b");
  EXPECT_EQ(warnings_.size(), 1U);
}

TEST_F(KeyringTest, TakesSecretsTheCallerHolds) {
  Keyring keys;
  EXPECT_TRUE(keys.empty());
  EXPECT_EQ(opened(keys, payload("one")), "(none)");
  EXPECT_EQ(error_of([&] { keys.key_for_encryption(std::nullopt); }),
            "no vault secret is given | give one with --vault-id LABEL@FILE or ANSIBLE_VAULT_PASSWORD_FILE");
  keys.add({"default", SecretBytes::copy_of("one")});
  const Key& first = keys.key_for_encryption(std::nullopt);
  keys.add({"dev", SecretBytes::copy_of("two")});
  EXPECT_EQ(opened(keys, payload("two")), "dev:hello");
  EXPECT_EQ(label_for_header(first), "");
  EXPECT_EQ(label_for_header(keys.key_for_encryption("dev")), "dev");
}

TEST_F(KeyringTest, WhatIsNoPayloadIsAnError) {
  write("pw", "x");
  Keyring keys = ring({.vault_ids = {"pw"}});
  EXPECT_EQ(error_of([&] { keys.open("plain text", "test"); }),
            "test: this is not vault encrypted data: it does not begin with \"$ANSIBLE_VAULT\"");
}

}  // namespace
}  // namespace regvault::keys
