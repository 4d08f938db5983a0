// The installed ansible-vault, in both directions: every vector and every variation through its classes (one Python
// process), and the command itself once each way.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <regvault/base/encoding.hpp>
#include <regvault/vault/payload.hpp>

#include "variations.hpp"
#include "vectors.hpp"

namespace regvault::vault {
namespace {

using Passwords = std::vector<std::string_view>;

class Interop : public testing::Test {
 protected:
  ScratchDirectory scratch_;

  void write(const std::string& name, const std::string& bytes) {
    std::ofstream(scratch_.file(name), std::ios::binary) << bytes;
  }
  std::string read(const std::string& name) { return read_test_file(scratch_.file(name)); }
  bool exists(const std::string& name) { return std::filesystem::exists(scratch_.file(name)); }

  /// Away from the user's own settings, and in a language.
  int run(const std::string& command) {
    std::string here = scratch_.file("");
    return std::system(("cd " + here + " && env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 HOME=" + here + " " + command +
                        " > output.txt 2>&1")
                           .c_str());
  }
  void run_batch(const std::string& orders) {
    write("orders.txt", orders);
    ASSERT_EQ(run("/usr/bin/python3 " REGVAULT_TESTS_DIR "/unit/vault/ansible_batch.py " + scratch_.file("")), 0)
        << read("output.txt");
  }
};

TEST_F(Interop, AnsibleOpensWhatWeSeal) {
  std::string orders;
  for (const Vector& vector : vectors()) {
    write(vector.name + ".payload", seal(vector.plaintext, vector.password, {.label = vector.label}));
    orders += "open " + vector.name + " " + hex_encode(vector.password) + "\n";
  }
  run_batch(orders);
  for (const Vector& vector : vectors()) {
    ASSERT_TRUE(exists(vector.name + ".opened")) << vector.name << ": " << read(vector.name + ".refused");
    EXPECT_EQ(read(vector.name + ".opened"), vector.plaintext) << vector.name;
  }
}

TEST_F(Interop, WeOpenWhatAnsibleSeals) {
  std::string orders;
  for (const Vector& vector : vectors()) {
    write(vector.name + ".plain", vector.plaintext);
    orders += "seal " + vector.name + " " + hex_encode(vector.password) + " " +
              (vector.label.empty() ? "-" : vector.label) + "\n";
  }
  run_batch(orders);
  for (const Vector& vector : vectors()) {
    auto opened = open(read(vector.name + ".payload"), Passwords{vector.password}, vector.name);
    ASSERT_TRUE(opened) << vector.name;
    EXPECT_EQ(opened->plaintext.view(), vector.plaintext) << vector.name;
    EXPECT_EQ(opened->header.label, vector.label == "default" ? "" : vector.label) << vector.name;
  }
}

TEST_F(Interop, AnsibleAcceptsTheVariationsWeAcceptAndNoOthers) {
  const std::vector<Variation> rows = variations();
  std::string orders;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    write(std::to_string(i) + ".payload", rows[i].payload);
    orders += "open " + std::to_string(i) + " " + hex_encode("secret") + "\n";
  }
  run_batch(orders);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    SCOPED_TRACE(rows[i].name);
    ASSERT_EQ(exists(std::to_string(i) + ".opened"), rows[i].accepted);
    if (rows[i].accepted) {
      EXPECT_EQ(read(std::to_string(i) + ".opened"), rows[i].plaintext);
    }
  }
}

TEST_F(Interop, TheCommandOpensWhatWeSeal) {
  write("password", "correct-horse\n");
  write("ours.vault", seal("a-registry-token", "correct-horse", {.label = "dev"}));
  ASSERT_EQ(run("ansible-vault decrypt --vault-id dev@password --output opened ours.vault"), 0) << read("output.txt");
  EXPECT_EQ(read("opened"), "a-registry-token");
}

TEST_F(Interop, WeOpenWhatTheCommandSeals) {
  write("password", "correct-horse\n");
  write("plain", "a-registry-token");
  ASSERT_EQ(run("ansible-vault encrypt --vault-id dev@password --encrypt-vault-id dev --output theirs.vault plain"), 0)
      << read("output.txt");
  auto opened = open(read("theirs.vault"), Passwords{"correct-horse"}, "theirs.vault");
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->plaintext.view(), "a-registry-token");
  EXPECT_EQ(opened->header.label, "dev");
}

}  // namespace
}  // namespace regvault::vault
