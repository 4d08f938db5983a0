// Whole sessions of set, get and encrypt_string.
#include <sstream>

#include "sessions.hpp"

namespace regvault::tools {
namespace {

TEST_F(Sessions, SetInsertsAndGetReturnsTheBytes) {
  EXPECT_EQ(set("tok-1"), 0) << err_;
  EXPECT_EQ(out_, path("inventory.yml") + ":5: " + kKey + " inserted (vault id default)\n");
  EXPECT_EQ(err_, "");
  EXPECT_EQ(read("inventory.yml").find("tok-1"), std::string::npos);
  EXPECT_EQ(run({"get", path("inventory.yml"), kKey}), 0);
  EXPECT_EQ(out_, "tok-1");
  output_is_terminal_ = true;
  EXPECT_EQ(run({"get", path("inventory.yml"), kKey}), 0);
  EXPECT_EQ(out_, "tok-1\n");
}

TEST_F(Sessions, SetAddsOnlyTheNewBlock) {
  ASSERT_EQ(set("tok-1"), 0);
  std::string after = read("inventory.yml");
  std::size_t begin = after.find("      ghcr_pat: !vault |\n");
  ASSERT_NE(begin, std::string::npos);
  std::size_t end = after.find("      # the token goes here\n", begin);
  ASSERT_NE(end, std::string::npos);
  EXPECT_EQ(after.substr(0, begin) + after.substr(end), kInventory);
  EXPECT_NE(after.find("\n        $ANSIBLE_VAULT;1.1;AES256\n        "), std::string::npos);
}

TEST_F(Sessions, TheSameValueChangesNothing) {
  ASSERT_EQ(set("tok-1"), 0);
  std::string before = read("inventory.yml");
  auto written = std::filesystem::last_write_time(path("inventory.yml"));
  EXPECT_EQ(set("tok-1"), 0);
  EXPECT_EQ(out_, path("inventory.yml") + ":5: " + kKey + " has this value already: nothing changed\n");
  EXPECT_EQ(read("inventory.yml"), before);
  EXPECT_EQ(std::filesystem::last_write_time(path("inventory.yml")), written);
  EXPECT_EQ(set("tok-2"), 0);
  EXPECT_EQ(out_, path("inventory.yml") + ":5: " + kKey + " replaced (vault id default)\n");
}

TEST_F(Sessions, TheFinalNewlineOfOneLineIsDroppedAndSaid) {
  EXPECT_EQ(set("tok-1\n"), 0);
  EXPECT_EQ(err_, "regvault: note: the final newline of standard input was dropped (--keep-newline keeps it)\n");
  run({"get", path("inventory.yml"), kKey});
  EXPECT_EQ(out_, "tok-1");
  EXPECT_EQ(set("tok-1\n", {"--keep-newline"}), 0);
  EXPECT_EQ(err_, "");
  run({"get", path("inventory.yml"), kKey});
  EXPECT_EQ(out_, "tok-1\n");
  EXPECT_EQ(set("two\nlines\n"), 0);
  run({"get", path("inventory.yml"), kKey});
  EXPECT_EQ(out_, "two\nlines\n");
}

TEST_F(Sessions, FilesKeepTheirBytes) {
  write("token", "tok-1\n");
  EXPECT_EQ(run({"set", path("inventory.yml"), kKey, "--from-file", path("token")}), 0) << err_;
  run({"get", path("inventory.yml"), kKey});
  EXPECT_EQ(out_, "tok-1\n");
}

TEST_F(Sessions, AVariableIsReadAndRemoved) {
  variables_["CR_PAT"] = "tok-env";
  EXPECT_EQ(run({"set", path("inventory.yml"), kKey, "--from-env", "CR_PAT"}), 0) << err_;
  EXPECT_EQ(variables_.count("CR_PAT"), 0U);
  run({"get", path("inventory.yml"), kKey});
  EXPECT_EQ(out_, "tok-env");
  EXPECT_EQ(run({"set", path("inventory.yml"), kKey, "--from-env", "CR_PAT"}), 4);
  EXPECT_EQ(err_, "regvault: error: the environment variable \"CR_PAT\" is not set\n");
}

TEST_F(Sessions, ThePromptAsksTwice) {
  answers_.push("typed");
  answers_.push("typed");
  EXPECT_EQ(run({"set", path("inventory.yml"), kKey}), 0) << err_;
  EXPECT_EQ(prompts_, std::string("New value for ") + kKey + ": \nOnce more. New value for " + kKey + ": \n");
  run({"get", path("inventory.yml"), kKey});
  EXPECT_EQ(out_, "typed");
}

TEST_F(Sessions, JsonAnswers) {
  EXPECT_EQ(set("tok-1", {"--json"}), 0);
  EXPECT_EQ(out_, "{\n\t\"file\": \"" + path("inventory.yml") + "\",\n\t\"key\": \"" + kKey +
                      "\",\n\t\"line\": 5,\n\t\"change\": \"inserted\",\n\t\"encrypted\": true,\n"
                      "\t\"vault_id\": \"default\"\n}\n");
  EXPECT_EQ(run({"get", "--json", path("inventory.yml"), kKey}), 0);
  EXPECT_EQ(out_, "{\n\t\"file\": \"" + path("inventory.yml") + "\",\n\t\"key\": \"" + kKey +
                      "\",\n\t\"line\": 5,\n\t\"encrypted\": true,\n\t\"vault_id\": \"default\",\n"
                      "\t\"value\": \"tok-1\"\n}\n");
  ASSERT_EQ(set(std::string("\xff\x00", 2)), 0);
  EXPECT_EQ(run({"get", "--json", path("inventory.yml"), kKey}), 0);
  EXPECT_NE(out_.find("\"value_base64\": \"/wA=\""), std::string::npos) << out_;
}

TEST_F(Sessions, PlainValuesAreQuotedWhereYamlWouldMisreadThem) {
  EXPECT_EQ(run({"set", "--plain", "--stdin", path("inventory.yml"), "all.vars.flag"}, "yes"), 0) << err_;
  EXPECT_NE(read("inventory.yml").find("    flag: \"yes\"\n"), std::string::npos) << read("inventory.yml");
  EXPECT_EQ(run({"get", path("inventory.yml"), "all.vars.flag"}), 0);
  EXPECT_EQ(out_, "yes");
}

TEST_F(Sessions, AnEncryptedPayloadIsStoredAsItIs) {
  ASSERT_EQ(run({"encrypt_string"}, "tok-9"), 0) << err_;
  std::string payload;
  std::istringstream lines(out_);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("          ")) payload += line.substr(10) + "\n";
  }
  EXPECT_EQ(set(payload, {"--encrypted"}), 0) << err_;
  run({"get", path("inventory.yml"), kKey});
  EXPECT_EQ(out_, "tok-9");
  EXPECT_EQ(set(payload, {"--encrypted"}), 0);
  EXPECT_NE(out_.find("nothing changed"), std::string::npos);
  EXPECT_EQ(set("no payload", {"--encrypted"}), 5);
}

