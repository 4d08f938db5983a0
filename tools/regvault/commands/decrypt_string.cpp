#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/vault_file/inline_block.hpp>

#include "regvault/commands.hpp"
#include "regvault/key_options.hpp"

namespace regvault::tools {
namespace {

constexpr const char* kName = "standard input";

int decrypt_string(const keys::KeyRequest& request, Session& session) {
  SecretBytes input = session.read_input();
  std::optional<std::string> payload = vault_file::payload_in(input.view());
  if (!payload) {
    throw Error(ErrorCode::malformed, "there is no vault payload in standard input", "it begins with $ANSIBLE_VAULT;",
                {}, "not-encrypted");
  }
  keys::Keyring keyring = load_keyring(request, session);
  std::optional<keys::Keyring::Opened> opened = keyring.open(*payload, kName);
  if (!opened) throw keys::no_key_opens("the payload in standard input", "");
  session.write(opened->plaintext.view());
  if (session.output_is_terminal && !opened->plaintext.view().ends_with('\n')) session.write("\n");
  return 0;
}

}  // namespace

Action configure_decrypt_string(CLI::App& app, Session& session) {
  auto keys = std::make_shared<keys::KeyRequest>();
  add_key_options(app, *keys);
  app.footer(
      "\nReads a \"key: !vault |\" block, indented as it may be, or a bare payload; prints the exact bytes (on a "
      "terminal "
      "with a newline).\n\n"
      "Examples:\n"
      "  regvault decrypt_string < block.yml\n"
      "  regvault encrypt_string --stdin-name ghcr_pat < token.txt | regvault decrypt_string");
  return [keys, &session] { return decrypt_string(*keys, session); };
}

}  // namespace regvault::tools
