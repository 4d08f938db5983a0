#include "regvault/table.hpp"

#include <algorithm>

#include <regvault/base/error.hpp>

namespace regvault::tools {
namespace {

std::string shown(const std::string& cell) {
  return cell.empty() ? "-" : escaped(cell);
}

/// Characters, not bytes.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(shown(row[i])));
  }
  std::string out;
  for (const std::vector<std::string>& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      std::string cell = shown(row[i]);
      out += cell;
      if (i + 1 < row.size()) out += std::string(widths[i] - width(cell) + 2, ' ');
    }
    out += "\n";
  }
  return out;
}

}  // namespace regvault::tools