TEST_F(Sessions, LabelsSurviveAndCanBeChosen) {
  write("dev", "dev password");
  variables_.erase("ANSIBLE_VAULT_PASSWORD_FILE");
  std::vector<std::string> both{"--vault-id", "dev@" + path("dev"), "--vault-id", "prod@" + path("pw")};
  auto with = [&](std::vector<std::string> more) {
    more.insert(more.end(), both.begin(), both.end());
    return more;
  };
  EXPECT_EQ(set("tok-1", both), 2);
  EXPECT_NE(err_.find("\"dev\", \"prod\""), std::string::npos) << err_;
  EXPECT_EQ(read("inventory.yml"), kInventory);
  EXPECT_EQ(set("tok-1", with({"--encrypt-vault-id", "prod"})), 0) << err_;
  EXPECT_NE(read("inventory.yml").find("$ANSIBLE_VAULT;1.2;AES256;prod\n"), std::string::npos);
  EXPECT_EQ(set("tok-2", both), 0) << err_;
  EXPECT_NE(read("inventory.yml").find("$ANSIBLE_VAULT;1.2;AES256;prod\n"), std::string::npos);
  EXPECT_EQ(set("tok-2", with({"--encrypt-vault-id", "dev"})), 0) << err_;
  EXPECT_NE(read("inventory.yml").find("$ANSIBLE_VAULT;1.2;AES256;dev\n"), std::string::npos);
  EXPECT_EQ(set("tok-2", with({"--encrypt-vault-id", "test"})), 2);
}

TEST_F(Sessions, EncryptStringPrintsWhatAnsibleVaultPrints) {
  EXPECT_EQ(run({"encrypt_string", "--stdin-name", "ghcr_pat"}, "tok-1"), 0) << err_;
  EXPECT_EQ(out_.rfind("ghcr_pat: !vault |\n          $ANSIBLE_VAULT;1.1;AES256\n          ", 0), 0U) << out_;
  EXPECT_EQ(err_, "");
  EXPECT_EQ(run({"encrypt_string", "-n", "a", "one", "two"}), 0);
  EXPECT_EQ(err_,
            "regvault: warning: arguments are visible in the process list and the shell's history: prefer "
            "standard input\n");
  EXPECT_EQ(out_.rfind("a: !vault |\n", 0), 0U);
  EXPECT_NE(out_.find("\n!vault |\n"), std::string::npos);
  EXPECT_EQ(run({"encrypt_string"}, "tok-1\n"), 0);
  EXPECT_EQ(err_, "regvault: note: the text ends with a newline, which is encrypted with it\n");
  EXPECT_EQ(run({"encrypt_string"}, ""), 2);
  EXPECT_EQ(out_, "");
}

