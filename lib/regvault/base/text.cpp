#include <regvault/base/text.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <numeric>

namespace regvault {
namespace {

/// Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({change, last[j] + 1, row[j - 1] + 1});
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

/// How many bytes of ASCII come first, as far as they fill words. Most text is nothing else.
std::size_t ascii_words(std::string_view text) {
  std::size_t size = 0;
  for (std::uint64_t word = 0; text.size() - size >= sizeof word; size += sizeof word) {
    std::memcpy(&word, text.data() + size, sizeof word);
    if ((word & 0x8080808080808080) != 0) break;
  }
  return size;
}

}  // namespace

std::string_view stripped(std::string_view text, std::string_view unwanted) {
  std::size_t begin = text.find_first_not_of(unwanted);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(unwanted) - begin + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find(separator, begin)) != std::string_view::npos; begin = end + 1) {
    parts.push_back(text.substr(begin, end - begin));
  }
  parts.push_back(text.substr(begin));
  return parts;
}

std::string lowercase(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool is_utf8(std::string_view text) {
  std::size_t i = 0;
  auto continues = [&](std::size_t at) { return at < text.size() && (text[at] & 0xc0) == 0x80; };
  while ((i += ascii_words(text.substr(i))) < text.size()) {
    auto first = static_cast<unsigned char>(text[i]);
    std::size_t length = first < 0x80   ? 1
                         : first < 0xc2 ? 0
                         : first < 0xe0 ? 2
                         : first < 0xf0 ? 3
                         : first < 0xf5 ? 4
                                        : 0;
    if (length == 0) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if (!continues(i + k)) return false;
    }
    auto second = length > 1 ? static_cast<unsigned char>(text[i + 1]) : std::uint8_t{0};
    bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    bool surrogate = first == 0xed && second > 0x9f;
    bool too_large = first == 0xf4 && second > 0x8f;
    if (overlong || surrogate || too_large) return false;
    i += length;
  }
  return true;
}

std::string as_utf8(std::string_view text) {
  std::string out(text);
  if (is_utf8(out)) return out;
  for (char& c : out) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return out;
}

std::optional<std::string_view> closest(std::string_view text, std::span<const std::string_view> candidates) {
  std::optional<std::string_view> best;
  std::size_t best_distance = std::max<std::size_t>(1, text.size() / 3) + 1;
  for (std::string_view candidate : candidates) {
    std::size_t d = distance(text, candidate);
    if (d < best_distance) {
      best = candidate;
      best_distance = d;
    }
  }
  return best;
}

}  // namespace regvault
