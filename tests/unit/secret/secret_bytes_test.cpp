#include <regvault/secret/secret_bytes.hpp>

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace regvault {
namespace {

bool all_zero(const char* memory, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    if (memory[i] != 0) return false;
  }
  return true;
}

/// The flags of the mapping that holds `address`, as the kernel lists them; empty: it is not mapped.
std::string mapping_flags(const void* address) {
  std::ifstream maps("/proc/self/smaps");
  auto wanted = reinterpret_cast<std::uintptr_t>(address);
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t begin = 0, end = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx ", &begin, &end) == 2) inside = begin <= wanted && wanted < end;
    if (inside && line.starts_with("VmFlags:")) return line.substr(8);
  }
  return {};
}

TEST(SecretBytes, HoldsWhatItWasGiven) {
  SecretBytes bytes = SecretBytes::copy_of("hunter2");
  EXPECT_EQ(bytes.view(), "hunter2");
  EXPECT_EQ(bytes.size(), 7u);
  EXPECT_FALSE(bytes.empty());
  bytes.append("");
  bytes.append(" and 3");
  EXPECT_EQ(bytes.view(), "hunter2 and 3");
}

TEST(SecretBytes, EmptyIsEmpty) {
  SecretBytes bytes;
  EXPECT_EQ(bytes.view(), "");
  bytes.clear();
  bytes.resize(0);
  bytes.append("");
  EXPECT_TRUE(bytes.empty());
  EXPECT_EQ(SecretBytes::copy_of("").view(), "");
}

