/// The arguments of ansible-vault, read as Python's argparse reads them.
///
///     Arguments arguments = parse_arguments({"encrypt", "--vault-i", "dev@pw.txt", "a.yml"});
///
/// The options are those of ansible-core 2.21, the rules those of argparse in Python 3.11, seen by running both:
/// - long options may be shortened while that is unambiguous; `--opt value` and `--opt=value`, `-n VALUE` and
///   `-nVALUE` mean the same, and flags share a word (`-vvv`, `-pn VALUE`);
/// - the first `--` ends the options and is dropped; a word with a blank in it, a lone `-`, an empty word and a
/// negative
///   number are operands;
/// - every word is judged before any is acted on: an ambiguous option is an error even behind --help. Otherwise the
///   words act in their order, and --help answers whatever is wrong behind it;
/// - the words behind the action are judged by the main parser, too: `encrypt --ver` is the main parser's ambiguity
///   between --version and --verbose;
/// - before the action stand --version, --help and -v only, and that -v counts for nothing;
/// - of two options that exclude each other, the second one is the error.
///
/// One thing is more lenient than argparse: options and operands may stand in any order. argparse refuses operands
/// behind an option behind an operand (`encrypt a.yml --output b c.yml`) as "unrecognized arguments: c.yml". Here an
/// operand is always taken, and so never repeated in an error: of encrypt_string it is a secret.
///
/// Throws UsageError, and, for --help and --version, Answer: both are complete texts.
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace regvault::ansible_vault {

enum class Action { create, decrypt, edit, view, encrypt, encrypt_string, rekey };

/// Paths are as they were typed: nothing is expanded or made absolute here.
struct Arguments {
  Action action = Action::view;
  std::vector<std::string> operands = {};  ///< files, or the strings of encrypt_string

  // the vault secrets, every action
  std::vector<std::string> vault_ids = {};       ///< --vault-id
  std::vector<std::string> password_files = {};  ///< --vault-password-file, --vault-pass-file
  bool ask_password = false;                     ///< -J, --ask-vault-password, --ask-vault-pass
  int verbosity = 0;                             ///< -v behind the action

  // some actions
  std::optional<std::string> output = {};             ///< encrypt, decrypt, encrypt_string: --output
  std::optional<std::string> encrypt_vault_id = {};   ///< create, edit, encrypt, encrypt_string, rekey
  std::optional<std::string> new_vault_id = {};       ///< rekey
  std::optional<std::string> new_password_file = {};  ///< rekey: --new-vault-password-file
  bool skip_tty_check = false;                        ///< create
  bool prompt = false;                                ///< encrypt_string: -p, --prompt
  bool show_input = false;                            ///< encrypt_string
  std::vector<std::string> names = {};                ///< encrypt_string: -n, --name
  std::optional<std::string> stdin_name = {};         ///< encrypt_string
};

/// The usage line and the message, as argparse prints them, then the main help: for standard error, exit code 2.
struct UsageError : std::exception {
  explicit UsageError(std::string complete_text, bool unknown = false)
      : text(std::move(complete_text)), unknown_option(unknown) {}
  const char* what() const noexcept override { return text.c_str(); }
  std::string text;
  bool unknown_option;  ///< which another ansible-vault may know
};

/// What --help or --version asked for: for standard output, exit code 0.
struct Answer : std::exception {
  explicit Answer(std::string complete_text) : text(std::move(complete_text)) {}
  const char* what() const noexcept override { return text.c_str(); }
  std::string text;
};

/// `words` without the program's name.
Arguments parse_arguments(const std::vector<std::string>& words);

}  // namespace regvault::ansible_vault
