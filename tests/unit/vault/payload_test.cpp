#include <regvault/vault/payload.hpp>

#include <gtest/gtest.h>

#include <random>
#include <set>

#include <regvault/crypto/key_derivation.hpp>

#include "vectors.hpp"

namespace regvault::vault {
namespace {

using Passwords = std::vector<std::string_view>;

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::string opened_text(const std::string& payload, std::string_view password) {
  auto opened = open(payload, Passwords{password}, "f");
  return opened ? std::string(opened->plaintext.view()) : "no key";
}

TEST(Vectors, WhatAnsibleSealedIsOpened) {
  for (const Vector& vector : vectors()) {
    if (vector.payload.empty()) continue;
    SCOPED_TRACE(vector.name);
    auto opened = open(vector.payload, Passwords{vector.password}, "f");
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->plaintext.view(), vector.plaintext);
    EXPECT_EQ(opened->header.label, vector.label == "default" ? "" : vector.label);
    EXPECT_EQ(opened->header.version, opened->header.label.empty() ? "1.1" : "1.2");
    EXPECT_EQ(opened->header.cipher, "AES256");
  }
}

TEST(Vectors, WithTheSameSaltWeSealToTheSameBytes) {
  std::size_t compared = 0;
  for (const Vector& vector : vectors()) {
    if (vector.salt.empty()) continue;
    SCOPED_TRACE(vector.name);
    std::string payload = seal(vector.plaintext, vector.password, {vector.label, vector.salt});
    if (!vector.payload.empty()) {
      EXPECT_EQ(payload, vector.payload);
    } else {
      EXPECT_EQ(sha256_hex(payload), vector.payload_sha256);
      EXPECT_EQ(opened_text(payload, vector.password), vector.plaintext);
    }
    ++compared;
  }
  EXPECT_EQ(compared, 15u);
}

TEST(Payload, ARoundTripKeepsBytesOfAnySize) {
  std::mt19937 random(4);
  for (int i = 0; i < 60; ++i) {
    std::string plaintext(i < 20 ? std::size_t(i) : random() % (i < 50 ? 500 : 200'000), '\0');
    for (char& c : plaintext) c = static_cast<char>(random());
    EXPECT_EQ(opened_text(seal(plaintext, "password"), "password"), plaintext) << plaintext.size();
  }
}

/// Ansible looks for it before anything else; here it is looked for when something else is wrong.
TEST(Payload, AByteThatIsNotAsciiIsWhatIsWrongFirst) {
  struct Row {
    std::string payload, place;
  };
  const Row rows[] = {
      {"$ANSIBLE_VAULT\n\xff", "2:1: this is not vault encrypted data: byte 0xff"},
      {"$ANSIBLE_VAULT;1.1;ROT13\nab\xc3", "2:3: this is not vault encrypted data: byte 0xc3"},
      {"$ANSIBLE_VAULT;1.1;AES256\r\n33\r\n3\xa0", "3:2: this is not vault encrypted data: byte 0xa0"},
      {"$ANSIBLE_VAULT;1.1;AES256\nxx\n\x80", "3:1: this is not vault encrypted data: byte 0x80"},
      {"$ANSIBLE_VAULT;1.2;AES256;" + std::string(kHeaderAtMost, 'x') + "\n\x80",
       "2:1: this is not vault encrypted data: byte 0x80"},
      {seal("token", "password", {.label = "dev"}).replace(26, 1, "\xe4"),
       "1:27: this is not vault encrypted data: byte 0xe4"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(message_of([&] { SealedPayload::parse(reading(row.payload), "f"); }), "f:" + row.place + " is not ASCII");
  }
}

TEST(Payload, EachHasASaltOfItsOwn) {
  std::set<std::string> payloads;
  for (int i = 0; i < 20; ++i) payloads.insert(seal("token", "password"));
  EXPECT_EQ(payloads.size(), 20u);
}

TEST(Payload, LabelsAreKept) {
  for (std::string label : {"dev", "prod eu", "a.b-c_d@e"}) {
    std::string payload = seal("token", "password", {.label = label});
    EXPECT_TRUE(payload.starts_with("$ANSIBLE_VAULT;1.2;AES256;" + label + "\n"));
    EXPECT_EQ(SealedPayload::parse(reading(payload), "f").header().label, label);
  }
  EXPECT_TRUE(seal("token", "password", {.label = "default"}).starts_with("$ANSIBLE_VAULT;1.1;AES256\n"));
}

TEST(Payload, SealRefuses) {
  EXPECT_EQ(message_of([] { seal("token", "password", {.label = "a;b"}); }),
            "the vault id label \"a;b\" cannot stand in a vault header");
  EXPECT_EQ(message_of([] { seal("token", "password", {.label = "a\nb"}); }),
            "the vault id label \"a\\x0ab\" cannot stand in a vault header");
  EXPECT_EQ(message_of([] { seal("token", ""); }), "an empty vault password protects nothing");
  EXPECT_EQ(message_of([] { seal("token", "password", {.label = {}, .salt = std::string(65537, 's')}); }),
            "the salt is longer than 65536 bytes");
}

TEST(Payload, ThePlaintextOfAPayloadIsAtMost) {
  for (std::size_t size : {0, 1, 15, 16, 17}) {
    std::string payload = seal(std::string(size, 'x'), "password");
    EXPECT_EQ(SealedPayload::parse(reading(payload), "f").plaintext_at_most(), size / 16 * 16 + 16);
  }
}

TEST(Verify, AWrongPasswordCostsOneBlock) {
  std::string payload = seal("token", "password");
  std::uint64_t before = crypto::blocks_derived();
  SealedPayload sealed = SealedPayload::parse(reading(payload), "f");
  EXPECT_EQ(crypto::blocks_derived() - before, 0u);
  EXPECT_FALSE(sealed.verify(Passwords{"wrong"}));
  EXPECT_EQ(crypto::blocks_derived() - before, 1u);
  EXPECT_FALSE(sealed.verify(Passwords{"wrong", "also wrong", ""}));
  EXPECT_EQ(crypto::blocks_derived() - before, 4u);
  EXPECT_FALSE(sealed.verify({}));
  EXPECT_EQ(crypto::blocks_derived() - before, 4u);
}

TEST(Verify, TheRightOneCostsThreeWithTheDecryption) {
  std::string payload = seal("token", "password");
  std::uint64_t before = crypto::blocks_derived();
  EXPECT_TRUE(open(payload, Passwords{"password"}, "f"));
  EXPECT_EQ(crypto::blocks_derived() - before, 3u);
}

TEST(Verify, SaysWhichPasswordItWas) {
  std::string payload = seal("token", "password");
  SealedPayload sealed = SealedPayload::parse(reading(payload), "f");
  EXPECT_EQ(sealed.verify(Passwords{"a", "password", "b"})->index(), 1u);
  EXPECT_EQ(sealed.verify(Passwords{"a", "password", "password"})->index(), 1u);
  EXPECT_EQ(sealed.verify(Passwords{"a", "b", "password"})->index(), 2u);
}

/// What decrypt() and the callers around it do can depend on this: no key, no plaintext.
static_assert(!std::is_default_constructible_v<VerifiedKey>);
static_assert(!std::is_constructible_v<VerifiedKey, std::size_t, SecretBytes>);
static_assert(!std::is_copy_constructible_v<VerifiedKey>);

TEST(Decrypt, RefusesAKeyOfAnotherPayload) {
  std::string one = seal("one", "password"), two = seal("two", "password");
  SealedPayload first = SealedPayload::parse(reading(one), "one.yml");
  SealedPayload second = SealedPayload::parse(reading(two), "two.yml");
  auto key = first.verify(Passwords{"password"});
  std::string got;
  EXPECT_EQ(message_of([&] { second.decrypt(*key, [&](std::string_view piece) { got += piece; }); }),
            "two.yml: this key was verified with another vault");
  EXPECT_EQ(got, "");
}

TEST(Decrypt, CanBeRepeated) {
  std::string payload = seal("token", "password");
  SealedPayload sealed = SealedPayload::parse(reading(payload), "f");
  auto key = sealed.verify(Passwords{"password"});
  std::string got;
  for (int i = 0; i < 2; ++i) sealed.decrypt(*key, [&](std::string_view piece) { got += piece; });
  EXPECT_EQ(got, "tokentoken");
}

TEST(Decrypt, AnEmptyPlaintextNeverReachesTheSink) {
  std::string payload = seal("", "password");
  SealedPayload sealed = SealedPayload::parse(reading(payload), "f");
  sealed.decrypt(*sealed.verify(Passwords{"password"}), [](std::string_view) { FAIL(); });
}

/// A source whose bytes can be exchanged between the passes.
class Exchanged : public testing::Test {
 protected:
  std::string bytes_;
  ReadAt source_ = [this](std::uint64_t offset, char* into, std::size_t size) {
    return reading(bytes_)(offset, into, size);
  };

  /// The outcome when `bytes_` become `later` after verification, and what was given out before.
  std::string decrypted_later(const std::string& now, const std::string& later, std::string& given) {
    bytes_ = now;
    SealedPayload sealed = SealedPayload::parse(source_, "f");
    auto key = sealed.verify(Passwords{"password"});
    bytes_ = later;
    return message_of([&] { sealed.decrypt(*key, [&](std::string_view piece) { given += piece; }); });
  }
};

TEST_F(Exchanged, AfterVerification) {
  const std::string salt(32, 's'), changed = "f: the vault changed while it was being read";
  const std::string now = seal("a secret", "password", {{}, salt});
  std::string flipped = now;
  flipped[now.size() - 2] = flipped[now.size() - 2] == '1' ? '2' : '1';
  struct Row {
    std::string name, later, message;
  };
  const Row rows[] = {
      {"another plaintext", seal("b secret", "password", {{}, salt}), changed},
      {"a digit flipped", flipped, changed},
      {"longer", seal(std::string(40, 'x'), "password", {{}, salt}), changed},
      {"cut by a digit", now.substr(0, now.size() - 3),
       "f: the vault's ciphertext has an odd number of hexadecimal digits"},
      {"gone", "", changed},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    std::string given;
    EXPECT_EQ(decrypted_later(now, row.later, given), row.message);
    EXPECT_EQ(given, "");
  }
}

TEST_F(Exchanged, LargePayloadsThrowAtTheEnd) {
  const std::string salt(32, 's');
  std::string given;
  EXPECT_EQ(decrypted_later(seal(std::string(100'000, 'x'), "password", {{}, salt}),
                            seal(std::string(100'000, 'y'), "password", {{}, salt}), given),
            "f: the vault changed while it was being read");
  EXPECT_LT(given.size(), 100'000u);
}

TEST_F(Exchanged, BetweenParsingAndVerification) {
  bytes_ = seal("a secret", "password", {{}, std::string(32, 's')});
  SealedPayload sealed = SealedPayload::parse(source_, "f");
  bytes_ = seal("b secret", "password", {{}, std::string(32, 's')});
  EXPECT_FALSE(sealed.verify(Passwords{"password"}));
}

TEST_F(Exchanged, WhileSealing) {
  for (std::size_t size : {10, 100'000}) {
    bytes_ = std::string(size, 'a');
    int passes = 0;
    ReadAt changing = [&](std::uint64_t offset, char* into, std::size_t wanted) {
      if (offset == 0 && ++passes == 2) bytes_ = std::string(size, 'b');
      return source_(offset, into, wanted);
    };
    EXPECT_EQ(message_of([&] { seal(changing, "password", {}, [](std::string_view) {}); }),
              "the plaintext changed while it was being encrypted");
  }
}

TEST(Payload, WhatSourcesAndSinksThrowPassesThrough) {
  ReadAt broken = [](std::uint64_t, char*, std::size_t) -> std::size_t { throw Error(ErrorCode::failed, "no disk"); };
  EXPECT_EQ(message_of([&] { seal(broken, "password", {}, [](std::string_view) {}); }), "no disk");
  EXPECT_EQ(message_of([&] { SealedPayload::parse(broken, "f"); }), "no disk");
  Sink full = [](std::string_view) { throw Error(ErrorCode::failed, "disk full"); };
  EXPECT_EQ(message_of([&] { seal(reading("x"), "password", {}, full); }), "disk full");
}

TEST(Payload, SourcesMayGiveLessThanAskedFor) {
  const std::string plaintext(50'000, 'x');
  auto slowly = [](const std::string& bytes) -> ReadAt {
    return [&bytes](std::uint64_t offset, char* into, std::size_t size) {
      return reading(bytes)(offset, into, std::min<std::size_t>(size, 1 + offset % 4093));
    };
  };
  std::string payload, got;
  seal(slowly(plaintext), "password", {}, [&](std::string_view piece) { payload += piece; });
  SealedPayload sealed = SealedPayload::parse(slowly(payload), "f");
  sealed.decrypt(*sealed.verify(Passwords{"password"}), [&](std::string_view piece) { got += piece; });
  EXPECT_EQ(got, plaintext);
}

}  // namespace
}  // namespace regvault::vault
