/// Names: what the API takes, and how kubectl prints them. (tests/cli/k8s_secret_test.py compares with kubectl.)
#include <regvault/kubernetes/names.hpp>

#include <gtest/gtest.h>

#include <regvault/base/error.hpp>

namespace regvault::kubernetes {
namespace {

TEST(Names, AsKubectlPrintsThem) {
  for (const char* plain : {"ghcr-credentials", "a", "1e", "0x", "0b2", "0o9", "1-2", "1.0.0", "1e1000", "2024-13-01",
                            "2023-2-29", "24-01-01", "inf", "nan", "none", "e1", "0xg", "none.on"}) {
    EXPECT_EQ(yaml_name(plain), plain);
  }
  for (const char* quoted : {"n",
                             "y",
                             "on",
                             "off",
                             "yes",
                             "no",
                             "true",
                             "false",
                             "null",
                             "0",
                             "123",
                             "08",
                             "1e3",
                             "1.5",
                             "0x1f",
                             "0b1",
                             "0o7",
                             "2024-01-01",
                             "2024-2-29",
                             "2001-1-1",
                             "1e-400",
                             "1e-5",
                             "99999999999999999999"}) {
    EXPECT_EQ(yaml_name(quoted), "\"" + std::string(quoted) + "\"");
  }
}

TEST(Names, AsTheApiTakesThem) {
  for (const char* good : {"a", "a.b-c", "1", "ghcr-credentials.v2"}) EXPECT_NO_THROW(check_name(good, "secret"));
  EXPECT_NO_THROW(check_name(std::string(253, 'a'), "secret"));
  for (const std::string& bad :
       {std::string(), std::string("A"), std::string("a_b"), std::string("-a"), std::string("a-"), std::string("a..b"),
        std::string(".a"), std::string("a b"), std::string("~"), std::string(254, 'a')}) {
    EXPECT_THROW(check_name(bad, "secret"), Error) << bad;
  }
  EXPECT_NO_THROW(check_namespace(std::string(63, 'a')));
  for (const std::string& bad : {std::string("a.b"), std::string(64, 'a'), std::string()}) {
    EXPECT_THROW(check_namespace(bad), Error) << bad;
  }
}

TEST(Names, TheMessageSaysWhatItIs) {
  try {
    check_name("GHCR", "secret");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message, "\"GHCR\" cannot be the name of a secret");
    EXPECT_EQ(error.code, ErrorCode::usage);
  }
}

}  // namespace
}  // namespace regvault::kubernetes
