#include "ansible_vault/arguments.hpp"

#include <gmock/gmock.h>

#include "ansible_vault/help.hpp"
#include "ansible_vault/options.hpp"

namespace regvault::ansible_vault {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using Words = std::vector<std::string>;

std::string error_of(const Words& words) {
  try {
    parse_arguments(words);
  } catch (const UsageError& error) {
    return error.text;
  } catch (const Answer&) {
    return "(an answer)";
  }
  return "(accepted)";
}

std::string answer_to(const Words& words) {
  try {
    parse_arguments(words);
  } catch (const UsageError& error) {
    return error.text;
  } catch (const Answer& answer) {
    return answer.text;
  }
  return "(accepted)";
}

constexpr char kMainUsage[] =
    "usage: ansible-vault [-h] [--version] [-v]\n"
    "                     {create,decrypt,edit,view,encrypt,encrypt_string,rekey}\n"
    "                     ...\n";

constexpr char kViewUsage[] =
    "usage: ansible-vault view [-h] [--vault-id VAULT_IDS]\n"
    "                          [-J | --vault-password-file VAULT_PASSWORD_FILES]\n"
    "                          [-v]\n"
    "                          [file_name ...]\n";

constexpr char kRekeyUsage[] =
    "usage: ansible-vault rekey [-h] [--vault-id VAULT_IDS]\n"
    "                           [-J | --vault-password-file VAULT_PASSWORD_FILES]\n"
    "                           [-v] [--encrypt-vault-id ENCRYPT_VAULT_ID]\n"
    "                           [--new-vault-password-file NEW_VAULT_PASSWORD_FILE | --new-vault-id NEW_VAULT_ID]\n"
    "                           [file_name ...]\n";

constexpr char kEncryptStringUsage[] =
    "usage: ansible-vault encrypt_string [-h] [--vault-id VAULT_IDS]\n"
    "                                    [-J | --vault-password-file VAULT_PASSWORD_FILES]\n"
    "                                    [-v] [--output OUTPUT_FILE]\n"
    "                                    [--encrypt-vault-id ENCRYPT_VAULT_ID] [-p]\n"
    "                                    [--show-input] [-n ENCRYPT_STRING_NAMES]\n"
    "                                    [--stdin-name ENCRYPT_STRING_STDIN_NAME]\n"
    "                                    [string_to_encrypt ...]\n";

constexpr char kMainHelp[] =
    "\n"
    "Encrypt, decrypt and change the vault files and vault values of Ansible. Takes\n"
    "the commands and options of ansible-core 2.21.\n"
    "\n"
    "positional arguments:\n"
    "  {create,decrypt,edit,view,encrypt,encrypt_string,rekey}\n"
    "    create              Write a new encrypted file in an editor\n"
    "    decrypt             Turn encrypted files into plain ones\n"
    "    edit                Change encrypted files in an editor\n"
    "    view                Show what encrypted files hold\n"
    "    encrypt             Turn plain files into encrypted ones\n"
    "    encrypt_string      Print strings as encrypted values for YAML\n"
    "    rekey               Encrypt files with another password\n"
    "\n"
    "options:\n"
    "  --version             show the versions and exit\n"
    "  -h, --help            show this help and exit\n"
    "  -v, --verbose         say more about what is done; may be repeated, as in\n"
    "                        -vvv. Counts behind the action only\n"
    "\n"
    "See 'ansible-vault <command> --help' for more information on a specific\n"
    "command.\n";

TEST(Arguments, AllOfAnActionInOneLine) {
  auto arguments = parse_arguments({"encrypt_string", "-Jvv", "--vault-id=dev@pw", "--vault-id", "prod@prompt", "-n",
                                    "a", "-nb", "--name=c", "--stdin-name", "d", "--output", "-", "--encrypt-vault-id",
                                    "dev", "-p", "--show-input", "one", "two"});
  EXPECT_EQ(arguments.action, Action::encrypt_string);
  EXPECT_THAT(arguments.operands, ElementsAre("one", "two"));
  EXPECT_THAT(arguments.vault_ids, ElementsAre("dev@pw", "prod@prompt"));
  EXPECT_THAT(arguments.password_files, IsEmpty());
  EXPECT_TRUE(arguments.ask_password);
  EXPECT_EQ(arguments.verbosity, 2);
  EXPECT_THAT(arguments.names, ElementsAre("a", "b", "c"));
  EXPECT_EQ(arguments.stdin_name, "d");
  EXPECT_EQ(arguments.output, "-");
  EXPECT_EQ(arguments.encrypt_vault_id, "dev");
  EXPECT_TRUE(arguments.prompt);
  EXPECT_TRUE(arguments.show_input);
}

TEST(Arguments, RekeyAndCreateHaveTheirOwn) {
  auto rekey =
      parse_arguments({"rekey", "--new-vault-id", "a@b", "f", "--vault-password-file=x", "--vault-pass-f", "y"});
  EXPECT_EQ(rekey.action, Action::rekey);
  EXPECT_EQ(rekey.new_vault_id, "a@b");
  EXPECT_EQ(rekey.new_password_file, std::nullopt);
  EXPECT_THAT(rekey.password_files, ElementsAre("x", "y"));
  EXPECT_EQ(parse_arguments({"rekey", "--new-vault-p", "x"}).new_password_file, "x");
  EXPECT_TRUE(parse_arguments({"create", "--skip-tty-check", "f"}).skip_tty_check);
}

TEST(Arguments, WhatIsAnOperand) {
  const struct {
    const char* name;
    Words words, operands;
  } rows[] = {
      {"none", {"view"}, {}},
      {"a lone dash", {"view", "-"}, {"-"}},
      {"an empty word", {"view", ""}, {""}},
      {"negative numbers", {"encrypt_string", "-1", "-1.5", "-.5"}, {"-1", "-1.5", "-.5"}},
      {"a blank in it", {"encrypt_string", "-x y", "--vault-id x", "--foo bar"}, {"-x y", "--vault-id x", "--foo bar"}},
      {"behind --", {"view", "-v", "--", "-v", "--help"}, {"-v", "--help"}},
      {"-- between operands", {"view", "a", "--", "-b"}, {"a", "-b"}},
      {"the second --", {"view", "--", "a", "--", "b"}, {"a", "--", "b"}},
      {"between options", {"encrypt", "a", "--output", "o", "b", "-v", "--", "-c"}, {"a", "b", "-c"}},
      {"words of other actions", {"view", "encrypt", "create"}, {"encrypt", "create"}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(parse_arguments(row.words).operands, row.operands);
  }
}

TEST(Arguments, ValuesOfOptions) {
  const struct {
    const char* name;
    Words words;
    std::string value;
  } rows[] = {
      {"next word", {"-n", "x"}, "x"},
      {"same word", {"-nx"}, "x"},
      {"equals sign behind a short name", {"-n=x"}, "x"},
      {"equals sign in the value", {"-nx=y"}, "x=y"},
      {"behind a flag, next word", {"-pn", "x"}, "x"},
      {"behind a flag", {"-pnx"}, "x"},
      {"behind a flag, the equals sign belongs to it", {"-pn=x"}, "=x"},
      {"empty", {"--name="}, ""},
      {"empty next word", {"--name", ""}, ""},
      {"shortened", {"--na", "x"}, "x"},
      {"shortened, same word", {"--na=x=y"}, "x=y"},
      {"a dash", {"--name", "-"}, "-"},
      {"a negative number", {"--name", "-5"}, "-5"},
      {"looks like an option, attached", {"--name=-v"}, "-v"},
      {"a blank in it", {"--name", "-x y"}, "-x y"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    Words words = {"encrypt_string"};
    words.insert(words.end(), row.words.begin(), row.words.end());
    EXPECT_THAT(parse_arguments(words).names, ElementsAre(row.value));
  }
}

TEST(Arguments, VerboseBeforeTheActionCountsForNothing) {
  EXPECT_EQ(parse_arguments({"-vvv", "--verbose", "view", "-v"}).verbosity, 1);
}

TEST(Arguments, LastValueAndRepeatedFlagsCount) {
  auto arguments = parse_arguments({"encrypt", "--output", "a", "--output=b", "-J", "-J"});
  EXPECT_EQ(arguments.output, "b");
  EXPECT_TRUE(arguments.ask_password);
}

TEST(UsageErrors, WholeText) {
  EXPECT_EQ(error_of({}), std::string(kMainUsage) +
                              "ansible-vault: error: the following arguments are required: action\n"
                              " \n" +
                              kMainUsage + kMainHelp);
  EXPECT_EQ(error_of({"view", "--vault-id"}),
            std::string(kViewUsage) +
                "ansible-vault view: error: argument --vault-id: expected one argument\n"
                " \n" +
                kMainUsage + kMainHelp);
}

TEST(UsageErrors, Messages) {
  const std::string choices =
      " (choose from 'create', 'decrypt', 'edit', 'view', 'encrypt', 'encrypt_string', 'rekey')\n";
  const std::string main = std::string(kMainUsage) + "ansible-vault: error: ";
  const std::string view = std::string(kViewUsage) + "ansible-vault view: error: ";
  const std::string rekey = std::string(kRekeyUsage) + "ansible-vault rekey: error: ";
  const std::string string = std::string(kEncryptStringUsage) + "ansible-vault encrypt_string: error: ";
  const struct {
    Words words;
    std::string beginning;
  } rows[] = {
      {{"-v"}, main + "the following arguments are required: action\n"},
      {{"--"}, main + "the following arguments are required: action\n"},
      {{"--foo"}, main + "the following arguments are required: action\n"},
      {{"--", "view"}, main + "argument action: invalid choice: '--'" + choices},
      {{""}, main + "argument action: invalid choice: ''" + choices},
      {{"vie"}, main + "argument action: invalid choice: 'vie'" + choices},
      {{"--vault-id", "it's", "view"}, main + "argument action: invalid choice: \"it's\"" + choices},
      {{"--version=3"}, main + "argument --version: ignored explicit argument '3'\n"},
      {{"view", "--ver"}, main + "ambiguous option: --ver could match --version, --verbose\n"},
      {{"view", "-h", "--=x"}, main + "ambiguous option: --=x could match --help, --version, --verbose\n"},
      {{"view", "--version"}, main + "unrecognized arguments: --version\n"},
      {{"--vault-id=x", "view", "--foo", "f", "-x=1"}, main + "unrecognized arguments: --vault-id=x --foo -x=1\n"},
      {{"view", "--vault-pass"},
       view + "ambiguous option: --vault-pass could match --vault-password-file, --vault-pass-file\n"},
      {{"view", "--ask"}, view + "ambiguous option: --ask could match --ask-vault-password, --ask-vault-pass\n"},
      {{"view", "--vault-id", "--", "f"}, view + "argument --vault-id: expected one argument\n"},
      {{"view", "--vault-password-file", "-v"},
       view + "argument --vault-password-file/--vault-pass-file: expected one argument\n"},
      {{"view", "-Jx"}, view + "argument -J/--ask-vault-password/--ask-vault-pass: ignored explicit argument 'x'\n"},
      {{"view", "-vhx"}, view + "argument -h/--help: ignored explicit argument 'x'\n"},
      {{"view", "-v="}, view + "argument -v/--verbose: ignored explicit argument ''\n"},
      {{"view", "--verbose="}, view + "argument -v/--verbose: ignored explicit argument ''\n"},
      {{"view", "--help=\n"}, view + "argument -h/--help: ignored explicit argument '\\n'\n"},
      {{"view", "-J", "--vault-pass-file", "x", "-h"},
       view + "argument --vault-password-file/--vault-pass-file: not allowed with argument "
              "-J/--ask-vault-password/--ask-vault-pass\n"},
      {{"view", "--vault-password-file=x", "--ask-vault-pass"},
       view + "argument -J/--ask-vault-password/--ask-vault-pass: not allowed with argument "
              "--vault-password-file/--vault-pass-file\n"},
      {{"rekey", "--new-vault-id", "a", "--new-vault-password-file", "b"},
       rekey + "argument --new-vault-password-file: not allowed with argument --new-vault-id\n"},
      {{"encrypt_string", "-hpn"}, string + "argument -n/--name: expected one argument\n"},
      {{"encrypt_string", "--s"}, string + "ambiguous option: --s could match --show-input, --stdin-name\n"},
  };
  for (const auto& row : rows) EXPECT_THAT(error_of(row.words), StartsWith(row.beginning + " \n" + kMainUsage));
}

TEST(UsageErrors, NeverRepeatAnOperand) {
  const Words rows[] = {
      {"encrypt_string", "hunter2", "--foo", "hunter2", "-x"},
      {"encrypt_string", "--foo", "--", "--hunter2"},
      {"encrypt_string", "hunter2", "--name"},
      {"encrypt_string", "--name", "hunter2", "--output", "hunter2", "--ask", "hunter2"},
      {"encrypt_string", "-J", "hunter2", "--vault-password-file", "hunter2"},
  };
  for (const Words& words : rows) {
    EXPECT_THAT(error_of(words), HasSubstr("ansible-vault"));
    EXPECT_THAT(error_of(words), Not(HasSubstr("hunter2")));
  }
}

TEST(UsageErrors, ControlCharactersDoNotReachTheTerminal) {
  EXPECT_THAT(error_of({"view", "--a\x1b[1m\n"}), HasSubstr("unrecognized arguments: --a\\x1b[1m\\x0a\n"));
}

TEST(Answers, HelpComesFirstWhenItStandsFirst) {
  const Words rows[] = {
      {"view", "-h"},
      {"view", "--he", "--vault-id"},
      {"view", "-vh", "--foo"},
      {"--foo", "view", "-h"},
      {"view", "f", "-h", "-J", "--vault-password-file", "x"},
  };
  for (const Words& words : rows) EXPECT_THAT(answer_to(words), StartsWith(std::string(kViewUsage) + "\npositional"));
  EXPECT_EQ(answer_to({"-h", "nonsense"}), std::string(kMainUsage) + kMainHelp);
}

TEST(Answers, HelpOfAnAction) {
  EXPECT_EQ(answer_to({"rekey", "--help"}),
            std::string(kRekeyUsage) +
                "\n"
                "positional arguments:\n"
                "  file_name             The files\n"
                "\n"
                "options:\n"
                "  -h, --help            show this help and exit\n"
                "  --vault-id VAULT_IDS  a vault secret, as LABEL@SOURCE or SOURCE, where the\n"
                "                        source is a file, a program or the word \"prompt\"; may\n"
                "                        be repeated\n"
                "  -J, --ask-vault-password, --ask-vault-pass\n"
                "                        ask for the vault password on the terminal\n"
                "  --vault-password-file VAULT_PASSWORD_FILES, --vault-pass-file VAULT_PASSWORD_FILES\n"
                "                        the file that holds the vault password, or the program\n"
                "                        that prints it; may be repeated\n"
                "  -v, --verbose         say more about what is done; may be repeated, as in\n"
                "                        -vvv. Counts behind the action only\n"
                "  --encrypt-vault-id ENCRYPT_VAULT_ID\n"
                "                        the label of the vault secret to encrypt with; needed\n"
                "                        when there is more than one\n"
                "  --new-vault-password-file NEW_VAULT_PASSWORD_FILE\n"
                "                        the file that holds the new vault password, or the\n"
                "                        program that prints it\n"
                "  --new-vault-id NEW_VAULT_ID\n"
                "                        the new vault secret, as for --vault-id\n");
}

TEST(Answers, VersionsOfBoth) {
  EXPECT_EQ(answer_to({"-v", "--vers", "nonsense"}), version_text());
  EXPECT_THAT(version_text(), testing::MatchesRegex("ansible-vault \\[core 2\\.21\\.0\\]\nregvault [0-9.]+\n"));
}

TEST(Options, EveryActionHasOneParser) {
  for (const Parser& parser : action_parsers()) {
    EXPECT_EQ(find_action(parser.name), &parser);
    EXPECT_EQ(parser.program, "ansible-vault " + std::string(parser.name));
    EXPECT_EQ(parse_arguments({std::string(parser.name)}).action, parser.action);
  }
  EXPECT_EQ(find_action(""), nullptr);
}

}  // namespace
}  // namespace regvault::ansible_vault
