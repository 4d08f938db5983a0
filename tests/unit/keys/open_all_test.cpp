#include <gmock/gmock.h>

#include <regvault/crypto/key_derivation.hpp>
#include <regvault/keys/keyring.hpp>

#include "fixture.hpp"

namespace regvault::keys {
namespace {

using testing::ElementsAre;

class OpenAll : public KeysTest {
 protected:
  Keyring ring(const KeyRequest& request) { return Keyring(request, config_, surroundings()); }

  void add(std::string_view password, std::string label = {}) {
    payloads_.push_back(vault::seal("text " + std::to_string(payloads_.size()), password, {.label = std::move(label)}));
  }

  /// "LABEL:PLAINTEXT", "(none)", or the error's reason.
  std::vector<std::string> opened(Keyring& keys) const {
    std::vector<std::string_view> views(payloads_.begin(), payloads_.end());
    std::vector<std::string> out;
    for (const Keyring::Attempt& attempt : keys.open_all(views, "test")) {
      EXPECT_FALSE(attempt.opened && attempt.error);
      out.push_back(attempt.error    ? attempt.error->reason
                    : attempt.opened ? attempt.opened->key->label + ":" + std::string(attempt.opened->plaintext.view())
                                     : "(none)");
    }
    return out;
  }

  std::vector<std::string> payloads_;
  config::AnsibleConfig config_;
};

TEST_F(OpenAll, EachWithTheKeyThatOpenGivesIt) {
  write("one", "one");
  write("two", "two");
  Keyring keys = ring({.vault_ids = {"a@one", "b@two", "c@one"}});
  add("one", "c");
  add("one", "zz");
  add("two");
  add("nobody's");
  payloads_.emplace_back("$ANSIBLE_VAULT;1.1;AES256\n313\n");
  add("two", "a");
  EXPECT_THAT(opened(keys), ElementsAre("c:text 0", "a:text 1", "b:text 2", "(none)", "odd-length", "b:text 5"));
  EXPECT_THAT(keys.open_all({}, "test"), testing::IsEmpty());
}

TEST_F(OpenAll, ScriptsRunWhenNoKeyAtHandIsLeft) {
  write("pw", "file");
  noted_script("first", "echo first");
  noted_script("second", "echo second");
  Keyring keys = ring({.vault_ids = {"a@first", "b@second", "c@pw"}});
  for (int i = 0; i < 40; ++i) add("file");
  opened(keys);
  EXPECT_EQ(runs("first") + runs("second"), 0U);
  payloads_.resize(2);
  for (int i = 0; i < 3; ++i) add("second", "b");
  EXPECT_THAT(opened(keys), ElementsAre("c:text 0", "c:text 1", "b:text 2", "b:text 3", "b:text 4"));
  EXPECT_EQ(runs("first"), 0U);
  EXPECT_EQ(runs("second"), 1U);
  add("nobody's");
  add("first");
  EXPECT_THAT(opened(keys),
              ElementsAre("c:text 0", "c:text 1", "b:text 2", "b:text 3", "b:text 4", "(none)", "a:text 6"));
  EXPECT_EQ(runs("first"), 1U);
}

TEST_F(OpenAll, NoKeyIsTriedTwice) {
  write("one", "one");
  noted_script("two", "echo two");
  Keyring keys = ring({.vault_ids = {"a@one", "b@two"}});
  for (int i = 0; i < 10; ++i) add("two");
  std::uint64_t before = crypto::blocks_derived();
  std::vector<std::string> texts = opened(keys);
  EXPECT_EQ(texts.front(), "b:text 0");
  EXPECT_EQ(texts.back(), "b:text 9");
  // a: 10 · the first one by itself: a, b and the decryption · the other nine with b
  EXPECT_EQ(crypto::blocks_derived() - before, 10U + 4U + 9U * 3U);
}

TEST_F(OpenAll, IdMatchAllowsNoOtherLabel) {
  write("pw", "same");
  config_.vault_id_match = true;
  Keyring keys = ring({.vault_ids = {"a@pw"}});
  add("same", "a");
  add("same", "b");
  add("same");
  EXPECT_THAT(opened(keys), ElementsAre("a:text 0", "(none)", "(none)"));
}

TEST_F(OpenAll, AScriptThatFailsIsTheErrorWhenNoneIsLeft) {
  std::string bad = noted_script("bad", "exit 3");
  Keyring keys = ring({.vault_ids = {"a@bad"}});
  add("x");
  add("y");
  EXPECT_EQ(error_of([&] { opened(keys); }), "vault password script \"" + bad + "\" failed: exit code 3");
}

}  // namespace
}  // namespace regvault::keys
