/// The same files, variables and options, given to Debian's Ansible (reference.py) and to us.
#include <regvault/base/encoding.hpp>
#include <regvault/base/text.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/system/process.hpp>
#include <regvault/vault/payload.hpp>

#include "fixture.hpp"

namespace regvault::keys {
namespace {

struct Case {
  std::string name;
  std::vector<std::string> vault_ids = {};
  std::vector<std::string> files = {};
  std::map<std::string, std::string> variables = {};
  bool ask = false;
  bool confirm = false;
};

const Case kCases[] = {
    {"nothing named", {}},
    {"nothing named, new password", {}, {}, {}, false, true},
    {"one file", {"pw"}},
    {"labelled file", {"dev@pw"}},
    {"empty label", {"@pw"}},
    {"two at signs", {"a@b@c"}},
    {"label with blanks", {"a b@pw"}},
    {"all kinds of white space", {"spaces"}},
    {"lines", {"lines"}},
    {"bytes", {"bytes"}},
    {"tilde", {"dev@~/pw"}},
    {"variable", {"dev@$KEYS/pw"}, {}, {{"KEYS", "deep/.."}}},
    {"several", {"a@pw", "b@deep/pw"}, {"spaces", "pw"}},
    {"missing and present", {"a@missing", "b@pw"}},
    {"missing only", {"a@missing"}},
    {"empty only", {"empty"}},
    {"empty and present", {"empty", "pw"}},
    {"directory", {"deep"}},
    {"directory and present", {"deep", "pw"}},
    {"a dash", {}, {"-"}},
    {"script", {"script"}},
    {"script keeps blanks", {"dev@blanks"}},
    {"script that fails", {"fails"}},
    {"script that fails, and a file", {"fails", "pw"}},
    {"script that prints nothing", {"silent", "pw"}},
    {"what is no script", {"noscript", "pw"}},
    {"group's x bit", {"groupscript"}},
    {"client", {"dev@show-client.sh"}},
    {"client without a label", {"show-client.sh"}},
    {"client as a password file", {}, {"show-client.sh"}},
    {"client as a password file, other identity", {}, {"show-client.sh"}, {{"ANSIBLE_VAULT_IDENTITY", "team"}}},
    {"client that does not know", {"dev@none-client", "pw"}},
    {"not a client", {"dev@show-client.tar.gz"}},
    {"plain file named client", {"dev@plain-client"}},
    {"link to a client", {"dev@link"}},
    {"link named client", {"dev@link-client"}},
    {"vaulted file", {"a@pw", "b@vaulted"}},
    {"vaulted file first", {"b@vaulted", "a@pw"}},
    {"vaulted file alone", {"vaulted"}},
    {"vaulted by a script", {"script", "vaulted-by-script"}},
    {"vaulted with white space", {"pw", "vaulted-spaces"}},
    {"prompt", {"prompt"}},
    {"labelled prompt", {"dev@prompt"}},
    {"labelled old prompt", {"dev@prompt_ask_vault_pass"}},
    {"a path to prompt", {"./prompt", "pw"}},
    {"ask", {}, {}, {}, true},
    {"ask and files", {"dev@pw"}, {"pw"}, {}, true},
    {"new passwords", {"dev@prompt", "pw"}, {}, {}, true, true},
    {"ask by configuration", {"pw"}, {}, {{"ANSIBLE_ASK_VAULT_PASS", "yes"}}},
    {"password file of the environment", {"a@pw"}, {"pw"}, {{"ANSIBLE_VAULT_PASSWORD_FILE", "deep/pw"}}},
    {"the same file twice", {}, {"pw"}, {{"ANSIBLE_VAULT_PASSWORD_FILE", "pw"}}},
    {"empty password file variable", {"a@pw"}, {}, {{"ANSIBLE_VAULT_PASSWORD_FILE", ""}}},
    {"identity list", {"b@deep/pw"}, {}, {{"ANSIBLE_VAULT_IDENTITY_LIST", "a@pw, c@script"}}},
    {"empty identity list", {}, {}, {{"ANSIBLE_VAULT_IDENTITY_LIST", ""}}},
    {"identity", {"pw", "dev@pw", "prompt"}, {"pw"}, {{"ANSIBLE_VAULT_IDENTITY", "team"}}, true},
    {"ansible.cfg", {}, {}, {{"ANSIBLE_CONFIG", "deep"}}},
};

class KeyringParityTest : public KeysTest {
 protected:
  KeyringParityTest() {
    write("pw", "secret\n");
    std::filesystem::create_directory(path("deep"));
    write("deep/pw", "deeper\n");
    write("deep/ansible.cfg", "[defaults]\nvault_password_file = pw\nvault_identity_list = a@pw\nvault_identity = d\n");
    write("b@c", "at");
    write("empty", "\n");
    write("spaces", "\v\f two words \t\r\n");
    write("lines", "one\r\ntwo\n");
    write("bytes", "\xff\xfe\x01");
    write("plain-client", "plain");
    write("noscript", "secret\n", 0700);
    script("script", "echo scripted");
    script("blanks", "printf '\\n two words \\t\\r\\n'");
    script("fails", "echo secret; exit 3");
    script("silent", ":");
    script("show-client.sh", "echo \"$# $*\"");
    script("show-client.tar.gz", "echo \"$# $*\"");
    script("none-client", "exit 2");
    chmod(script("groupscript", "echo group").c_str(), 0750);
    std::filesystem::create_symlink("show-client.sh", path("link"));
    std::filesystem::create_symlink("show-client.sh", path("link-client"));
    write("vaulted", vault::seal("inner \n", "secret"));
    write("vaulted-by-script", vault::seal("inner", "scripted", {.label = "x", .salt = {}}));
    write("vaulted-spaces", "\n " + vault::seal("\r\n in ner \t\n", "secret") + " \n");
  }

