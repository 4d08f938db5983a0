#include <algorithm>

#include <regvault/system/file_update.hpp>
#include <regvault/vault_file/inline_block.hpp>

#include "ansible_vault/actions.hpp"

namespace regvault::ansible_vault {
namespace {

struct Plaintext {
  std::string name;
  SecretBytes text;
  std::string_view from;  ///< where it came from, in ansible-vault's words
};

Failure empty(std::string_view what) {
  return option_failure(std::string(what) + " empty, not encrypting");
}

/// Python's input(): the prompt goes to standard error on a terminal, else to standard output.
std::optional<SecretBytes> ask_shown(const tools::Session& session, std::string_view prompt) {
  (session.input_is_terminal && session.output_is_terminal ? session.complain : session.write)(prompt);
  return session.read_input_line();
}

/// It asks for a name even if --name is there: that one is for the first argument.
Plaintext prompted(const Context& context) {
  const tools::Session& session = context.session;
  std::optional<SecretBytes> name = ask_shown(session, "Variable name (enter for no name): ");
  if (!name) throw Failure(1, "EOFError (ctrl-d) on prompt");
  std::optional<SecretBytes> text = context.arguments.show_input
                                        ? ask_shown(session, "String to encrypt:")
                                        : context.surroundings().ask_hidden("String to encrypt (hidden): ");
  if (!text) throw Failure(1, "EOFError (ctrl-d) on prompt");
  if (text->empty()) throw empty("The plaintext provided from the prompt was");
  return {std::string(name->view()), std::move(*text), "the interactive prompt"};
}

Plaintext from_input(const Context& context) {
  const tools::Session& session = context.session;
  context.tell_terminal(session.output_is_terminal,
                        "Reading plaintext input from stdin. (ctrl-d to end input, twice if your content does not "
                        "already have a newline)");
  SecretBytes text = session.read_input();
  if (text.empty()) throw empty("stdin was");
  if (session.output_is_terminal && !text.view().ends_with('\n')) session.write("\n");
  return {context.arguments.stdin_name.value_or(""), std::move(text), "stdin"};
}

void warn_of_names(const Context& context, std::size_t strings) {
  const std::vector<std::string>& names = context.arguments.names;
  if (names.empty() || names.size() >= strings) return;
  context.session.complain(
      "The number of --name options do not match the number of args.\n"
      "The last named variable will be \"" +
      names.back() + "\". The rest will not have names.\n");
}

bool reads_input(const Arguments& arguments) {
  return std::ranges::count(arguments.operands, "-") > 0 || arguments.stdin_name.has_value() ||
         (arguments.operands.empty() && !arguments.prompt);
}

/// The prompt, then standard input, then the arguments.
std::vector<Plaintext> plaintexts(const Context& context) {
  const Arguments& arguments = context.arguments;
  std::vector<Plaintext> all;
  if (arguments.prompt) all.push_back(prompted(context));
  if (reads_input(arguments)) all.push_back(from_input(context));
  std::vector<std::string> strings = arguments.operands;
  std::erase(strings, "-");
  warn_of_names(context, strings.size());
  for (std::size_t i = 0; i < strings.size(); ++i) {
    if (strings[i].empty()) throw empty("The plaintext provided from the command line args was");
    std::string name = i < arguments.names.size() ? arguments.names[i] : "";
    all.push_back({name, SecretBytes::copy_of(strings[i]), "the command line args"});
  }
  return all;
}

std::string remark(const Plaintext& plaintext, std::size_t number) {
  std::string source = "the string #" + std::to_string(number) + " from " + std::string(plaintext.from);
  if (plaintext.name.empty()) return "# The encrypted version of " + source + ".)\n";
  return "# The encrypted version of variable (\"" + plaintext.name + "\", " + source + ").\n";
}

void write(const Context& context, std::string_view text) {
  const std::string output = context.output_path();
  if (output.empty() || output == "-") return context.session.write(text);
  FileUpdate update = FileUpdate::begin_or_create(output, 0600);
  update.start_afresh(0600);
  update.commit(text, context.warner());
}

}  // namespace

void encrypt_string(const Context& context) {
  context.check_output();
  if (context.arguments.prompt && reads_input(context.arguments)) {
    throw option_failure("The --prompt option is not supported if also reading input from stdin");
  }
  keys::Keyring keyring = context.load_secrets(true);
  const keys::Key& key = context.key_to_encrypt_with(keyring);
  std::vector<Plaintext> all = plaintexts(context);
  std::string blocks;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (vault::is_encrypted(all[i].text.view())) throw Failure(1, "input is already encrypted");
    vault::Sealing sealing = keyring.sealing(keys::label_for_header(key));
    blocks += vault_file::as_block(all[i].name, vault::seal(all[i].text.view(), key.password.view(), sealing));
    if (all.size() > 1) context.session.complain(remark(all[i], i + 1));
  }
  write(context, blocks);
  context.tell_terminal(context.session.output_is_terminal, "Encryption successful");
}

}  // namespace regvault::ansible_vault
