#include <regvault/crypto/openssl_start.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <string>

#include <regvault/base/encoding.hpp>
#include <regvault/crypto/cipher.hpp>

namespace regvault::crypto {
namespace {

class OpensslStart : public testing::Test {
 protected:
  void SetUp() override {
    unsetenv("OPENSSL_CONF");
    unsetenv("REGVAULT_KDF");
  }
  void TearDown() override { SetUp(); }
};

TEST_F(OpensslStart, AVariableAsksForTheConfiguration) {
  bool by_the_kernel = openssl_configuration_wanted();
  setenv("OPENSSL_CONF", "", 1);
  setenv("REGVAULT_KDF", "avx2", 1);
  EXPECT_EQ(openssl_configuration_wanted(), by_the_kernel);
  setenv("OPENSSL_CONF", "/etc/ssl/fips.cnf", 1);
  EXPECT_TRUE(openssl_configuration_wanted());
  unsetenv("OPENSSL_CONF");
  setenv("REGVAULT_KDF", "openssl", 1);
  EXPECT_TRUE(openssl_configuration_wanted());
  start_openssl_lean();
  EXPECT_FALSE(openssl_started_lean());
}

// The vectors of cipher_test.cpp, shortened: the process is another, and so is the way to the cipher.
TEST_F(OpensslStart, LeanGivesTheSameCipherAndCode) {
  start_openssl_lean();
  EXPECT_EQ(openssl_started_lean(), !openssl_configuration_wanted());

  std::string key(32, '\0');  // SP 800-38A, F.5.5
  ASSERT_EQ(hex_decode("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", key.data()), std::nullopt);
  std::string counter(16, '\0');
  ASSERT_EQ(hex_decode("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", counter.data()), std::nullopt);
  std::string text(16, '\0');
  ASSERT_EQ(hex_decode("6bc1bee22e409f96e93d7e117393172a", text.data()), std::nullopt);
  Aes256Ctr cipher(key, counter);
  cipher.apply(text, text.data());
  EXPECT_EQ(hex_encode(text), "601ec313775789a5b7a7f504bbf3d228");

  HmacSha256 mac("Jefe");  // RFC 4231 §4.3
  mac.update("what do ya want for nothing?");
  std::array<char, 32> code = mac.finish();
  EXPECT_EQ(hex_encode({code.data(), code.size()}), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

}  // namespace
}  // namespace regvault::crypto
