#include <regvault/crypto/key_derivation.hpp>

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <random>
#include <string>
#include <thread>
#include <vector>

#include <regvault/base/encoding.hpp>

namespace regvault::crypto {
namespace {

std::string derived(std::string_view password, std::string_view salt, std::uint32_t iterations, std::size_t blocks) {
  std::string key(blocks * kDerivedBlock, '\0');
  std::vector<BlockRequest> batch;
  for (std::size_t i = 0; i < blocks; ++i) {
    batch.push_back({password, salt, iterations, std::uint32_t(i + 1), key.data() + i * kDerivedBlock});
  }
  derive_blocks(batch);
  return key;
}

std::string derived_by_openssl(std::string_view password, std::string_view salt, std::uint32_t iterations,
                               std::size_t blocks) {
  std::string key(blocks * kDerivedBlock, '\0');
  EXPECT_EQ(PKCS5_PBKDF2_HMAC(password.data(), int(password.size()),
                              reinterpret_cast<const unsigned char*>(salt.data()), int(salt.size()), int(iterations),
                              EVP_sha256(), int(key.size()), reinterpret_cast<unsigned char*>(key.data())),
            1);
  return key;
}

using Random = std::mt19937;

std::string random_text(Random& random, std::size_t size) {
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

TEST(KeyDerivation, PublishedVectors) {
  struct Row {
    std::string_view password, salt;
    std::uint32_t iterations;
    std::string_view key;  ///< as many digits as published
  };
  using namespace std::string_view_literals;
  const Row rows[] = {
      // RFC 7914 §11
      {"passwd", "salt", 1,
       "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
       "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"},

      {"Password", "NaCl", 80000,
       "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
       "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d"},
      // RFC 6070's inputs, with the SHA-256 outputs that implementations publish (e.g. Python's test_hashlib)
      {"password", "salt", 1, "120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b"},
      {"password", "salt", 2, "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43"},
      {"password", "salt", 4096, "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a"},
      {"passwordPASSWORDpassword", "saltSALTsaltSALTsaltSALTsaltSALTsalt", 4096,
       "348c89dbcbd32b2f32d814b8116e84cf2b17347ebc1800181c4e2a1fb8dd53e1"},
      {"pass\0word"sv, "sa\0lt"sv, 4096, "89b69d0516f829893c696226650a8687"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.password) + " " + std::to_string(row.iterations));
    EXPECT_EQ(hex_encode(derived(row.password, row.salt, row.iterations, 2)).substr(0, row.key.size()), row.key);
  }
}

TEST(KeyDerivation, AgreesWithOpenSsl) {
  Random random(1);
  for (std::size_t password_size : {0, 1, 5, 31, 32, 63, 64, 65, 127, 128, 200}) {
    for (std::size_t salt_size : {0, 1, 32, 51, 52, 63, 64, 65, 200}) {
      for (std::uint32_t iterations : {1u, 2u, 3u, 64u, 1 + std::uint32_t(random() % 64)}) {
        SCOPED_TRACE(std::to_string(password_size) + " " + std::to_string(salt_size) + " " +
                     std::to_string(iterations));
        std::string password = random_text(random, password_size);
        std::string salt = random_text(random, salt_size);
        ASSERT_EQ(hex_encode(derived(password, salt, iterations, 3)),
                  hex_encode(derived_by_openssl(password, salt, iterations, 3)));
      }
    }
  }
}

TEST(KeyDerivation, AgreesWithOpenSslAtAnsiblesIterations) {
  Random random(2);
  for (std::size_t password_size : {6, 64, 90}) {
    std::string password = random_text(random, password_size);
    std::string salt = random_text(random, 32);
    EXPECT_EQ(hex_encode(derived(password, salt, 10'000, 3)),
              hex_encode(derived_by_openssl(password, salt, 10'000, 3)));
  }
}

TEST(KeyDerivation, ABatchMixesEverything) {
  Random random(3);
  struct Wanted {
    std::string password, salt;
    std::uint32_t iterations, index;
    std::string got;
  };
  std::vector<Wanted> wanted;
  for (std::uint32_t i = 0; i < 23; ++i) {
    wanted.push_back(
        {random_text(random, i * 5), random_text(random, 40 - i), 1 + i % 5, 1 + i % 4, std::string(32, 0)});
  }
  std::vector<BlockRequest> batch;
  for (Wanted& w : wanted) batch.push_back({w.password, w.salt, w.iterations, w.index, w.got.data()});
  derive_blocks(batch);
  for (const Wanted& w : wanted) {
    std::string all = derived_by_openssl(w.password, w.salt, w.iterations, w.index);
    EXPECT_EQ(hex_encode(w.got), hex_encode(all.substr(32 * (w.index - 1))));
  }
}

TEST(KeyDerivation, CountsBlocks) {
  std::uint64_t before = blocks_derived();
  derive_blocks({});
  EXPECT_EQ(blocks_derived() - before, 0u);
  derived("password", "salt", 1, 3);
  EXPECT_EQ(blocks_derived() - before, 3u);
}

TEST(KeyDerivation, ThreadsDoNotDisturbEachOther) {
  std::vector<std::string> keys(4);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      threads.emplace_back([&, i] { keys[i] = derived("password " + std::to_string(i), "salt", 500, 2); });
    }
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(keys[i], derived_by_openssl("password " + std::to_string(i), "salt", 500, 2));
  }
}

}  // namespace
}  // namespace regvault::crypto
