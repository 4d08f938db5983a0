#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/keys/keyring.hpp>
#include <regvault/vault_file/inline_block.hpp>

#include "regvault/commands.hpp"
#include "regvault/key_options.hpp"

namespace regvault::tools {
namespace {

struct Options {
  std::vector<std::string> strings;
  std::vector<std::string> names;
  std::string stdin_name;
  keys::KeyRequest keys;
  std::optional<std::string> encrypt_vault_id;
};

struct Plaintext {
  std::string name;  ///< empty: print the value alone
  SecretBytes text;
};

/// Standard input, or, when that is a terminal, a hidden prompt: what is typed there is a secret.
SecretBytes read_input(Session& session) {
  if (session.input_is_terminal && session.ask_hidden) {
    std::optional<SecretBytes> answer = session.ask_hidden("String to encrypt (hidden): ");
    if (!answer || answer->empty()) throw Error(ErrorCode::declined, "no value was entered, nothing is encrypted");
    return std::move(*answer);
  }
  SecretBytes text = session.read_input();
  if (text.empty()) throw Error(ErrorCode::usage, "standard input was empty, nothing is encrypted");
  if (text.view().ends_with('\n')) session.say("note: the text ends with a newline, which is encrypted with it");
  return text;
}

/// Standard input first, then the arguments; names go to the arguments in order, as ansible-vault pairs them.
std::vector<Plaintext> plaintexts(const Options& options, Session& session) {
  std::vector<Plaintext> all;
  bool dash = std::find(options.strings.begin(), options.strings.end(), "-") != options.strings.end();
  if (options.strings.empty() || dash || !options.stdin_name.empty()) {
    bool name_for_input = options.stdin_name.empty() && options.strings.empty() && !options.names.empty();
    all.push_back({name_for_input ? options.names.front() : options.stdin_name, read_input(session)});
  }
  std::size_t named = 0;
  for (const std::string& argument : options.strings) {
    if (argument == "-") continue;
    if (argument.empty()) throw Error(ErrorCode::usage, "an argument is empty, nothing is encrypted");
    all.push_back({named < options.names.size() ? options.names[named] : "", SecretBytes::copy_of(argument)});
    ++named;
  }
  if (named != 0)
    session.warner()("arguments are visible in the process list and the shell's history: prefer standard input");
  return all;
}

int encrypt_string(const Options& options, Session& session) {
  std::vector<Plaintext> all = plaintexts(options, session);
  keys::KeyRequest request = options.keys;
  request.confirm_prompts = true;
  keys::Keyring keyring = load_keyring(request, session);
  const keys::Key& key = keyring.key_for_encryption(options.encrypt_vault_id);
  std::string output;
  for (const Plaintext& plaintext : all) {
    if (vault::is_encrypted(plaintext.text.view())) {
      throw Error(ErrorCode::unsupported, "the text is encrypted already", {}, {}, "already-encrypted");
    }
    vault::Sealing sealing = keyring.sealing(keys::label_for_header(key));
    output += vault_file::as_block(plaintext.name, vault::seal(plaintext.text.view(), key.password.view(), sealing));
  }
  session.write(output);
  return 0;
}

}  // namespace

Action configure_encrypt_string(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  app.add_option("STRING", options->strings, "Text to encrypt; \"-\" or none: standard input")->type_name("");
  app.add_option("--stdin-name", options->stdin_name, "The variable's name for standard input")->type_name("NAME");
  app.add_option("-n,--name", options->names, "The variable's name for the next STRING (repeatable)")
      ->type_name("NAME")
      ->allow_extra_args(false);
  add_key_options(app, options->keys);
  add_encrypt_option(app, options->encrypt_vault_id);
  app.footer(
      "\nPrints the text ansible-vault encrypt_string prints, to be pasted into a YAML file; \"regvault set\" writes "
      "it "
      "there itself.\n\n"
      "Examples:\n"
      "  printf %s \"$TOKEN\" | regvault encrypt_string --stdin-name ghcr_pat\n"
      "  regvault encrypt_string --vault-id prod@prod.txt --stdin-name ghcr_pat < token.txt");
  return [options, &session] { return encrypt_string(*options, session); };
}

}  // namespace regvault::tools
