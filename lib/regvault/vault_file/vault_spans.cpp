#include <regvault/vault_file/vault_spans.hpp>

#include <algorithm>
#include <optional>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/vault_file/secrets.hpp>
#include <regvault/yaml/document.hpp>

namespace regvault::vault_file {
namespace {

std::string unused_word(std::string_view bytes) {
  std::string word = "vault";
  while (bytes.find(word) != bytes.npos) word += "x";
  return word;
}

/// The document puts a word of ours into the place of each vault; where the words are, the vaults were.
void add_spans(const yaml::Document& document, std::size_t number, std::vector<VaultSpan>& spans) {
  std::vector<yaml::Place> places = document.vaults();
  std::string word = unused_word(document.bytes());
  std::vector<std::string> words;
  for (std::size_t i = 0; i < places.size(); ++i) words.push_back(word + std::to_string(i));
  std::vector<std::optional<std::string_view>> texts(words.begin(), words.end());
  std::vector<yaml::PlainVault> shown;
  std::string text = document.with_plain_vaults(texts, shown);

  std::size_t at = 0, begin = 0;  // in `text`, and in the document's bytes
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const std::string& now = shown[i].shown;
    std::size_t found = text.find(now, at);
    std::string plain = "!vault-plain \"" + words[i] + "\"";
    std::size_t content = now.find(plain);
    if (found == text.npos || content == now.npos) {
      throw Error(ErrorCode::unsupported, "a vault that cannot be told from the text around it");
    }
    begin += found - at;
    spans.push_back({.begin = begin,
                     .end = begin + shown[i].source.size(),
                     .key = std::move(places[i].path),
                     .document = number,
                     .payload = std::move(shown[i].payload),
                     .before = now.substr(0, content),
                     .after = now.substr(content + plain.size())});
    at = found + now.size();
    begin = spans.back().end;
  }
}

bool is_hex(std::string_view line) {
  return !line.empty() && line.find_first_not_of("0123456789abcdefABCDEF") == line.npos;
}

std::vector<VaultSpan> spans_of_payloads(std::string_view bytes) {
  std::vector<VaultSpan> spans;
  std::size_t at = bytes.find("$ANSIBLE_VAULT;");
  while (at != bytes.npos) {
    VaultSpan span{.begin = at, .end = at};
    for (std::size_t line = at; line < bytes.size();) {
      std::size_t end = std::min(bytes.find('\n', line), bytes.size());
      std::string_view text = stripped(bytes.substr(line, end - line));
      if (line != at && !is_hex(text)) break;
      span.payload.append(text).append("\n");
      span.end = end;
      line = end + 1;
    }
    at = bytes.find("$ANSIBLE_VAULT;", span.end);
    spans.push_back(std::move(span));
  }
  return spans;
}

}  // namespace

VaultSpans vault_spans(std::string_view bytes, const std::string& name) {
  VaultSpans found;
  if (!may_hold_secrets(bytes)) return found;
  try {
    std::size_t number = 0;
    for (const yaml::Document& document : yaml::Document::parse_all(std::string(bytes), name)) {
      add_spans(document, number++, found.spans);
    }
  } catch (const Error&) {
    found = {.is_yaml = false, .spans = spans_of_payloads(bytes)};
  }
  return found;
}

}  // namespace regvault::vault_file
