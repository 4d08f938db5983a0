#include <regvault/vault_file/known_secrets.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/vault/payload.hpp>

namespace regvault::vault_file {
namespace {

class Known : public testing::TestWithParam<bool> {
 protected:
  Known() {
    ring_.add({"default", SecretBytes::copy_of("one password")});
    ring_.add({"dev", SecretBytes::copy_of("dev password")});
    if (GetParam()) secrets_.meet(std::vector<std::string_view>{token_, rekeyed_, other_, again_, closed_, token_});
  }

  const std::string token_ = vault::seal("token", "one password"), again_ = vault::seal("token", "one password");
  const std::string rekeyed_ = vault::seal("token", "dev password", {.label = "dev"});
  const std::string other_ = vault::seal("another token", "one password");
  const std::string closed_ = vault::seal("token", "nobody's"), broken_ = "$ANSIBLE_VAULT;1.1;AES256\n6\n";
  keys::Keyring ring_;
  KnownSecrets secrets_{"vars.yml", ring_};
};

TEST_P(Known, TheSameTextHasTheSameNumber) {
  const std::size_t token = secrets_.number_of(token_);
  EXPECT_EQ(secrets_.number_of(again_), token);
  EXPECT_EQ(secrets_.number_of(rekeyed_), token);
  const std::set<std::size_t> numbers{token, secrets_.number_of(other_), secrets_.number_of(closed_),
                                      secrets_.number_of(broken_)};
  EXPECT_EQ(numbers.size(), 4U);
  EXPECT_EQ(secrets_.number_of(closed_), secrets_.number_of(closed_));
}

TEST_P(Known, TellsWhatWasRekeyed) {
  EXPECT_TRUE(secrets_.was_rekeyed(token_, rekeyed_));
  EXPECT_FALSE(secrets_.was_rekeyed(token_, again_));
  EXPECT_FALSE(secrets_.was_rekeyed(token_, closed_));
}

INSTANTIATE_TEST_SUITE_P(Secrets, Known, testing::Bool(),
                         [](const auto& run) { return run.param ? "MetBefore" : "OneByOne"; });

}  // namespace
}  // namespace regvault::vault_file
