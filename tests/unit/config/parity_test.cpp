/// The same files and variables, read by Debian's Ansible (reference.py) and by us.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <map>

#include <regvault/base/encoding.hpp>
#include <regvault/base/text.hpp>
#include <regvault/config/ansible_config.hpp>
#include <regvault/system/process.hpp>

namespace regvault::config {
namespace {

namespace fs = std::filesystem;

/// `files` are below the case's directory, which has home/ and work/; `@` in a variable stands for that directory.
struct Case {
  std::string name;
  std::map<std::string, std::string> files = {};
  std::map<std::string, std::string> variables = {};
  mode_t work_mode = 0755;
};

Case with_settings(std::string name, std::string settings) {
  return {std::move(name), {{"work/ansible.cfg", "[defaults]\n" + settings}}};
}

Case with_text(std::string name, std::string text) {
  return {std::move(name), {{"work/ansible.cfg", std::move(text)}}};
}

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"nothing at all"},
      with_settings("every key",
                    "vault_password_file = pw\nvault_identity_list = a@x, b@y\nvault_identity = team\n"
                    "vault_encrypt_identity = a\nvault_id_match = yes\nask_vault_pass = yes\n"),
      with_settings("path with variables", "vault_password_file = $HOME/$NOT_SET/../pw\n"),
      with_settings("path with a tilde", "vault_password_file = ~/pw\n"),
      with_settings("path with {{CWD}}", "vault_password_file = {{CWD}}/a/{{CWD}}\n"),
      with_settings("quoted path", "vault_password_file = \"pw\"\n"),
      with_settings("empty path", "vault_password_file =\n"),
      with_settings("absolute path", "vault_password_file = //etc/./pw/\n"),
      with_settings("list with quotes", "vault_identity_list = 'a@x', \"b@y\" , c@'z'\n"),
      with_settings("list over lines", "vault_identity_list =\n  a@x,\n  b@y\n"),
      with_settings("list with a final comma", "vault_identity_list = a@x,\n"),
      with_settings("empty list", "vault_identity_list =\n"),
      with_settings("quoted text", "vault_identity = 'dev'\nvault_encrypt_identity = \"a\\\"\n"),
      with_settings("one quote", "vault_identity = '\nvault_encrypt_identity = \"\"\n"),
      with_settings("id match false", "vault_id_match = false\n"),
      with_settings("id match zero", "vault_id_match = 0\n"),
      with_settings("id match empty", "vault_id_match =\n"),
      with_settings("id match quotes", "vault_id_match = ''\n"),
      with_settings("ask On", "ask_vault_pass = On\n"),
      with_settings("ask t", "ask_vault_pass = t\n"),
      with_settings("ask quoted", "ask_vault_pass = 'yes'\n"),
      with_settings("ask nonsense", "ask_vault_pass = maybe\n"),
      with_settings("ask 1.0", "ask_vault_pass = 1.0\n"),
      with_settings("inline comments", "vault_identity = a ; b\nvault_encrypt_identity = a # b\n"),
      with_settings("semicolon", "vault_identity = a;b ;c\n"),
      with_settings("semicolon only", "vault_identity = ;b\n"),
      with_settings("colons", "VAULT_IDENTITY : a=b\nvault_encrypt_identity: x\n"),
      with_settings("percent", "vault_identity = %(nothing)s%\n"),
      with_settings("no-break spaces",
                    "vault_identity =\xc2\xa0"
                    "a\xe3\x80\x80\nvault_identity_list = \xc2\xa0x\xc2\x85,y\n"),
      with_settings("comment after a no-break space", "vault_identity = a\xc2\xa0;b\n"),
      with_settings("file separator characters",
                    "vault_identity = \x1c"
                    "a\x1f\n"),
      with_settings("latin-1", "vault_identity = \xe9t\xe9\nvault_password_file = \xe9\n"),
      with_settings("carriage returns", "vault_identity = a\r\nvault_identity_list = a,b\r\n"),
      with_settings("carriage return inside", "vault_identity = a\rvault_encrypt_identity = b\n"),
      with_settings("deeper keys", "  vault_identity = a\n vault_encrypt_identity = b\n"),
      with_settings("continued", "vault_identity = a\n\n\t b\n# c\n  ; d\n   e=f\nvault_encrypt_identity = x\n"),
      with_settings("indented section continues", "vault_identity = a\n  [other]\n"),
      with_settings("tab and spaces", "\tvault_identity = a\n  vault_encrypt_identity = b\n"),
      with_settings("null byte", std::string("vault_encrypt_identity = a\0b\n", 29)),
      with_text("DEFAULT", "[DEFAULT]\nvault_identity = a\n[defaults]\nvault_encrypt_identity = b\n"),
      with_text("DEFAULT alone", "[DEFAULT]\nvault_identity = a\n"),
      with_text("DEFAULT twice", "[DEFAULT]\nvault_identity = a\n[defaults]\n[DEFAULT]\nvault_encrypt_identity = b\n"),
      with_text("DEFAULT key twice", "[DEFAULT]\nvault_identity = a\n[defaults]\n[DEFAULT]\nvault_identity = b\n"),
      with_text("other sections", "[a]\nvault_identity = a\n[defaults ]\nvault_identity = b\n"),
      with_text("text after the bracket",
                "[defaults] ] x\nvault_identity = b\n[defaults]x\nvault_encrypt_identity=c\n"),
      with_text("section twice", "[defaults]\n[a]\n[defaults]\n"),
      with_text("key twice", "[defaults]\nvault_identity = a\nVault_Identity : b\n"),
      with_text("a foreign key twice", "[defaults]\nforks = 1\nforks = 2\n"),
      with_text("no section", "vault_identity = a\n"),
      with_text("blank lines and comments first", "\n; x\n  # y\n[defaults]\nvault_identity = a\n"),
      with_text("no delimiter", "[defaults]\nvault_identity\n"),
      with_text("no key", "[defaults]\n= a\n"),
      with_text("empty brackets", "[defaults]\n[]\n"),
      with_text("open bracket", "[defaults]\n[vault=identity\n"),
      with_text("byte order mark", "\xef\xbb\xbf[defaults]\n"),
      with_text("empty file", ""),
      {"home's file", {{"home/.ansible.cfg", "[defaults]\nvault_password_file = pw\n"}}},
      {"the working directory's before home's",
       {{"home/.ansible.cfg", "[defaults]\nvault_identity = home\n"}, {"work/ansible.cfg", "[defaults]\n"}}},
      {"world-writable", {{"work/ansible.cfg", "[defaults]\nvault_identity = a\n"}}, {}, 0757},
      {"world-writable and sticky", {{"work/ansible.cfg", "[defaults]\nvault_identity = a\n"}}, {}, 01777},
      {"world-writable without a file", {}, {}, 0777},
      {"world-writable, named",
       {{"work/ansible.cfg", "[defaults]\nvault_identity = a\n"}},
       {{"ANSIBLE_CONFIG", "."}},
       0777},
      {"world-writable, another named",
       {{"work/ansible.cfg", ""}, {"x.cfg", "[defaults]\nvault_identity = x\n"}},
       {{"ANSIBLE_CONFIG", "@/x.cfg"}},
       0777},
      {"world-writable, home's",
       {{"work/ansible.cfg", ""}, {"home/.ansible.cfg", "[defaults]\nvault_identity = h\n"}},
       {},
       0777},
      {"named file",
       {{"x/y.cfg", "[defaults]\nvault_password_file = pw\nvault_identity_list = pw\n"}},
       {{"ANSIBLE_CONFIG", "../x/y.cfg"}}},
      {"named .ini", {{"x/y.ini", "[defaults]\nvault_identity = a\n"}}, {{"ANSIBLE_CONFIG", "@/x/./y.ini"}}},
      {"named with ~", {{"home/y.cfg", "[defaults]\nvault_identity = a\n"}}, {{"ANSIBLE_CONFIG", "~/y.cfg"}}},
      {"named directory", {{"x/ansible.cfg", "[defaults]\nvault_identity = a\n"}}, {{"ANSIBLE_CONFIG", "@/x"}}},
      {"named nothing", {{"work/ansible.cfg", "[defaults]\nvault_identity = a\n"}}, {{"ANSIBLE_CONFIG", ""}}},
      {"named, not there",
       {{"work/ansible.cfg", "[defaults]\nvault_identity = a\n"}},
       {{"ANSIBLE_CONFIG", "/not/there.cfg"}}},
      {"named yaml", {{"x.yaml", "a: b\n"}}, {{"ANSIBLE_CONFIG", "@/x.yaml"}}},
      {"named without extension", {{"x", "[defaults]\n"}}, {{"ANSIBLE_CONFIG", "@/x"}}},
      {"named .cfg", {{".cfg", "[defaults]\n"}}, {{"ANSIBLE_CONFIG", "@/.cfg"}}},
      {"upper-case extension", {{"x.CFG", "[defaults]\n"}}, {{"ANSIBLE_CONFIG", "@/x.CFG"}}},
      {"variables",
       {{"work/ansible.cfg", "[defaults]\nvault_identity = a\nvault_password_file = b\nvault_identity_list = c\n"}},
       {{"ANSIBLE_VAULT_PASSWORD_FILE", "d/../e"},
        {"ANSIBLE_VAULT_IDENTITY", "f"},
        {"ANSIBLE_VAULT_IDENTITY_LIST", " g@h ,'i'"},
        {"ANSIBLE_VAULT_ENCRYPT_IDENTITY", "j"},
        {"ANSIBLE_VAULT_ID_MATCH", "no"},
        {"ANSIBLE_ASK_VAULT_PASS", " TRUE "}}},
      {"empty variables",
       {{"work/ansible.cfg",
         "[defaults]\nvault_identity = a\nvault_password_file = b\nvault_identity_list = c\n"
         "vault_encrypt_identity = d\nvault_id_match = yes\nask_vault_pass = yes\n"}},
       {{"ANSIBLE_VAULT_PASSWORD_FILE", ""},
        {"ANSIBLE_VAULT_IDENTITY", ""},
        {"ANSIBLE_VAULT_IDENTITY_LIST", ""},
        {"ANSIBLE_VAULT_ENCRYPT_IDENTITY", ""},
        {"ANSIBLE_VAULT_ID_MATCH", ""},
        {"ANSIBLE_ASK_VAULT_PASS", ""}}},
      {"variables without a file", {}, {{"ANSIBLE_VAULT_PASSWORD_FILE", "~/pw"}, {"ANSIBLE_VAULT_ID_MATCH", "0"}}},
      {"path of another variable", {}, {{"ANSIBLE_VAULT_PASSWORD_FILE", "${KEYS}/pw$"}, {"KEYS", "~"}}},
  };
  return all;
}

