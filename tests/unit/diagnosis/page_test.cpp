#include <gtest/gtest.h>
#include <regvault/diagnosis/page.hpp>

#include <fstream>
#include <sstream>

namespace regvault::diagnosis {
namespace {

TEST(Page, IsTheOneInDocs) {
  std::stringstream page;
  page << std::ifstream(REGVAULT_TESTS_DIR "/../docs/troubleshooting.md").rdbuf();
  EXPECT_TRUE(page.str() == troubleshooting_page())
      << "write it anew: regvault diagnose --markdown > docs/troubleshooting.md";
}

}  // namespace
}  // namespace regvault::diagnosis
