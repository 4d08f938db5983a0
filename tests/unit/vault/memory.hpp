/// For the tests that show that a payload's size does not show in memory: large plaintexts out of nothing, and how far
/// the process has grown.
#pragma once

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

#include <regvault/vault/payload.hpp>

namespace regvault::vault {

inline constexpr std::uint64_t kMebibyte = 1024 * 1024;
inline constexpr std::size_t kPeriod = 251;
inline constexpr long kGrowthAtMost = 32 * 1024;  ///< KiB

/// Byte i is i mod 251, as far as anybody asks.
class Cycle {
 public:
  explicit Cycle(std::uint64_t size) : size_(size) {
    for (std::size_t i = 0; i < pattern_.size(); ++i) pattern_[i] = static_cast<char>(i % kPeriod);
  }

  std::size_t operator()(std::uint64_t offset, char* into, std::size_t size) const {
    std::string_view here = std::string_view(pattern_).substr(offset % kPeriod);
    std::size_t count = std::min({std::uint64_t{size}, size_ - std::min(size_, offset), std::uint64_t{here.size()}});
    std::memcpy(into, here.data(), count);
    return count;
  }

  bool has(std::uint64_t offset, std::string_view piece) const {
    return std::string_view(pattern_).substr(offset % kPeriod, piece.size()) == piece;
  }

 private:
  std::uint64_t size_;
  std::string pattern_ = std::string(kPeriod + 64 * 1024, '\0');
};

inline long peak_kibibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

inline void seals_in_little_memory(std::uint64_t plaintext_size) {
  const Cycle plaintext(plaintext_size);
  std::uint64_t written = 0;
  long before = peak_kibibytes();
  seal(std::cref(plaintext), "password", {}, [&](std::string_view piece) { written += piece.size(); });
  EXPECT_LT(peak_kibibytes() - before, kGrowthAtMost);
  EXPECT_GT(written, 4 * plaintext_size);
}

inline void opens_in_little_memory(std::uint64_t plaintext_size) {
  const Cycle plaintext(plaintext_size);
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  int descriptor = fileno(file);
  seal(std::cref(plaintext), "password", {}, [&](std::string_view piece) {
    ASSERT_EQ(write(descriptor, piece.data(), piece.size()), static_cast<ssize_t>(piece.size()));
  });

  long before = peak_kibibytes();
  ReadAt source = [&](std::uint64_t offset, char* into, std::size_t size) {
    return static_cast<std::size_t>(std::max<ssize_t>(0, pread(descriptor, into, size, static_cast<off_t>(offset))));
  };
  SealedPayload sealed = SealedPayload::parse(source, "f");
  const std::string_view passwords[] = {"wrong", "password"};
  std::uint64_t offset = 0;
  bool same = true;
  sealed.decrypt(*sealed.verify(passwords), [&](std::string_view piece) {
    same = same && plaintext.has(offset, piece);
    offset += piece.size();
  });
  EXPECT_LT(peak_kibibytes() - before, kGrowthAtMost);
  EXPECT_EQ(offset, plaintext_size);
  EXPECT_TRUE(same);
  std::fclose(file);
}

}  // namespace regvault::vault