/// All cases laid out below one directory, which is removed at the end.
class Cases {
 public:
  Cases() {
    std::string pattern = fs::temp_directory_path() / "regvault-parity-XXXXXX";
    root_ = mkdtemp(pattern.data());
    chmod(root_.c_str(), 0755);
    for (std::size_t i = 0; i < cases().size(); ++i) lay_out(cases()[i], directory(i));
  }
  ~Cases() { fs::remove_all(root_); }
  Cases(const Cases&) = delete;
  Cases& operator=(const Cases&) = delete;

  std::string directory(std::size_t i) const { return root_ + "/" + std::to_string(i); }

  std::map<std::string, std::string> variables(std::size_t i) const {
    std::map<std::string, std::string> out = {{"HOME", directory(i) + "/home"}};
    for (auto [name, value] : cases()[i].variables) {
      if (value.starts_with('@')) value.replace(0, 1, directory(i));
      out[name] = value;
    }
    return out;
  }

 private:
  static void lay_out(const Case& example, const std::string& directory) {
    fs::create_directories(directory + "/home");
    fs::create_directories(directory + "/work");
    for (const auto& [name, text] : example.files) {
      fs::path path = fs::path(directory) / name;
      fs::create_directories(path.parent_path());
      FILE* file = fopen(path.c_str(), "we");
      fwrite(text.data(), 1, text.size(), file);
      fclose(file);
    }
    chmod((directory + "/work").c_str(), example.work_mode);
  }

