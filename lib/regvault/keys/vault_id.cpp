#include <regvault/keys/vault_id.hpp>

#include <algorithm>

#include <regvault/base/error.hpp>

namespace regvault::keys {
namespace {

bool breaks_a_header(char c) {
  return c == ';' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

VaultId parse_vault_id(std::string_view text) {
  std::size_t at = text.find('@');
  if (at == std::string_view::npos) return {std::nullopt, std::string(text)};
  std::string_view label = text.substr(0, at);
  if (auto found = std::ranges::find_if(label, breaks_a_header); found != label.end()) {
    throw Error(ErrorCode::usage,
                in_quotes(text) + " is not a valid vault id: the character " + in_quotes(std::string_view(&*found, 1)) +
                    " is not allowed in a label",
                {}, {}, "bad-vault-id");
  }
  VaultId id{std::nullopt, std::string(text.substr(at + 1))};
  if (!label.empty()) id.label = label;
  return id;
}

}  // namespace regvault::keys
