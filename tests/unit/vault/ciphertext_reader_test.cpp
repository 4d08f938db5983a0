// Every way through the reader, whatever the lines of a text are like, beside the plain one: line ends taken out, then
// hexadecimal decoded twice.
#include <regvault/vault/ciphertext_reader.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

#include <regvault/base/encoding.hpp>

namespace regvault::vault {
namespace {

using namespace std::string_literals;

std::string random_text(std::size_t size) {
  std::mt19937 random(static_cast<unsigned>(size));
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

std::string doubled(const std::string& bytes, bool upper = false) {
  std::string inner = hex_encode(bytes);
  if (upper) std::transform(inner.begin(), inner.end(), inner.begin(), [](char c) { return c > '9' ? c - 32 : c; });
  return hex_encode(inner);
}

/// The first line has `first` characters, as the ciphertext's has, which begins within one.
std::string in_lines(const std::string& text, std::size_t first, std::size_t width, const std::string& end) {
  std::string lines = text.substr(0, first) + end;
  for (std::size_t at = first; at < text.size(); at += width) lines += text.substr(at, width) + end;
  return lines;
}

std::string all_of(const ReadAt& source, std::uint64_t offset = 0) {
  const std::string name = "f";
  CiphertextReader reader(source, offset, name);
  std::string all;
  for (std::string_view part; !(part = reader.next()).empty();) {
    EXPECT_EQ(all.size() % CiphertextReader::kPart, 0u) << "only the last part is short";
    all += part;
  }
  return all;
}

struct Outcome {
  std::string message, reason;
};

Outcome outcome_of(const std::string& text) {
  try {
    all_of(reading(text));
  } catch (const Error& error) {
    return {error.what(), error.reason};
  }
  return {"no error", ""};
}

TEST(CiphertextReader, ReadsLinesOfAnyLength) {
  constexpr std::size_t kPart = CiphertextReader::kPart;
  for (std::size_t size : {0ul, 1ul, 19ul, 20ul, 21ul, 300ul, kPart - 1, kPart + 1, 40'003ul}) {
    const std::string bytes = random_text(size), text = doubled(bytes);
    for (std::size_t width : {1ul, 2ul, 3ul, 4ul, 7ul, 64ul, 76ul, 79ul, 80ul, 81ul, 160ul, 1001ul, text.size() + 1}) {
      for (std::size_t first : {0ul, 1ul, 60ul}) {
        for (std::string end : {"\n", "\r\n", "\r", "\n\n", "\n\r"}) {
          ASSERT_EQ(all_of(reading(in_lines(text, std::min(first, text.size()), width, end))), bytes)
              << size << " bytes, lines of " << first << ", then " << width << ", end " << hex_encode(end);
        }
      }
    }
  }
}

TEST(CiphertextReader, LinesMayDiffer) {
  std::mt19937 random(7);
  const std::string bytes = random_text(40'000), text = doubled(bytes);
  for (int i = 0; i < 100; ++i) {
    std::string lines;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t width = random() % 4 != 0 ? 80 : random() % 170;
      lines += text.substr(at, width) + (random() % 8 != 0 ? "\n" : "\r\n");
      at += width;
    }
    ASSERT_EQ(all_of(reading(lines)), bytes) << i;
  }
}

TEST(CiphertextReader, ReadsFromItsOffsetOn) {
  const std::string bytes = random_text(1000);
  EXPECT_EQ(all_of(reading("no hex\n" + in_lines(doubled(bytes), 40, 80, "\n")), 7), bytes);
}

TEST(CiphertextReader, ReadsDigitsInEitherCase) {
  const std::string bytes = random_text(1000);
  EXPECT_EQ(all_of(reading(in_lines(doubled(bytes, true), 60, 80, "\n"))), bytes);
  std::string mixed = doubled(bytes);
  for (std::size_t at = 0; at < mixed.size(); at += 6) {
    if (mixed[at] == '6') mixed[at] = '4';
  }
  EXPECT_EQ(all_of(reading(in_lines(mixed, 60, 80, "\n"))), bytes);
}

TEST(CiphertextReader, SourcesMayGiveLessThanAskedFor) {
  const std::string bytes = random_text(30'000), text = in_lines(doubled(bytes), 60, 80, "\r\n");
  for (std::size_t most : {1, 7, 81, 4093}) {
    ReadAt slowly = [&](std::uint64_t offset, char* into, std::size_t size) {
      return reading(text)(offset, into, std::min(size, most));
    };
    EXPECT_EQ(all_of(slowly), bytes) << most;
  }
}

/// Four lines; a part more would take long, and begins no differently from the first.
class Damaged : public testing::TestWithParam<std::string> {
 protected:
  const std::string text_ = doubled(random_text(75));

  std::string lines(const std::string& text) { return in_lines(text, 60, 80, GetParam()); }

  static std::string place(std::size_t at) {
    std::size_t line = at < 60 ? 0 : (at + 20) / 80, column = at < 60 ? at : (at + 20) % 80;
    return "f:" + std::to_string(line + 1) + ":" + std::to_string(column + 1) + ": ";
  }
};

INSTANTIATE_TEST_SUITE_P(LineEnds, Damaged, testing::Values("\n", "\r\n", "\r"));

TEST_P(Damaged, ACharacterThatIsNoDigitIsFoundAnywhere) {
  for (std::size_t at = 0; at < text_.size(); ++at) {
    for (char c : {'g', 'G', ' ', '/', ':', '@', '`', '\0'}) {
      std::string damaged = text_;
      damaged[at] = c;
      Outcome outcome = outcome_of(lines(damaged));
      ASSERT_EQ(outcome.message,
                place(at) + "the vault body holds " + in_quotes({&c, 1}) + ", which is not a hexadecimal digit");
      ASSERT_EQ(outcome.reason, "hex-digit");
    }
  }
}

TEST_P(Damaged, AnInnerCharacterThatIsNoDigitIsFoundAnywhere) {
  for (std::size_t at = 0; at < text_.size(); at += 2) {
    for (std::string pair : {"0a", "20", "2f", "3a", "3f", "40", "47", "60", "67", "13", "7a", "B1", "b1", "fF"}) {
      std::string damaged = text_;
      Outcome outcome = outcome_of(lines(damaged.replace(at, 2, pair)));
      ASSERT_EQ(outcome.message, "f: the vault's ciphertext is not hexadecimal") << pair << " at " << at;
      ASSERT_EQ(outcome.reason, "inner-hex");
    }
  }
}

TEST_P(Damaged, WhereItWasCutDoesNotMatter) {
  const std::string odd_body =
      "f: the vault body has an odd number of hexadecimal digits: it was cut, or a digit was lost";
  const std::string odd_ciphertext = "f: the vault's ciphertext has an odd number of hexadecimal digits";
  for (std::size_t size = 60; size < text_.size(); ++size) {
    Outcome outcome = outcome_of(lines(text_.substr(0, size)));
    EXPECT_EQ(outcome.message, size % 2 != 0 ? odd_body : size % 4 != 0 ? odd_ciphertext : "no error") << size;
    EXPECT_EQ(outcome.reason, size % 4 != 0 ? "odd-length" : "");
  }
}

TEST_P(Damaged, ACharacterThatIsNoDigitIsFoundBehindTheLastByteToo) {
  for (std::size_t size = 60; size < text_.size(); ++size) {
    Outcome outcome = outcome_of(lines(text_.substr(0, size - 1) + "g"));
    EXPECT_EQ(outcome.message, place(size - 1) + "the vault body holds \"g\", which is not a hexadecimal digit")
        << size;
  }
}

/// A digit of hexadecimal that is no decimal digit is one of the outer text, and cannot be one of the inner.
TEST_P(Damaged, WhatIsNoDigitAtAllIsSaidFirst) {
  std::string damaged = text_;
  damaged[4] = 'a';
  EXPECT_EQ(outcome_of(lines(damaged)).reason, "inner-hex");
  damaged[299] = 'x';
  EXPECT_EQ(outcome_of(lines(damaged)).message,
            place(299) + "the vault body holds \"x\", which is not a hexadecimal digit");
}

}  // namespace
}  // namespace regvault::vault
