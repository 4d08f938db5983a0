#include <regvault/crypto/derived_blocks.hpp>

#include <gtest/gtest.h>

#include <thread>

namespace regvault::crypto {
namespace {

std::string derived(std::string_view password, std::string_view salt, std::uint32_t index = 1) {
  std::string block(kDerivedBlock, '\0');
  BlockRequest request{password, salt, 3, index, block.data()};
  derive_blocks({&request, 1});
  return block;
}

/// A batch of requests, and where their blocks go.
struct Asked {
  void add(std::string_view password, std::string_view salt, std::uint32_t index = 1) {
    blocks.emplace_back(std::make_unique<char[]>(kDerivedBlock));
    requests.push_back({password, salt, 3, index, blocks.back().get()});
  }
  void expect_right() const {
    for (const BlockRequest& request : requests) {
      EXPECT_EQ(std::string(request.out, kDerivedBlock), derived(request.password, request.salt, request.index))
          << request.password << " " << request.salt << " " << request.index;
    }
  }

  std::vector<std::unique_ptr<char[]>> blocks;
  std::vector<BlockRequest> requests;
};

std::uint64_t count_of(DerivedBlocks& blocks, const Asked& asked, const Asked& fresh = {}) {
  std::uint64_t before = blocks_derived();
  blocks.derive(asked.requests, fresh.requests);
  return blocks_derived() - before;
}

TEST(DerivedBlocks, NoneIsDerivedTwice) {
  DerivedBlocks blocks;
  Asked first;
  first.add("password", "salt");
  first.add("password", "salt");
  first.add("password", "salt", 2);
  first.add("other", "salt");
  first.add("password", "other");
  std::string same_password = "password";  // elsewhere in memory
  first.add(same_password, "salt");
  EXPECT_EQ(count_of(blocks, first), 4U);
  first.expect_right();

  Asked second;
  second.add("password", "other");
  second.add("other", "salt");
  second.add("other", "salt", 2);
  EXPECT_EQ(count_of(blocks, second), 1U);
  second.expect_right();
}

TEST(DerivedBlocks, FreshOnesAreDerivedWithTheOthers) {
  DerivedBlocks blocks;
  Asked asked, fresh;
  asked.add("password", "salt");
  fresh.add("password", "new salt");
  fresh.add("password", "new salt", 2);
  EXPECT_EQ(count_of(blocks, asked, fresh), 3U);
  EXPECT_EQ(count_of(blocks, asked, fresh), 2U);
  asked.expect_right();
  fresh.expect_right();
  EXPECT_EQ(count_of(blocks, {}, {}), 0U);
}

TEST(DerivedBlocks, WhatIsForgottenIsDerivedAgain) {
  DerivedBlocks blocks;
  std::vector<std::string> salts;
  for (int i = 0; i < 5000; ++i) salts.push_back("salt " + std::to_string(i));
  for (std::size_t begin = 0; begin < salts.size(); begin += 500) {
    Asked asked;
    for (std::size_t i = begin; i < begin + 500; ++i) asked.add("password", salts[i]);
    EXPECT_EQ(count_of(blocks, asked), 500U);
    asked.expect_right();
  }
  Asked again;
  again.add("password", salts[0]);
  again.add("password", salts[4999]);
  EXPECT_EQ(count_of(blocks, again), 1U);
  again.expect_right();
}

TEST(DerivedBlocks, FromSeveralThreads) {
  DerivedBlocks blocks;
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&blocks] {
      for (int round = 0; round < 50; ++round) {
        std::vector<std::string> salts;
        for (int i = 0; i < 20; ++i) salts.push_back(std::to_string((round * 7 + i) % 60));
        Asked asked;
        for (const std::string& salt : salts) asked.add("password", salt);
        blocks.derive(asked.requests, {});
        asked.expect_right();
      }
    });
  }
}

}  // namespace
}  // namespace regvault::crypto
