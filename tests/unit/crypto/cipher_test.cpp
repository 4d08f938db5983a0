#include <regvault/crypto/cipher.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include <regvault/base/encoding.hpp>
#include <regvault/base/error.hpp>

namespace regvault::crypto {
namespace {

std::string bytes(std::string_view digits) {
  std::string out(digits.size() / 2, '\0');
  EXPECT_EQ(hex_decode(digits, out.data()), std::nullopt);
  return out;
}

// SP 800-38A, F.5.5 CTR-AES256.Encrypt
const std::string kKey = bytes("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
const std::string kCounter = bytes("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
const std::string kPlain = bytes(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
const std::string kEncrypted = bytes(
    "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
    "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6");

TEST(Aes256Ctr, PublishedVector) {
  std::string out(kPlain.size(), '\0');
  Aes256Ctr(kKey, kCounter).apply(kPlain, out.data());
  EXPECT_EQ(hex_encode(out), hex_encode(kEncrypted));
}

TEST(Aes256Ctr, DecryptsInPlace) {
  std::string text = kEncrypted;
  Aes256Ctr(kKey, kCounter).apply(text, text.data());
  EXPECT_EQ(text, kPlain);
}

TEST(Aes256Ctr, PiecesOfAnySizeGiveTheSame) {
  for (std::size_t size = 1; size < 40; ++size) {
    Aes256Ctr cipher(kKey, kCounter);
    std::string out(kPlain.size(), '\0');
    for (std::size_t at = 0; at < kPlain.size(); at += size) {
      cipher.apply(std::string_view(kPlain).substr(at, size), out.data() + at);
    }
    EXPECT_EQ(out, kEncrypted) << size;
  }
}

TEST(Aes256Ctr, TheCounterCarriesThroughAll128Bits) {
  std::string zeros(32, '\0'), wrapped(32, '\0'), first(16, '\0');
  Aes256Ctr(kKey, std::string(16, '\xff')).apply(zeros, wrapped.data());
  Aes256Ctr(kKey, std::string(16, '\0')).apply(zeros.substr(16), first.data());
  EXPECT_EQ(hex_encode(wrapped.substr(16)), hex_encode(first));
}

TEST(Aes256Ctr, CanBeMoved) {
  Aes256Ctr first(kKey, kCounter);
  std::string out(kPlain.size(), '\0');
  first.apply(std::string_view(kPlain).substr(0, 5), out.data());
  Aes256Ctr second = std::move(first);
  second.apply(std::string_view(kPlain).substr(5), out.data() + 5);
  EXPECT_EQ(out, kEncrypted);
}

TEST(Aes256Ctr, RefusesOtherKeySizes) {
  try {
    Aes256Ctr(std::string(16, 'k'), kCounter);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "OpenSSL refuses an AES-256-CTR key or counter of the wrong size");
  }
}

TEST(HmacSha256, PublishedVectors) {
  struct Row {
    std::string name, key, data;
    std::string_view code;
  };
  const Row rows[] = {
      // RFC 4231 §4
      {"case 1", std::string(20, '\x0b'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"case 2", "Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {"case 3", std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {"case 6", std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    for (std::size_t size : {std::size_t{1}, std::size_t{7}, row.data.size()}) {
      HmacSha256 mac(row.key);
      for (std::size_t at = 0; at < row.data.size(); at += size)
        mac.update(std::string_view(row.data).substr(at, size));
      auto code = mac.finish();
      EXPECT_EQ(hex_encode({code.data(), code.size()}), row.code);
    }
  }
}

TEST(HmacSha256, ObjectsAreIndependent) {
  HmacSha256 a("Jefe"), b("other key");
  b.update("noise");
  a.update("what do ya want for nothing?");
  b.finish();
  auto code = a.finish();
  EXPECT_EQ(hex_encode({code.data(), code.size()}), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

}  // namespace
}  // namespace regvault::crypto