TEST_F(Sessions, ATemplateIsRefusedAndItsSourceNamed) {
  write("inventory.yml", "pat: \"{{ vault_pat }}\"\nother: 1\nvault_pat: x\n");
  EXPECT_EQ(run({"set", "--stdin", path("inventory.yml"), "pat"}, "tok-1"), 8);
  EXPECT_EQ(err_, "regvault: error: " + path("inventory.yml") +
                      ":1:6: \"pat\" is a template: its value comes from elsewhere\n"
                      "regvault: note: \"vault_pat\" is set in " +
                      path("inventory.yml") +
                      ":3\n"
                      "regvault: hint: set \"vault_pat\" instead; --force replaces the template\n");
  EXPECT_EQ(run({"set", "--stdin", "--force", path("inventory.yml"), "pat"}, "tok-1"), 0) << err_;
  EXPECT_EQ(run({"get", path("inventory.yml"), "pat"}), 0);
  EXPECT_EQ(out_, "tok-1");
}

TEST_F(Sessions, ADamagedTokenIsRefused) {
  const std::string token = "ghp_" + std::string(30, '0') + "2C8Gj";  // one character short
  EXPECT_EQ(set(token), 2);
  EXPECT_EQ(err_,
            "regvault: error: the value looks like a GitHub classic personal access token, but its checksum is wrong\n"
            "regvault: hint: was it copied whole? --force stores it as it is\n");
  EXPECT_EQ(set(token + "S\n\n"), 2);
  EXPECT_EQ(set("\"" + token + "S\""), 2);
  EXPECT_EQ(set("\xef\xbb\xbf" + token + "S"), 2);
  EXPECT_EQ(read("inventory.yml"), kInventory);
  EXPECT_EQ(set(token + "S\n"), 0) << err_;
  EXPECT_EQ(run({"set", "--stdin", "--force", path("inventory.yml"), kKey}, token), 0) << err_;
}

TEST_F(Sessions, AFineGrainedTokenIsWarnedOf) {
  EXPECT_EQ(set("github_pat_" + std::string(82, 'a')), 0);
  EXPECT_NE(err_.find("warning: the value is a GitHub fine-grained personal access token: ghcr.io takes classic ones"),
            std::string::npos)
      << err_;
}

struct Refusal {
  const char* name;
  std::vector<std::string> arguments;  // INVENTORY stands for the inventory's path
  const char* input;
  int code;
  const char* error;  // the whole of standard error, INVENTORY standing for the inventory's path
};

class Refusals : public Sessions, public testing::WithParamInterface<Refusal> {};

