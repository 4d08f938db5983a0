// What the verbs for whole files refuse: the whole message, the exit code, and that every file is as it was.
#include "whole_files.hpp"

namespace regvault::tools {
namespace {

constexpr const char* kUntold = "regvault: hint: --vault-id LABEL@FILE or --vault-password-file FILE names another\n";

struct WholeFileRefusal {
  const char* name;
  std::vector<std::string> arguments;
  int code;
  std::string error;        // the whole of standard error
  const char* input = "";   // %VAULT% stands for the bytes of vault.yml
  const char* editor = "";  // a script
};

class WholeFileRefusals : public WholeFiles, public testing::WithParamInterface<WholeFileRefusal> {};

TEST_P(WholeFileRefusals, SayWhyAndChangeNothing) {
  const WholeFileRefusal& row = GetParam();
  write("wrong", "wrong password\n");
  write("broken", "$ANSIBLE_VAULT;1.1;AES256\n363\n");
  write("rot13", "$ANSIBLE_VAULT;1.1;ROT13\n3636\n");
  if (*row.editor != 0) set_editor(row.editor);
  if (std::count(row.arguments.begin(), row.arguments.end(), "DIR/wrong") > 0) {
    variables_.erase("ANSIBLE_VAULT_PASSWORD_FILE");
  }
  std::map<std::string, std::string> before;
  for (const auto& file : fs::directory_iterator(directory_)) before[file.path()] = read(file.path().filename());
  EXPECT_EQ(go(row.arguments, replaced(row.input, "%VAULT%", read("vault.yml"))), row.code);
  EXPECT_EQ(err_, row.error);
  EXPECT_EQ(out_, "");
  std::map<std::string, std::string> after;
  for (const auto& file : fs::directory_iterator(directory_)) after[file.path()] = read(file.path().filename());
  EXPECT_EQ(after, before);
}

std::string error(const std::string& text) {
  return "regvault: error: " + text + "\n";
}

std::string error(const std::string& text, const std::string& hint) {
  return error(text) + "regvault: hint: " + hint + "\n";
}

const std::vector<WholeFileRefusal>& refusals() {
  const std::string kNoVault = "this is not vault encrypted data: it does not begin with \"$ANSIBLE_VAULT\"";
  const std::string kIsVault = " is encrypted already";
  static const std::vector<WholeFileRefusal> rows{
      // the command line
      {"encrypt_nothing", {"encrypt"}, 2, error("FILE is required", "regvault encrypt --help")},
      {"decrypt_nothing", {"decrypt"}, 2, error("FILE is required", "regvault decrypt --help")},
      {"view_nothing", {"view"}, 2, error("FILE is required", "regvault view --help")},
      {"edit_nothing", {"edit"}, 2, error("FILE is required", "regvault edit --help")},
      {"create_nothing", {"create"}, 2, error("FILE is required", "regvault create --help")},
      {"rekey_nothing", {"rekey"}, 2, error("PATH is required", "regvault rekey --help")},
      {"view_two",
       {"view", "DIR/vault.yml", "DIR/dev.yml"},
       2,
       error("more arguments than \"regvault view\" takes", "regvault view --help")},
      {"decrypt_string_argument",
       {"decrypt_string", "x"},
       2,
       error("more arguments than \"regvault decrypt_string\" takes", "regvault decrypt_string --help")},
      {"encrypt_two_to_one",
       {"encrypt", "--output", "DIR/out", "DIR/plain.yml", "DIR/pw"},
       2,
       error("--output goes with one FILE only")},
      {"decrypt_two_to_one",
       {"decrypt", "--output", "DIR/out", "DIR/vault.yml", "DIR/dev.yml"},
       2,
       error("--output goes with one FILE only")},
      {"decrypt_two_to_standard_output",
       {"decrypt", "DIR/vault.yml", "DIR/dev.yml"},
       2,
       error("several files cannot be written to one standard output", "--in-place decrypts each where it is")},
      {"encrypt_standard_input_and_a_file",
       {"encrypt", "-", "DIR/plain.yml"},
       2,
       error("\"-\" (standard input) goes with no other FILE")},
      {"decrypt_in_place_to_a_file",
       {"decrypt", "--in-place", "--output", "DIR/out", "DIR/vault.yml"},
       2,
       error("--output excludes --in-place", "regvault decrypt --help")},
      {"rekey_two_new_ones",
       {"rekey", "--new-vault-id", "DIR/new", "--new-vault-password-file", "DIR/new", "DIR/vault.yml"},
       2,
       error("--new-vault-id excludes --new-vault-password-file", "regvault rekey --help")},
      {"rekey_without_a_terminal",
       {"rekey", "DIR/vault.yml"},
       2,
       error("no new vault secret is given, and there is no terminal to ask on",
             "give it with --new-vault-id [LABEL@]FILE or --new-vault-password-file FILE")},
      {"rekey_standard_input",
       {"rekey", "--new-vault-id", "DIR/new", "-"},
       2,
       error("standard input cannot be changed in place")},
      {"edit_standard_input", {"edit", "-"}, 2, error("standard input cannot be changed in place")},
      {"encrypt_one_of_two_vault_ids",
       {"encrypt", "--vault-id", "dev@DIR/dev", "DIR/plain.yml"},
       2,
       error("the vault ids \"dev\", \"default\" are available to encrypt", "--encrypt-vault-id dev")},
      {"edit_with_a_failing_editor",
       {"edit", "DIR/vault.yml"},
       9,
       error("the editor \"DIR/editor\" failed (exit code 3); nothing was changed"),
       "",
       "echo x >\"$1\"; exit 3"},
      // what is in the files
      {"decrypt_no_vault", {"decrypt", "DIR/plain.yml"}, 5, error("DIR/plain.yml: " + kNoVault)},
      {"view_no_vault", {"view", "DIR/plain.yml"}, 5, error("DIR/plain.yml: " + kNoVault)},
      {"rekey_no_vault",
       {"rekey", "--new-vault-id", "DIR/new", "DIR/plain.yml"},
       5,
       error("DIR/plain.yml: " + kNoVault)},
      {"decrypt_no_vault_piped", {"decrypt", "-"}, 5, error("standard input: " + kNoVault), "text"},
      {"decrypt_broken",
       {"decrypt", "--in-place", "DIR/broken"},
       5,
       error("DIR/broken: the vault body has an odd number of hexadecimal digits: it was cut, or a digit was lost")},
      {"decrypt_another_cipher", {"decrypt", "DIR/rot13"}, 8, error("DIR/rot13:1: cipher \"ROT13\" is not known")},
      {"encrypt_a_vault_elsewhere",
       {"encrypt", "--output", "DIR/out", "DIR/vault.yml"},
       8,
       error("\"DIR/vault.yml\"" + kIsVault)},
      {"encrypt_a_vault_piped", {"encrypt", "-"}, 8, error("\"standard input\"" + kIsVault), "%VAULT%"},
      {"encrypt_string_of_a_vault", {"encrypt_string"}, 8, error("the text" + kIsVault), "$ANSIBLE_VAULT;1.1;AES256"},
      {"decrypt_string_nothing",
       {"decrypt_string"},
       5,
       error("there is no vault payload in standard input", "it begins with $ANSIBLE_VAULT;"),
       "key: text\n"},
      {"decrypt_string_broken",
       {"decrypt_string"},
       5,
       error("standard input: the vault body has an odd number of hexadecimal digits: it was cut, or a digit was lost"),
       "key: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  363\n"},
      // the vault secrets
      {"decrypt_with_a_wrong_one",
       {"decrypt", "--in-place", "--vault-id", "DIR/wrong", "DIR/vault.yml"},
       6,
       error("no vault secret at hand opens \"DIR/vault.yml\"") + kUntold},
      {"view_with_a_wrong_one",
       {"view", "--vault-id", "DIR/wrong", "DIR/dev.yml"},
       6,
       error("no vault secret at hand opens \"DIR/dev.yml\" (vault id \"dev\")") + kUntold},
      {"edit_with_a_wrong_one",
       {"edit", "--vault-id", "DIR/wrong", "DIR/vault.yml"},
       6,
       error("no vault secret at hand opens \"DIR/vault.yml\"") + kUntold,
       "",
       "echo x >\"$1\""},
      {"rekey_with_a_wrong_one",
       {"rekey", "--vault-id", "DIR/wrong", "--new-vault-id", "DIR/new", "DIR/vault.yml"},
       6,
       error("no vault secret at hand opens \"DIR/vault.yml\"") + kUntold},
      {"decrypt_string_with_a_wrong_one",
       {"decrypt_string", "--vault-id", "DIR/wrong"},
       6,
       error("no vault secret at hand opens the payload in standard input") + kUntold,
       "%VAULT%"},
      {"encrypt_without_a_password_file",
       {"encrypt", "--vault-password-file", "DIR/nope", "--vault-id", "DIR/wrong", "DIR/nope.yml"},
       7,
       "regvault: warning: the vault password file \"DIR/nope\" was not found\n" +
           error("cannot read \"DIR/nope.yml\": No such file or directory")},
      // the files themselves
      {"decrypt_missing", {"decrypt", "DIR/nope"}, 7, error("cannot read \"DIR/nope\": No such file or directory")},
      {"view_missing", {"view", "DIR/nope"}, 7, error("cannot read \"DIR/nope\": No such file or directory")},
      {"edit_missing", {"edit", "DIR/nope"}, 7, error("cannot read \"DIR/nope\": No such file or directory")},
      {"encrypt_a_directory", {"encrypt", "DIR"}, 7, error("cannot read \"DIR\": Is a directory")},
      {"encrypt_to_nowhere",
       {"encrypt", "--output", "DIR/no/out", "DIR/plain.yml"},
       7,
       error("cannot create \"DIR/no/out\": No such file or directory")},
      {"create_what_is_there",
       {"create", "DIR/plain.yml"},
       7,
       error("cannot create \"DIR/plain.yml\": File exists"),
       "",
       "echo x >\"$1\""},
      {"create_in_no_directory",
       {"create", "DIR/no/made.yml"},
       7,
       error("cannot create \"DIR/no/made.yml\": No such file or directory"),
       "",
       "echo x >\"$1\""},
      {"create_nothing_written",
       {"create", "DIR/made.yml"},
       3,
       error("nothing was written, so \"DIR/made.yml\" was not made"),
       "",
       "exit 0"},
      {"create_with_a_failing_editor",
       {"create", "DIR/made.yml"},
       9,
       error("the editor \"DIR/editor\" failed (exit code 3); nothing was changed"),
       "",
       "echo x >\"$1\"; exit 3"}};
  return rows;
}

INSTANTIATE_TEST_SUITE_P(Table, WholeFileRefusals, testing::ValuesIn(refusals()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace regvault::tools
