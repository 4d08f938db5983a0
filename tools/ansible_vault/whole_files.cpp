/// encrypt, decrypt, rekey, view: files that are one vault as a whole.
#include <regvault/system/pager.hpp>

#include "ansible_vault/actions.hpp"

namespace regvault::ansible_vault {
namespace {

constexpr int kUnexpected = 250;

/// ansible-vault leaves new files, 0600 and the caller's, wherever it writes.
vault_file::Route route(const Context& context, const std::string& file) {
  return {.source = file, .destination = context.output_path(), .afresh = true};
}

}  // namespace

void encrypt(const Context& context) {
  context.check_output();
  keys::Keyring keyring = context.load_secrets(true);
  const keys::Key& key = context.key_to_encrypt_with(keyring);
  for_each_file(context, "encrypt", true, [&](const std::string& file) {
    context.tell_terminal(file == "-" && context.session.input_is_terminal, "Reading plaintext input from stdin");
    vault_file::encrypt(route(context, file), context.session.streams(), key,
                        keyring.sealing(keys::label_for_header(key)), context.warner());
  });
  context.tell_terminal(context.session.output_is_terminal, "Encryption successful");
}

void decrypt(const Context& context) {
  context.check_output();
  keys::Keyring keyring = context.load_secrets(false);
  for_each_file(context, "decrypt", true, [&](const std::string& file) {
    context.tell_terminal(file == "-" && context.session.input_is_terminal, "Reading ciphertext input from stdin");
    vault_file::decrypt(route(context, file), context.session.streams(), keyring, context.warner());
  });
  context.tell_terminal(context.session.output_is_terminal, "Decryption successful");
}

void rekey(const Context& context) {
  keys::Keyring old_keys = context.load_secrets(false);
  keys::Keyring new_keys = context.load_new_secrets();
  const keys::Key& key =
      context.encrypt_vault_id().empty() ? new_keys.first_key() : context.key_to_encrypt_with(new_keys);
  for_each_file(context, "rekey", false, [&](const std::string& file) {
    if (file == "-") throw Failure(kUnexpected, "rekey cannot write to standard input");
    vault_file::OpenFile open = vault_file::open_file(file, context.session.streams(), old_keys);
    vault_file::save(open, open.plaintext.view(), key, new_keys.sealing(keys::label_for_header(key)), context.warner());
  });
  context.session.complain("Rekey successful\n");
}

void view(const Context& context) {
  keys::Keyring keyring = context.load_secrets(false);
  for_each_file(context, "view", false, [&](const std::string& file) {
    vault_file::OpenFile open = vault_file::open_file(file, context.session.streams(), keyring);
    std::string_view text = open.plaintext.view();
    if (context.session.output_is_terminal) {
      const Environment& environment = context.session.environment;
      return page(text, find_pager(environment, context.config.pager), environment);
    }
    context.session.write(text);
    if (!text.ends_with('\n')) context.session.write("\n");
  });
}

}  // namespace regvault::ansible_vault