TEST(SecretBytes, NewBytesAreZero) {
  SecretBytes bytes(100'000);
  EXPECT_EQ(bytes.size(), 100'000u);
  EXPECT_TRUE(all_zero(bytes.data(), bytes.size()));
}

TEST(SecretBytes, ShrinkingWipes) {
  SecretBytes bytes = SecretBytes::copy_of("secret-tail");
  bytes.resize(7);
  EXPECT_EQ(bytes.view(), "secret-");
  EXPECT_TRUE(all_zero(bytes.data() + 7, 4));
  bytes.resize(11);
  EXPECT_EQ(bytes.view(), (std::string_view{"secret-\0\0\0\0", 11}));
}

TEST(SecretBytes, ClearingWipes) {
  SecretBytes bytes = SecretBytes::copy_of("secret");
  char* memory = bytes.data();
  bytes.clear();
  EXPECT_TRUE(bytes.empty());
  EXPECT_TRUE(all_zero(memory, 6));
}

TEST(SecretBytes, KeepWipesBothEnds) {
  SecretBytes bytes = SecretBytes::copy_of("AAAAsecretBBBB");
  bytes.keep(4, 6);
  EXPECT_EQ(bytes.view(), "secret");
  EXPECT_TRUE(all_zero(bytes.data() + 6, 8));
  bytes.keep(0, 0);
  EXPECT_TRUE(bytes.empty());
  EXPECT_TRUE(all_zero(bytes.data(), 14));
}

TEST(SecretBytes, KeepsItsBytesWhileItGrows) {
  SecretBytes bytes;
  std::string expected;
  for (int i = 0; i < 20'000; ++i) {
    std::string piece = std::to_string(i);
    bytes.append(piece);
    expected += piece;
  }
  EXPECT_EQ(bytes.view(), expected);
  bytes.reserve(1 << 20);
  EXPECT_EQ(bytes.view(), expected);
}

TEST(SecretBytes, GrowingLeavesNothingBehind) {
  SecretBytes bytes = SecretBytes::copy_of("secret");
  const char* before = bytes.data();
  bytes.reserve(1 << 20);
  ASSERT_NE(bytes.data(), before);
  EXPECT_TRUE(all_zero(before, 6));  // the page is kept for the next secret
  SecretBytes next(10);
  EXPECT_EQ(next.data(), before);
  EXPECT_TRUE(all_zero(next.data(), 10));
}

TEST(SecretBytes, LargeOnesAreGivenBackToTheKernel) {
  SecretBytes bytes(1 << 20);
  const char* before = bytes.data();
  bytes = SecretBytes();
  EXPECT_EQ(mapping_flags(before), "");
}

TEST(SecretBytes, PagesThatAreKeptAreEmptyAndLeftOutOfDumps) {
  std::vector<SecretBytes> many;
  for (int i = 0; i < 200; ++i) many.push_back(SecretBytes::copy_of(std::string(4096, 'x')));
  many.clear();
  for (int i = 0; i < 200; ++i) {
    many.push_back(SecretBytes::copy_of("y"));
    EXPECT_TRUE(all_zero(many.back().data() + 1, 4095));
    EXPECT_TRUE(mapping_flags(many.back().data()).find(" dd ") != std::string::npos);
  }
}

TEST(SecretBytes, AThreadsPagesAreGoneWithIt) {
  const char* page = nullptr;
  SecretBytes outlives;
  std::thread([&] {
    SecretBytes bytes = SecretBytes::copy_of("secret");
    page = bytes.data();
    outlives = SecretBytes::copy_of("other");
  }).join();
  EXPECT_EQ(mapping_flags(page), "");
  EXPECT_EQ(outlives.view(), "other");
}

TEST(SecretBytes, MovedFromIsEmpty) {
  SecretBytes a = SecretBytes::copy_of("one");
  const char* memory = a.data();
  SecretBytes b = std::move(a);
  EXPECT_EQ(b.view(), "one");
  EXPECT_EQ(b.data(), memory);
  EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move)
  SecretBytes c = SecretBytes::copy_of("two");
  const char* old = c.data();
  c = std::move(b);
  EXPECT_EQ(c.view(), "one");
  EXPECT_TRUE(b.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_TRUE(all_zero(old, 3));
  a.append("again");
  EXPECT_EQ(a.view(), "again");
}

TEST(SecretBytes, StaysOutOfCoreDumpsAndSwap) {
  SecretBytes bytes = SecretBytes::copy_of("secret");
  std::string flags = mapping_flags(bytes.data());
  EXPECT_THAT(flags, testing::HasSubstr(" dd"));                     // MADV_DONTDUMP
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they turn mlock off
  EXPECT_THAT(flags, testing::HasSubstr(" lo"));                     // mlock; RLIMIT_MEMLOCK allows one page everywhere
#endif
  SecretBytes large(1 << 20);
  EXPECT_THAT(mapping_flags(large.data()), testing::HasSubstr(" dd"));
}

static_assert(!std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::is_copy_assignable_v<SecretBytes>);
static_assert(std::is_nothrow_move_constructible_v<SecretBytes>);
static_assert(!std::is_convertible_v<SecretBytes, std::string_view>);
static_assert(!std::is_convertible_v<SecretBytes, std::string>);
template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};
static_assert(!Printable<SecretBytes>);

TEST(Wipe, OverwritesAndAcceptsNothing) {
  char memory[] = "secret";
  wipe(memory, sizeof(memory));
  EXPECT_TRUE(all_zero(memory, sizeof(memory)));
  wipe(nullptr, 0);
}

struct EqualRow {
  std::string_view a, b;
  bool equal;
};

TEST(EqualInConstantTime, ComparesAll) {
  using namespace std::string_view_literals;
  const EqualRow rows[] = {
      {"", "", true},
      {"a", "a", true},
      {"a", "b", false},
      {"a", "", false},
      {"abc", "abd", false},
      {"abc", "xbc", false},
      {"abc", "abcd", false},
      {"a\0b"sv, "a\0c"sv, false},
      {"\x80", "\x80", true},
      {"\x80", "\x00"sv, false},
      {"\xff\x00"sv, "\x00\xff"sv, false},
  };
  for (const EqualRow& row : rows) EXPECT_EQ(equal_in_constant_time(row.a, row.b), row.equal);
}

}  // namespace
}  // namespace regvault
