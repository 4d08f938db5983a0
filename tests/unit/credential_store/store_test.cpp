#include <regvault/credential_store/store.hpp>

#include <regvault/base/text.hpp>

#include "fixture.hpp"

namespace regvault::credential_store {
namespace {

class StoreTest : public CredentialStoreTest {
 protected:
  StoreTest() { write("pw", "a password\n"); }

  CredentialStore store(const std::string& entries) {
    return {configuration("{\"registries\": {" + entries + "}}"), account_, warn()};
  }
  CredentialStore any() { return store(R"("*": {"file": "~/logins.yml", "vault_id": "me@~/pw", "writable": true})"); }

  static std::string text(const std::optional<HelperLogin>& login) {
    return login ? login->username + " " + std::string(login->secret.view()) : "none";
  }
};

TEST_F(StoreTest, KeepsAndForgets) {
  CredentialStore store = any();
  EXPECT_EQ(text(store.get("ghcr.io")), "none");
  EXPECT_TRUE(store.list().empty());
  store.store("ghcr.io", "octocat", "first");
  store.store("https://ghcr.io/", "octocat", "second");
  store.store("https://index.docker.io/v1/", "whale", "third");
  EXPECT_EQ(text(store.get("ghcr.io")), "octocat second");
  EXPECT_EQ(text(store.get("docker.io")), "whale third");
  using List = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(store.list(), (List{{"ghcr.io", "octocat"}, {"https://index.docker.io/v1/", "whale"}}));
  std::string file = read("logins.yml");
  EXPECT_EQ(file.find("second"), file.npos);
  EXPECT_EQ(file.find("octocat"), file.npos);
  EXPECT_NE(file.find("$ANSIBLE_VAULT;1.2;AES256;me"), file.npos);
  store.erase("ghcr.io");
  EXPECT_EQ(text(store.get("ghcr.io")), "none");
  EXPECT_EQ(text(store.get("docker.io")), "whale third");
  store.erase("docker.io");
  EXPECT_TRUE(store.list().empty());
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(StoreTest, TakesOffALineEnd) {
  any().store("ghcr.io", "octocat", "secret\r\n");
  EXPECT_EQ(text(any().get("ghcr.io")), "octocat secret");
}

TEST_F(StoreTest, AnInventoryIsOnlyRead) {
  any().store("ghcr.io", "octocat", "secret");
  std::string before = read("logins.yml");
  CredentialStore inventory = store(R"("ghcr.io": {"file": "~/logins.yml", "vault_id": "me@~/pw", "username": "hubot",
                                                   "key": "\"ghcr.io\".token"})");
  std::string managed = "the login for ghcr.io is managed in " + path("logins.yml") + "; use regvault set " +
                        path("logins.yml") + " \"ghcr.io\".token";
  EXPECT_EQ(text(inventory.get("ghcr.io/acme")), "hubot secret");
  EXPECT_EQ(error_of([&] { inventory.store("ghcr.io", "hubot", "other"); }), managed);
  EXPECT_EQ(error_of([&] { inventory.erase("ghcr.io"); }), managed);
  inventory.store("ghcr.io", "hubot", "secret");
  inventory.erase("quay.io");
  EXPECT_EQ(read("logins.yml"), before);
}

TEST_F(StoreTest, ATokenInTheClearIsNotGivenOut) {
  write("vars.yml", "pat: secret\n");
  CredentialStore clear =
      store(R"("ghcr.io": {"file": "~/vars.yml", "vault_id": "~/pw", "username": "u", "key": "pat"})");
  EXPECT_EQ(error_of([&] { (void)clear.get("ghcr.io"); }), "\"pat\" in \"" + path("vars.yml") +
                                                               "\" is not encrypted | regvault encrypt --key pat \"" +
                                                               path("vars.yml") + "\"");
}

TEST_F(StoreTest, WithoutThePasswordNothingIsWritten) {
  write("pw", "");
  EXPECT_EQ(error_of([&] { any().store("ghcr.io", "octocat", "secret"); }),
            "the vault password file \"" + path("pw") + "\" is empty");
  EXPECT_EQ(read("logins.yml"), "");
}

}  // namespace
}  // namespace regvault::credential_store