TEST_P(Refusals, SayWhyAndChangeNothing) {
  auto with_path = [&](std::string text) {
    for (std::size_t at; (at = text.find("INVENTORY")) != std::string::npos;)
      text.replace(at, 9, path("inventory.yml"));
    return text;
  };
  std::vector<std::string> arguments;
  for (const std::string& argument : GetParam().arguments) arguments.push_back(with_path(argument));
  EXPECT_EQ(run(arguments, GetParam().input), GetParam().code);
  EXPECT_EQ(err_, with_path(GetParam().error));
  EXPECT_EQ(out_, "");
  EXPECT_EQ(read("inventory.yml"), kInventory);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Refusals,
    testing::Values(
        Refusal{"no_verb", {}, "", 2, "regvault: error: a verb is missing\nregvault: hint: regvault --help\n"},
        Refusal{"verb_typo",
                {"gett"},
                "",
                2,
                "regvault: error: \"gett\" is no verb of regvault\nregvault: hint: did you mean \"get\"?\n"},
        Refusal{"option_typo",
                {"get", "--jsn", "INVENTORY", "a"},
                "",
                2,
                "regvault: error: unknown option \"--jsn\"\nregvault: hint: did you mean \"--json\"?\n"},
        Refusal{"value_as_argument",
                {"set", "INVENTORY", "a", "tok-1"},
                "",
                2,
                "regvault: error: more arguments than \"regvault set\" takes\nregvault: hint: regvault set --help\n"},
        Refusal{"option_value_not_echoed",
                {"set", "INVENTORY", "a", "--tokn=secret"},
                "",
                2,
                "regvault: error: unknown option \"--tokn\"\nregvault: hint: regvault set --help\n"},
        Refusal{"no_terminal",
                {"set", "INVENTORY", "all.vars.x"},
                "",
                2,
                "regvault: error: no value is given, and there is no terminal to ask on\n"
                "regvault: hint: give it with --stdin, --from-file FILE or --from-env NAME\n"},
        Refusal{"empty",
                {"set", "--stdin", "INVENTORY", "all.vars.x"},
                "",
                2,
                "regvault: error: the value is empty\nregvault: hint: --force stores an empty value\n"},
        Refusal{"empty_file_name",
                {"set", "--from-file", "", "INVENTORY", "all.vars.x"},
                "",
                2,
                "regvault: error: \"--from-file\" needs a value of another kind (FILE)\n"
                "regvault: hint: regvault set --help\n"},
        Refusal{"negative_document",
                {"get", "--doc=-1", "INVENTORY", "all"},
                "",
                2,
                "regvault: error: \"--doc\" needs a value of another kind (N)\nregvault: hint: regvault get --help\n"},
        Refusal{"value_for_a_flag",
                {"set", "--stdin=secret", "INVENTORY", "all.vars.x"},
                "",
                2,
                "regvault: error: \"--stdin\" takes no value\nregvault: hint: regvault set --help\n"},
        Refusal{"label_for_a_plain_value",
                {"set", "--stdin", "--plain", "--encrypt-vault-id", "prod", "INVENTORY", "all.vars.x"},
                "v",
                2,
                "regvault: error: --plain excludes --encrypt-vault-id\nregvault: hint: regvault set --help\n"},
        Refusal{"get_missing_key",
                {"get", "INVENTORY", "all.vars.nope"},
                "",
                4,
                "regvault: error: INVENTORY:2:3: \"nope\" is not in \"all.vars\"\n  2 |   vars:\n    |   ^\n"},
        Refusal{"get_near_key",
                {"get", "INVENTORY", "all.vasr"},
                "",
                4,
                "regvault: error: INVENTORY:1:1: \"vasr\" is not in \"all\"\n  1 | all:\n    | ^\n"
                "regvault: hint: did you mean \"vars\"?\n"},
        Refusal{"unset_shell_variable",
                {"set", "--stdin", "--vault-id=", "INVENTORY", "all.vars.x"},
                "v",
                2,
                "regvault: error: \"--vault-id\" has no value\nregvault: hint: regvault set --help\n"},
        Refusal{"get_mapping",
                {"get", "INVENTORY", "all.vars"},
                "",
                8,
                "regvault: error: INVENTORY:3:5: \"all.vars\" is a mapping, not a value\n"
                "regvault: hint: name one of the keys below it\n"},
        Refusal{"no_create",
                {"set", "--stdin", "--no-create", "INVENTORY", "all.vars.x"},
                "v",
                4,
                "regvault: error: INVENTORY:2:3: \"x\" is not in \"all.vars\"\n  2 |   vars:\n    |   ^\n"}),
    [](const auto& row) { return row.param.name; });

TEST_F(Sessions, AMissingFileIsNamed) {
  EXPECT_EQ(run({"get", path("nope.yml"), "a"}), 7);
  EXPECT_EQ(err_, "regvault: error: cannot read \"" + path("nope.yml") + "\": No such file or directory\n");
  EXPECT_EQ(run({"set", "--stdin", path("nope.yml"), "a"}, "v"), 7);
  EXPECT_FALSE(std::filesystem::exists(path("nope.yml")));
}

TEST_F(Sessions, AWrongPasswordOpensNothing) {
  ASSERT_EQ(set("tok-1"), 0);
  std::string before = read("inventory.yml");
  write("pw", "another password");
  EXPECT_EQ(run({"get", path("inventory.yml"), kKey}), 6);
  EXPECT_EQ(out_, "");
  EXPECT_NE(err_.find("regvault: error: "), std::string::npos);
  EXPECT_EQ(read("inventory.yml"), before);
}

TEST_F(Sessions, MissingParentsAreCreatedOnlyWhenAsked) {
  EXPECT_EQ(run({"set", "--stdin", path("inventory.yml"), "all.vars.a.b.c"}, "v"), 4);
  EXPECT_EQ(read("inventory.yml"), kInventory);
  EXPECT_EQ(run({"set", "--stdin", "--parents", path("inventory.yml"), "all.vars.a.b.c"}, "v"), 0) << err_;
  EXPECT_EQ(run({"get", path("inventory.yml"), "all.vars.a.b.c"}), 0);
  EXPECT_EQ(out_, "v");
}

TEST_F(Sessions, SeveralDocumentsNeedAChoice) {
  write("inventory.yml", "a: 1\n---\na: 2\n");
  EXPECT_EQ(run({"get", path("inventory.yml"), "a"}), 2);
  EXPECT_EQ(run({"get", "--doc", "1", path("inventory.yml"), "a"}), 0) << err_;
  EXPECT_EQ(out_, "2");
}

}  // namespace
}  // namespace regvault::tools
