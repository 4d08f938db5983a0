#include "ansible_vault/options.hpp"

#include <algorithm>

namespace regvault::ansible_vault {
namespace {

constexpr Option kHelp{{"-h", "--help"}, "", Ask::help, "show this help and exit"};
constexpr Option kVersion{{"--version"}, "", Ask::version, "show the versions and exit"};
constexpr Option kVerbose{{"-v", "--verbose"},
                          "",
                          &Arguments::verbosity,
                          "say more about what is done; may be repeated, as in -vvv. Counts behind the action only"};

constexpr Option kVaultId{
    {"--vault-id"},
    "VAULT_IDS",
    &Arguments::vault_ids,
    "a vault secret, as LABEL@SOURCE or SOURCE, where the source is a file, a program or the word "
    "\"prompt\"; may be repeated"};
constexpr Option kAskPassword{{"-J", "--ask-vault-password", "--ask-vault-pass"},
                              "",
                              &Arguments::ask_password,
                              "ask for the vault password on the terminal",
                              Exclusion::password_source};
constexpr Option kPasswordFile{{"--vault-password-file", "--vault-pass-file"},
                               "VAULT_PASSWORD_FILES",
                               &Arguments::password_files,
                               "the file that holds the vault password, or the program that prints it; may be repeated",
                               Exclusion::password_source};

constexpr Option kOutput{
    {"--output"}, "OUTPUT_FILE", &Arguments::output, "write the result to this file; - is standard output"};
constexpr Option kEncryptVaultId{{"--encrypt-vault-id"},
                                 "ENCRYPT_VAULT_ID",
                                 &Arguments::encrypt_vault_id,
                                 "the label of the vault secret to encrypt with; needed when there is more than one"};
constexpr Option kSkipTtyCheck{
    {"--skip-tty-check"}, "", &Arguments::skip_tty_check, "start the editor even when standard output is no terminal"};

constexpr Option kPrompt{{"-p", "--prompt"}, "", &Arguments::prompt, "ask for the string on the terminal"};
constexpr Option kShowInput{{"--show-input"}, "", &Arguments::show_input, "show the string while it is typed"};
constexpr Option kName{
    {"-n", "--name"}, "ENCRYPT_STRING_NAMES", &Arguments::names, "the name of the variable; repeat it for each string"};
constexpr Option kStdinName{{"--stdin-name"},
                            "ENCRYPT_STRING_STDIN_NAME",
                            &Arguments::stdin_name,
                            "the name of the variable that is read from standard input"};

constexpr Option kNewPasswordFile{{"--new-vault-password-file"},
                                  "NEW_VAULT_PASSWORD_FILE",
                                  &Arguments::new_password_file,
                                  "the file that holds the new vault password, or the program that prints it",
                                  Exclusion::new_password};
constexpr Option kNewVaultId{{"--new-vault-id"},
                             "NEW_VAULT_ID",
                             &Arguments::new_vault_id,
                             "the new vault secret, as for --vault-id",
                             Exclusion::new_password};

constexpr std::string_view kFile = "file_name";
constexpr std::string_view kFiles = "The files";
constexpr std::string_view kFilesOrStdin = "The files; none: standard input";

}  // namespace

std::span<const std::string_view> Option::names() const {
  auto end = std::find(spellings.begin(), spellings.end(), std::string_view());
  return {spellings.begin(), end};
}

std::string Option::title() const {
  std::string title;
  for (std::string_view name : names()) title += (title.empty() ? "" : "/") + std::string(name);
  return title;
}

const Option* Parser::find(std::string_view spelling) const {
  for (const Option* option : options) {
    auto names = option->names();
    if (std::find(names.begin(), names.end(), spelling) != names.end()) return option;
  }
  return nullptr;
}

const Parser& main_parser() {
  static const Parser parser{"ansible-vault", "", "", "", "", Action::view, {&kHelp, &kVersion, &kVerbose}};
  return parser;
}

std::span<const Parser> action_parsers() {
  static const Parser parsers[] = {
      {"ansible-vault create",
       "create",
       "Write a new encrypted file in an editor",
       kFile,
       "The file to create",
       Action::create,
       {&kHelp, &kEncryptVaultId, &kVaultId, &kAskPassword, &kPasswordFile, &kVerbose, &kSkipTtyCheck}},
      {"ansible-vault decrypt",
       "decrypt",
       "Turn encrypted files into plain ones",
       kFile,
       kFilesOrStdin,
       Action::decrypt,
       {&kHelp, &kOutput, &kVaultId, &kAskPassword, &kPasswordFile, &kVerbose}},
      {"ansible-vault edit",
       "edit",
       "Change encrypted files in an editor",
       kFile,
       kFiles,
       Action::edit,
       {&kHelp, &kEncryptVaultId, &kVaultId, &kAskPassword, &kPasswordFile, &kVerbose}},
      {"ansible-vault view",
       "view",
       "Show what encrypted files hold",
       kFile,
       kFiles,
       Action::view,
       {&kHelp, &kVaultId, &kAskPassword, &kPasswordFile, &kVerbose}},
      {"ansible-vault encrypt",
       "encrypt",
       "Turn plain files into encrypted ones",
       kFile,
       kFilesOrStdin,
       Action::encrypt,
       {&kHelp, &kVaultId, &kAskPassword, &kPasswordFile, &kVerbose, &kOutput, &kEncryptVaultId}},
      {"ansible-vault encrypt_string",
       "encrypt_string",
       "Print strings as encrypted values for YAML",
       "string_to_encrypt",
       "The strings; none, or -: standard input. What stands here is seen by every user of the machine",
       Action::encrypt_string,
       {&kHelp, &kVaultId, &kAskPassword, &kPasswordFile, &kVerbose, &kOutput, &kEncryptVaultId, &kPrompt, &kShowInput,
        &kName, &kStdinName}},
      {"ansible-vault rekey",
       "rekey",
       "Encrypt files with another password",
       kFile,
       kFiles,
       Action::rekey,
       {&kHelp, &kVaultId, &kAskPassword, &kPasswordFile, &kVerbose, &kEncryptVaultId, &kNewPasswordFile,
        &kNewVaultId}},
  };
  return parsers;
}

const Parser* find_action(std::string_view name) {
  auto parsers = action_parsers();
  auto found = std::find_if(parsers.begin(), parsers.end(), [name](const Parser& p) { return p.name == name; });
  return found == parsers.end() ? nullptr : &*found;
}

}  // namespace regvault::ansible_vault
