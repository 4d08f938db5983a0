// Every back end this processor can run, and OpenSSL's, against PKCS5_PBKDF2_HMAC. (AArch64's: kdf_agreement.py.)
#include <regvault/crypto/kdf_engine.hpp>

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <regvault/base/encoding.hpp>
#include <regvault/base/error.hpp>

namespace regvault::crypto {
namespace {

struct Case {
  std::string password, salt;
  std::uint32_t iterations, index;
  std::string expected;  ///< in hexadecimal
};

std::string derived_by_openssl(const Case& c) {
  std::string key(c.index * kDerivedBlock, '\0');
  EXPECT_EQ(
      PKCS5_PBKDF2_HMAC(c.password.data(), int(c.password.size()),
                        reinterpret_cast<const unsigned char*>(c.salt.data()), int(c.salt.size()), int(c.iterations),
                        EVP_sha256(), int(key.size()), reinterpret_cast<unsigned char*>(key.data())),
      1);
  return hex_encode(std::string_view(key).substr(key.size() - kDerivedBlock));
}

using Random = std::mt19937;

std::string random_text(Random& random, std::size_t size) {
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

/// Sizes at and around what SHA-256's and HMAC's blocks make special, and any other.
std::size_t random_size(Random& random) {
  constexpr std::size_t kSpecial[] = {0, 1, 31, 32, 33, 51, 52, 55, 56, 63, 64, 65, 119, 120, 128, 200};
  return random() % 2 == 0 ? kSpecial[random() % std::size(kSpecial)] : random() % 100;
}

std::vector<Case> random_cases(unsigned seed, std::size_t count, std::uint32_t iterations_at_most) {
  Random random(seed);
  std::vector<Case> cases;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t iterations =
        iterations_at_most > 64 ? iterations_at_most : std::uint32_t(1 + random() % iterations_at_most);
    cases.push_back({random_text(random, random_size(random)), random_text(random, random_size(random)), iterations,
                     std::uint32_t(1 + random() % 3), ""});
    cases.back().expected = derived_by_openssl(cases.back());
  }
  return cases;
}

/// Derives in batches of 1, 2, … 40, 1, … blocks.
void expect_agreement(const Engine& engine, const std::vector<Case>& cases) {
  std::size_t size = 0;
  for (std::size_t begin = 0; begin < cases.size(); begin += size) {
    size = std::min(size % 40 + 1, cases.size() - begin);
    std::vector<std::string> got(size, std::string(kDerivedBlock, '\0'));
    std::vector<BlockRequest> batch;
    for (std::size_t i = 0; i < size; ++i) {
      const Case& c = cases[begin + i];
      batch.push_back({c.password, c.salt, c.iterations, c.index, got[i].data()});
    }
    engine.derive(batch);
    for (std::size_t i = 0; i < size; ++i) {
      const Case& c = cases[begin + i];
      ASSERT_EQ(hex_encode(got[i]), c.expected)
          << "batch of " << size << ", block " << i << ": password of " << c.password.size() << ", salt of "
          << c.salt.size() << ", " << c.iterations << " iterations, index " << c.index;
    }
  }
}

std::vector<std::string> names_to_test() {
  std::vector<std::string> names = {"", "openssl"};
  for (const BackEnd& back_end : back_ends()) names.emplace_back(back_end.name);
  return names;
}

class EveryBackEnd : public testing::TestWithParam<std::string> {
 protected:
  Engine engine_{chosen_back_ends(GetParam())};
};

INSTANTIATE_TEST_SUITE_P(Kdf, EveryBackEnd, testing::ValuesIn(names_to_test()), [](const auto& row) {
  std::string name = row.param.empty() ? "automatic" : row.param;
  std::erase(name, '-');
  return name;
});

TEST_P(EveryBackEnd, AgreesWithOpenSslOnTenThousand) {
  static const std::vector<Case> cases = random_cases(1, 10'000, 64);
  expect_agreement(engine_, cases);
}

TEST_P(EveryBackEnd, AgreesWithOpenSslAtAnsiblesIterations) {
  static const std::vector<Case> cases = random_cases(2, 100, 10'000);
  expect_agreement(engine_, cases);
}

TEST_P(EveryBackEnd, GivesThePublishedVectors) {
  const std::vector<Case> cases = {
      // RFC 7914 §11
      {"passwd", "salt", 1, 1, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"},
      {"passwd", "salt", 1, 2, "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"},
      {"Password", "NaCl", 80000, 1, "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"},
      {"Password", "NaCl", 80000, 2, "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d"}};
  expect_agreement(engine_, cases);
}

TEST_P(EveryBackEnd, TakesViewsOfNothing) {
  Case c = {"", "", 3, 1, ""};
  std::string got(kDerivedBlock, '\0');
  BlockRequest batch[] = {{{}, {}, 3, 1, got.data()}};
  engine_.derive(batch);
  engine_.derive({});
  EXPECT_EQ(hex_encode(got), derived_by_openssl(c));
}

TEST_P(EveryBackEnd, ProvesItself) {
  EXPECT_EQ(engine_.warning(), "");
  std::string names = engine_.names();
  EXPECT_TRUE(GetParam().empty() ? !names.empty() : names == GetParam()) << names;
  EXPECT_EQ(engine_.warning(), "");
}

TEST(KdfEngine, RefusesWhatItDoesNotKnow) {
  try {
    chosen_back_ends("avx1024");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ErrorCode::usage);
    EXPECT_EQ(error.message, "REGVAULT_KDF is \"avx1024\", which is no way to derive keys");
    EXPECT_TRUE(error.hint.starts_with("here it can be ")) << error.hint;
    EXPECT_TRUE(error.hint.ends_with("portable, openssl, or not set at all")) << error.hint;
  }
}

#if defined(__x86_64__)
/// All of them are to be had on some processor or other; tests.cmake runs this on an emulated one that has none.
TEST(KdfEngine, RefusesWhatTheProcessorCannotRun) {
  std::vector<BackEnd> usable = back_ends();
  for (std::string name : {"avx512", "avx512vl", "avx2", "sha-ni"}) {
    if (std::any_of(usable.begin(), usable.end(), [&](const BackEnd& back_end) { return back_end.name == name; }))
      continue;
    try {
      chosen_back_ends(name);
      FAIL() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code, ErrorCode::usage);
      EXPECT_EQ(error.message, "REGVAULT_KDF is \"" + name + "\", which this processor cannot run");
    }
  }
}
#endif

/// What a broken processor might do: all is right but one lane.
void advance_wrongly(Chain* const* chains, std::size_t count, std::uint32_t iterations) {
  for (std::size_t i = 0; i < count; ++i) advance_portable(chains + i, 1, iterations);
  chains[count - 1]->sum[7] ^= 1;
}

TEST(KdfEngine, ABackEndThatFailsIsReplacedAndReported) {
  std::vector<BackEnd> rows = {{"broken", 16, {1, 1, 1}, advance_wrongly}};
  for (const BackEnd& back_end : back_ends()) rows.push_back(back_end);
  for (bool alone : {false, true}) {
    if (alone) rows.resize(1);
    Engine engine(rows);
    EXPECT_EQ(engine.warning(), "");  // not used so far
    expect_agreement(engine, random_cases(3, 100, 20));
    EXPECT_EQ(engine.warning(),
              "key derivation with broken gives wrong results on this machine and is not used: its processor or memory "
              "may be broken");
    EXPECT_EQ(engine.names(), "portable");
  }
}

TEST(KdfEngine, OnlyWhatIsUsedHasToProveItself) {
  Engine engine(
      {{"broken", 16, {1000, 1000, 1000}, advance_wrongly}, {"portable", 1, {400, 400, 400}, advance_portable}});
  expect_agreement(engine, random_cases(4, 3, 20));  // batches of one and two
  EXPECT_EQ(engine.warning(), "");
  EXPECT_EQ(engine.names(), "portable");
  EXPECT_NE(engine.warning(), "");
}

TEST(KdfEngine, TakesTheCheapestWay) {
  static std::vector<std::size_t> passes;
  Advance* narrow = [](Chain* const* chains, std::size_t count, std::uint32_t iterations) {
    passes.push_back(count);
    for (std::size_t i = 0; i < count; ++i) advance_portable(chains + i, 1, iterations);
  };
  Advance* wide = [](Chain* const* chains, std::size_t count, std::uint32_t iterations) {
    passes.push_back(100 + count);
    for (std::size_t i = 0; i < count; ++i) advance_portable(chains + i, 1, iterations);
  };
  Engine engine({{"wide", 8, {500, 500, 500}, wide}, {"narrow", 3, {100, 150, 250}, narrow}});
  engine.names();  // so that all have proved themselves
  struct Row {
    std::size_t blocks;
    std::vector<std::size_t> passes;
  };
  for (const Row& row : {Row{1, {1}}, Row{3, {3}}, Row{4, {2, 2}}, Row{6, {2, 2, 2}}, Row{7, {107}}, Row{8, {108}},
                         Row{10, {108, 2}}, Row{16, {108, 108}}, Row{17, {108, 108, 1}}}) {
    passes.clear();
    std::string out(row.blocks * kDerivedBlock, '\0');
    std::vector<BlockRequest> batch;
    for (std::size_t i = 0; i < row.blocks; ++i) {
      batch.push_back({"password", "salt", 2, std::uint32_t(i + 1), out.data() + i * kDerivedBlock});
    }
    engine.derive(batch);
    EXPECT_EQ(passes, row.passes) << row.blocks;
  }
}

class KdfVariable : public testing::Test {
 protected:
  KdfVariable() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }  // a process that has derived nothing yet
};

TEST_F(KdfVariable, ForcesABackEnd) {
  auto forced = [] {
    setenv("REGVAULT_KDF", "portable", 1);
    std::string out(kDerivedBlock, '\0');
    BlockRequest batch[] = {{"passwd", "salt", 1, 1, out.data()}};
    derive_blocks(batch);
    bool right = hex_encode(out) == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc";
    std::exit(right && key_derivation_engine() == "portable" && key_derivation_warning().empty() ? 0 : 1);
  };
  EXPECT_EXIT(forced(), testing::ExitedWithCode(0), "");
}

TEST_F(KdfVariable, IsRefusedEachTimeWhenWrong) {
  auto refused = [] {
    setenv("REGVAULT_KDF", "fast", 1);
    int refusals = 0;
    std::string out(kDerivedBlock, '\0');
    BlockRequest batch[] = {{"passwd", "salt", 1, 1, out.data()}};
    for (int i = 0; i < 2; ++i) {
      try {
        derive_blocks(batch);
      } catch (const Error& error) {
        refusals += error.message == "REGVAULT_KDF is \"fast\", which is no way to derive keys" ? 1 : 0;
      }
    }
    std::exit(refusals == 2 && out == std::string(kDerivedBlock, '\0') ? 0 : 1);
  };
  EXPECT_EXIT(refused(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace regvault::crypto
