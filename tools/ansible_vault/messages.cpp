#include "ansible_vault/messages.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace regvault::ansible_vault {
namespace {

constexpr int kFailed = 1, kOptions = 5, kUnexpected = 250;

/// Error::reason → what ansible-vault says and ends with. "{}" is the error's own text.
struct Row {
  std::string_view reason;
  int exit_code;
  std::string_view text;
};
constexpr Row kRows[] = {
    // payloads
    {"not-encrypted", kFailed, "Input is not vault encrypted data."},
    {"already-encrypted", kFailed, "input is already encrypted"},
    {"no-key", kFailed, "Decryption failed (no vault secrets were found that could decrypt)."},
    {"header", kFailed, "Vault envelope format error: {}"},
    {"cipher", kFailed, "cipher could not be found: {}"},
    {"hex-digit", kFailed, "Vault format unhexlify error: Non-hexadecimal digit found ({})"},
    {"inner-hex", kFailed, "Vault format unhexlify error: Non-hexadecimal digit found ({})"},
    {"odd-length", kFailed, "Vault format unhexlify error: Odd-length string"},
    {"no-hmac", kFailed, "Vault vaulttext format error: not enough values to unpack ({})"},
    {"no-ciphertext", kFailed, "Vault vaulttext format error: not enough values to unpack ({})"},
    {"size", kFailed, "Decryption failed (no vault secrets were found that could decrypt): {}"},
    {"empty-ciphertext", kUnexpected, "Unexpected Exception, this is probably a bug: Invalid padding bytes. ({})"},
    {"padding", kUnexpected, "Unexpected Exception, this is probably a bug: Invalid padding bytes. ({})"},
    {"ENOENT", kFailed, "Unable to read source file: {}"},
    // vault secrets
    {"bad-vault-id", kOptions, "{}"},
    {"no-answer", kFailed, "EOFError (ctrl-d) on prompt: {}"},
    {"empty-answer", kFailed, "Invalid vault password was provided: {}"},
    {"answers-differ", kFailed, "Passwords do not match"},
    {"empty-file", kFailed, "Invalid vault password was provided from file: {}"},
    {"empty-output", kFailed, "Invalid vault password was provided from script: {}"},
    {"client-not-found", kFailed, "{}"},
    {"bad-ansible-cfg", kOptions, "Error reading config file: {}"},
};

std::string filled(std::string_view text, std::string_view detail) {
  std::string out(text);
  std::size_t at = out.find("{}");
  if (at != std::string::npos) out.replace(at, 2, detail);
  return out;
}

/// As Ansible writes: a capital first (but in a name), and single quotes.
std::string sentence(const Error& error) {
  std::string place = error.what();
  place.resize(place.size() - error.message.size());
  std::string text = error.message;
  std::ranges::replace(text, '"', '\'');
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return place + text;
}

Failure by_table(const Error& error) {
  const Row* row =
      std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& r) { return r.reason == error.reason; });
  bool is_other_file = row != std::end(kRows) && row->reason == "ENOENT" && !error.message.starts_with("cannot read");
  if (row == std::end(kRows) || is_other_file) return {kFailed, sentence(error)};
  return {row->exit_code, filled(row->text, sentence(error))};
}

std::string hint_of(const Error& error) {
  return error.hint.empty() ? "" : "\nhint: " + error.hint;
}

}  // namespace

Failure option_failure(std::string text) {
  return {kOptions, std::move(text)};
}

Failure failure(const Error& error) {
  Failure failure = by_table(error);
  failure.text += hint_of(error);
  return failure;
}

Failure failure(const Error& error, std::string_view verb, std::string_view file) {
  Failure failure = by_table(error);
  if (verb == "rekey" && error.reason == "ENOENT") failure.exit_code = kUnexpected;  // as ansible-vault has it
  failure.text = "Failed to " + std::string(verb) + " '" + escaped(file) + "': " + failure.text + hint_of(error);
  return failure;
}

std::string source_failure(const std::optional<std::string>& label, const Error& error) {
  bool is_prompt = error.reason == "no-answer" || error.reason == "empty-answer" || error.reason == "answers-differ";
  std::string_view what = is_prompt                              ? "in vault password prompt"
                          : error.code == ErrorCode::file_access ? "getting vault password file"
                                                                 : "in vault password file loading";
  return "Error " + std::string(what) + " (" + label.value_or("None") + "): " + by_table(error).text;
}

std::string joined(const std::vector<std::string>& labels) {
  std::string out;
  for (const std::string& label : labels) out += (out.empty() ? "" : ",") + label;
  return out;
}

}  // namespace regvault::ansible_vault
