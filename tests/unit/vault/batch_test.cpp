#include <regvault/vault/batch.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace regvault::vault {
namespace {

using testing::ElementsAre;

/// Payloads, opened in one batch. Texts are "text 0", "text 1", …
class Batches : public testing::Test {
 protected:
  void add(const std::string& payload) { payloads_.push_back(payload); }
  void add(int count, std::string_view password, const std::string& salt = {}) {
    for (int i = 0; i < count; ++i) {
      add(seal("text " + std::to_string(payloads_.size()), password, {.label = "dev", .salt = salt}));
    }
  }

  void parse() {
    for (const std::string& payload : payloads_) {
      openings_.push_back({.sealed = SealedPayload::parse(reading(payload), "f")});
    }
    for (Opening& opening : openings_) batch_.push_back(&opening);
  }

  std::uint64_t blocks() {
    std::uint64_t now = crypto::blocks_derived();
    return now - std::exchange(counted_, now);
  }

  std::vector<std::string> decrypted(Opener& opener) {
    std::vector<std::string> texts;
    for (const SecretBytes& text : opener.decrypt(batch_)) texts.emplace_back(text.view());
    return texts;
  }

  std::vector<std::string> payloads_;
  std::vector<Opening> openings_;
  std::vector<Opening*> batch_;
  std::uint64_t counted_ = 0;
};

TEST_F(Batches, SayWhichPasswordOpensWhich) {
  add(1, "one");
  add(1, "two");
  add(1, "three");
  add(1, "two");
  parse();
  Opener opener({"one", "two"});
  (void)blocks();
  opener.verify(batch_);
  EXPECT_EQ(blocks(), 8U);
  EXPECT_EQ(openings_[0].proof->index(), 0U);
  EXPECT_EQ(openings_[1].proof->index(), 1U);
  EXPECT_FALSE(openings_[2].proof);
  EXPECT_EQ(openings_[3].proof->index(), 1U);
  EXPECT_THAT(decrypted(opener), ElementsAre("text 0", "text 1", "", "text 3"));
  EXPECT_EQ(blocks(), 6U);
}

TEST_F(Batches, OneSaltIsDerivedOnce) {
  add(5, "one", "salt");
  payloads_.push_back(payloads_[0]);
  parse();
  Opener opener({"one"});
  (void)blocks();
  opener.verify(batch_);
  EXPECT_EQ(blocks(), 1U);
  EXPECT_THAT(decrypted(opener), ElementsAre("text 0", "text 1", "text 2", "text 3", "text 4", "text 0"));
  EXPECT_EQ(blocks(), 2U);
  Opening later{.sealed = SealedPayload::parse(reading(payloads_[1]), "f")};
  Opening* one[] = {&later};
  opener.verify(one);
  EXPECT_TRUE(later.proof);
  EXPECT_EQ(blocks(), 0U);
}

TEST_F(Batches, ResealInOneGo) {
  add(20, "one");
  parse();
  Opener opener({"one"});
  opener.verify(batch_);
  std::vector<Resealing> resealings;
  for (Opening& opening : openings_) resealings.push_back({.opening = &opening, .sealing = {.label = "new"}});
  std::vector<std::string> seen;
  (void)blocks();
  opener.reseal(resealings, "new password", [&](std::size_t, std::string_view text) { seen.emplace_back(text); });
  EXPECT_EQ(blocks(), 100U);
  for (std::size_t i = 0; i < resealings.size(); ++i) {
    EXPECT_EQ(seen.at(i), "text " + std::to_string(i));
    EXPECT_TRUE(resealings[i].payload.starts_with("$ANSIBLE_VAULT;1.2;AES256;new\n"));
    auto opened = open(resealings[i].payload, std::array<std::string_view, 1>{"new password"}, "f");
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->plaintext.view(), seen[i]);
  }
}

TEST_F(Batches, WhatIsWrongWithOneStopsNoOther) {
  add(3, "one");
  std::string changing = payloads_[1];
  openings_.push_back({.sealed = SealedPayload::parse(reading(payloads_[0]), "f")});
  openings_.push_back({.sealed = SealedPayload::parse(reading(changing), "g")});
  openings_.push_back({.sealed = SealedPayload::parse(reading(payloads_[2]), "f")});
  for (Opening& opening : openings_) batch_.push_back(&opening);
  Opener opener({"one"});
  opener.verify(batch_);
  changing[changing.size() - 10] = 'x';
  EXPECT_THAT(decrypted(opener), ElementsAre("text 0", "", "text 2"));
  EXPECT_FALSE(openings_[0].error);
  ASSERT_TRUE(openings_[1].error);
  EXPECT_EQ(openings_[1].error->code, ErrorCode::malformed);
  EXPECT_EQ(openings_[1].error->where.file, "g");
  EXPECT_FALSE(openings_[2].error);
}

TEST_F(Batches, WithoutPasswordsNothingIsDone) {
  add(1, "one");
  parse();
  Opener opener({});
  (void)blocks();
  opener.verify(batch_);
  EXPECT_FALSE(openings_[0].proof);
  EXPECT_EQ(blocks(), 0U);
}

}  // namespace
}  // namespace regvault::vault
