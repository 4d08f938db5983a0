#include "regvault/report.hpp"

namespace regvault::tools {
namespace {

/// Blanks up to the caret; tabs stay tabs, so that the caret stands where the source's column is.
std::string blanks_before(const std::string& excerpt, std::size_t column) {
  std::string blanks;
  std::size_t seen = 0;
  for (char c : excerpt) {
    bool continues_a_character = (c & 0xc0) == 0x80;
    if (continues_a_character) continue;
    if (++seen >= column) break;
    blanks += c == '\t' ? '\t' : ' ';
  }
  return blanks;
}

}  // namespace

std::string report(const Error& error) {
  std::string text = std::string("regvault: error: ") + error.what() + "\n";
  const Where& where = error.where;
  if (!where.excerpt.empty()) {
    std::string line = std::to_string(where.line);
    text += "  " + line + " | " + where.excerpt + "\n";
    text += "  " + std::string(line.size(), ' ') + " | " + blanks_before(where.excerpt, where.column) + "^";
    text += (where.note.empty() ? "" : " " + where.note) + "\n";
  } else if (!where.note.empty()) {
    text += "regvault: note: " + where.note + "\n";
  }
  if (!error.hint.empty()) text += "regvault: hint: " + error.hint + "\n";
  return text;
}

}  // namespace regvault::tools
