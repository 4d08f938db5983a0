#include <regvault/crypto/startup.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include <regvault/base/error.hpp>
#include <regvault/crypto/cipher.hpp>

namespace regvault::crypto {
namespace {

/// What happens to a cipher when the configuration leaves none.
std::string use_a_cipher(bool skip) {
  const std::string configuration = testing::TempDir() + "regvault-openssl-" + std::to_string(getpid()) + ".cnf";
  std::ofstream(configuration) << "openssl_conf = all\n[all]\nproviders = providers\n"
                                  "[providers]\nnull = on\n[on]\nactivate = 1\n";
  setenv("OPENSSL_CONF", configuration.c_str(), 1);
  if (skip) skip_openssl_configuration();
  std::string outcome = "it works";
  try {
    Aes256Ctr(std::string(32, 'k'), std::string(16, 'c'));
    HmacSha256("key").finish();
  } catch (const Error& error) {
    outcome = error.what();
  }
  unlink(configuration.c_str());
  return outcome;
}

/// OpenSSL is started once a process, so each case needs one of its own.
class StartupDeathTest : public testing::Test {
 protected:
  StartupDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }

  static void show_in_this_process(bool skip) {
    std::fputs(use_a_cipher(skip).c_str(), stderr);
    _exit(0);
  }
};

TEST_F(StartupDeathTest, TheConfigurationIsFollowed) {
  EXPECT_EXIT(show_in_this_process(false), testing::ExitedWithCode(0), "^OpenSSL refuses AES-256-CTR$");
}

TEST_F(StartupDeathTest, UnlessItIsSkipped) {
  EXPECT_EXIT(show_in_this_process(true), testing::ExitedWithCode(0), "^it works$");
}

}  // namespace
}  // namespace regvault::crypto