  std::string question(const Case& example) const {
    std::string out = "cwd=" + root_;
    for (const auto& [name, value] : example.variables) out += "\tenv=" + name + "=" + value;
    for (const std::string& id : example.vault_ids) out += "\tid=" + id;
    for (const std::string& file : example.files) out += "\tfile=" + file;
    return out + (example.ask ? "\task" : "") + (example.confirm ? "\tconfirm" : "") + "\n";
  }

  std::string our_answer(const Case& example) {
    environment_ = example.variables;
    environment_["HOME"] = root_;
    answers_.assign(10, " typed ");
    prompts_.clear();
    Surroundings around = surroundings();
    try {
      config::AnsibleConfig config = config::load_ansible_config(around.environment, root_, around.warn);
      Keyring keys({.vault_ids = example.vault_ids,
                    .password_files = example.files,
                    .ask = example.ask,
                    .confirm_prompts = example.confirm,
                    .keep_duplicates = true},
                   config, around);
      std::string out;
      for (const Key* key : keys.all_keys()) out += key->label + "=" + hex_encode(key->password.view()) + "\t";
      for (const std::string& prompt : prompts_) out += "?" + prompt + "\t";
      out.pop_back();
      return out;
    } catch (const Error&) {
      return "failed";
    }
  }
};

TEST_F(KeyringParityTest, LoadsWhatAnsibleLoads) {
  std::string questions;
  for (const Case& example : kCases) questions += question(example);
  ProcessResult reference =
      run({.argv = {"/usr/bin/python3", REGVAULT_TESTS_DIR "/unit/keys/reference.py"},
           .standard_input = questions,
           .timeout = std::chrono::minutes(2),
           .environment = std::vector<std::string>{"PATH=/usr/bin:/bin", "HOME=" + root_, "LC_ALL=C.UTF-8"}});
  ASSERT_TRUE(reference.succeeded()) << reference.standard_error.view();
  std::vector<std::string_view> answers = split(reference.standard_output.view(), '\n');
  ASSERT_EQ(answers.size(), std::size(kCases) + 1);
  for (std::size_t i = 0; i < std::size(kCases); ++i) EXPECT_EQ(our_answer(kCases[i]), answers[i]) << kCases[i].name;
}

}  // namespace
}  // namespace regvault::keys