  std::string root_;
};

std::string text_of(const std::string& value) {
  return hex_encode(value) + ".";
}
std::string text_of(const std::optional<std::string>& value) {
  return value ? text_of(*value) : "none";
}
std::string text_of(bool value) {
  return text_of(std::string(value ? "1" : ""));
}
std::string text_of(const std::vector<std::string>& values) {
  std::string out;
  for (const std::string& value : values) out += (out.empty() ? "" : ",") + text_of(value);
  return out.empty() ? "empty" : out;
}

std::string our_answer(const std::string& directory, const std::map<std::string, std::string>& variables) {
  Environment environment = [&](const std::string& name) -> std::optional<std::string> {
    auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  bool warned = false;
  try {
    AnsibleConfig config = load_ansible_config(environment, directory + "/work", [&](auto) { warned = true; });
    std::string out = text_of(config.file);
    for (const std::string& value :
         {text_of(config.vault_password_file), text_of(config.vault_identity_list), text_of(config.vault_identity),
          text_of(config.vault_encrypt_identity), text_of(config.vault_id_match), text_of(config.ask_vault_pass)}) {
      out += "\t" + value;
    }
    return out + (warned ? "\twarned" : "\t-");
  } catch (const Error& error) {
    return error.code == ErrorCode::malformed ? "refused" : error.what();
  }
}

TEST(AnsibleConfigParity, ReadsWhatAnsibleReads) {
  Cases laid_out;
  std::string questions;
  for (std::size_t i = 0; i < cases().size(); ++i) {
    questions += laid_out.directory(i) + "/work";
    for (const auto& [name, value] : laid_out.variables(i)) questions += "\t" + name + "=" + value;
    questions += '\n';
  }
  ProcessResult reference = run({.argv = {"/usr/bin/python3", REGVAULT_TESTS_DIR "/unit/config/reference.py"},
                                 .standard_input = questions,
                                 .timeout = std::chrono::minutes(2)});
  ASSERT_TRUE(reference.succeeded()) << reference.standard_error.view();
  std::vector<std::string_view> answers = split(reference.standard_output.view(), '\n');
  ASSERT_EQ(answers.size(), cases().size() + 1);
  for (std::size_t i = 0; i < cases().size(); ++i) {
    EXPECT_EQ(our_answer(laid_out.directory(i), laid_out.variables(i)), answers[i]) << cases()[i].name;
  }
}

}  // namespace
}  // namespace regvault::config
