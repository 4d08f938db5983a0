#include <gtest/gtest.h>
#include <login/arguments.hpp>
#include <login/engines.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <regvault/base/error.hpp>

namespace regvault::login {
namespace {

Task task_of(std::string_view text) {
  return parse_arguments(json::Document::parse(text, "arguments").root());
}
Arguments parsed(std::string_view text) {
  return std::move(task_of(text).logins.at(0));
}

const std::string kWho = R"("username":"octo","password":"x")";
Arguments with(const std::string& more) {
  return parsed("{" + kWho + (more.empty() ? "" : "," + more) + "}");
}

TEST(Arguments, Defaults) {
  Arguments arguments = with("");
  EXPECT_EQ(arguments.registry.name(), "ghcr.io");
  EXPECT_EQ(arguments.username, "octo");
  EXPECT_EQ(arguments.password.view(), "x");
  EXPECT_TRUE(arguments.engines.empty());
  EXPECT_FALSE(arguments.absent);
  EXPECT_EQ(arguments.validate, Validate::changed);
  EXPECT_EQ(arguments.timeout.count(), 60);
  EXPECT_FALSE(arguments.keeping.auth_file || arguments.keeping.persist);
  EXPECT_FALSE(arguments.tls_verify || arguments.cert_dir || arguments.executable);
}

TEST(Arguments, AnsiblesOwnKeys) {
  Task task =
      task_of("{" + kWho + R"(,"_ansible_check_mode":true,"_ansible_diff":true,"_ansible_new_in_3":{"a":[1]},)" +
              R"("_ansible_no_log":null})");
  EXPECT_TRUE(task.check_mode);
  EXPECT_TRUE(task.diff);
  EXPECT_FALSE(task_of("{" + kWho + "}").check_mode);
}

TEST(Arguments, SeveralRegistriesInOneTask) {
  Task task = task_of(R"({"username":"octo","password":"x","timeout":5,"registries":[{"registry":"ghcr.io"},)"
                      R"({"registry":"quay.io","username":"other","password":"y","engine":"docker","timeout":6}]})");
  ASSERT_EQ(task.logins.size(), 2u);
  EXPECT_TRUE(task.is_list);
  EXPECT_EQ(task.logins[0].registry.name(), "ghcr.io");
  EXPECT_EQ(task.logins[0].username, "octo");
  EXPECT_EQ(task.logins[0].timeout.count(), 5);
  EXPECT_EQ(task.logins[1].username, "other");
  EXPECT_EQ(task.logins[1].password.view(), "y");
  EXPECT_EQ(task.logins[1].engines, std::vector{Engine::docker});
  EXPECT_EQ(task.logins[1].timeout.count(), 6);
  EXPECT_EQ(task_of(R"({"registries":[]})").logins.size(), 0u);
}

TEST(Arguments, Everything) {
  Arguments arguments =
      with(R"("registry":"quay.io","engine":["podman"],"auth_file":"~/a.json","tls_verify":true,"cert_dir":"/c",)"
           R"("validate":"always","timeout":5,"executable":"podman")");
  EXPECT_EQ(arguments.registry.name(), "quay.io");
  EXPECT_EQ(arguments.engines, std::vector{Engine::podman});
  EXPECT_EQ(arguments.keeping.auth_file, "~/a.json");
  EXPECT_EQ(arguments.tls_verify, true);
  EXPECT_EQ(arguments.cert_dir, "/c");
  EXPECT_EQ(arguments.validate, Validate::always);
  EXPECT_EQ(arguments.timeout.count(), 5);
  EXPECT_EQ(arguments.executable, "podman");
}

TEST(Arguments, PeersNames) {
  Arguments arguments = with(R"("registry_url":"quay.io","authfile":"/a","certdir":"/c","tlsverify":"no")");
  EXPECT_EQ(arguments.registry.name(), "quay.io");
  EXPECT_EQ(arguments.keeping.auth_file, "/a");
  EXPECT_EQ(arguments.cert_dir, "/c");
  EXPECT_EQ(arguments.tls_verify, false);
  EXPECT_EQ(with(R"("config_path":"/d/config.json")").keeping.auth_file, "/d/config.json");
}

TEST(Arguments, TypesAsYamlAndTheCommandLineMakeThem) {
  EXPECT_EQ(parsed(R"({"username":42,"password":123456})").username, "42");
  EXPECT_EQ(parsed(R"({"username":42,"password":123456})").password.view(), "123456");
  for (std::string_view yes : {"true", "\"yes\"", "\"On\"", "\"1\"", "1", "\"TRUE\"", "\"y\""}) {
    EXPECT_EQ(with("\"tls_verify\":" + std::string(yes)).tls_verify, true) << yes;
  }
  for (std::string_view no : {"false", "\"no\"", "\"off\"", "\"0\"", "0", "\"False\""}) {
    EXPECT_EQ(with("\"tls_verify\":" + std::string(no)).tls_verify, false) << no;
  }
  for (std::string_view thirty : {"30", "\"30\"", "\"30s\"", "30.0", "\" 30 \""}) {
    EXPECT_EQ(with("\"timeout\":" + std::string(thirty)).timeout.count(), 30) << thirty;
  }
  std::vector<Engine> both{Engine::podman, Engine::docker};
  for (std::string_view list :
       {"\"podman,docker\"", "\"podman, docker\"", R"(["podman","docker"])", R"(["podman","docker","podman"])"}) {
    EXPECT_EQ(with("\"engine\":" + std::string(list)).engines, both) << list;
  }
  EXPECT_TRUE(with(R"("engine":"auto")").engines.empty());
  EXPECT_TRUE(with(R"("engine":["auto"])").engines.empty());
  EXPECT_EQ(with(R"("registry":null,"timeout":null)").registry.name(), "ghcr.io");
}

TEST(Arguments, LogOutNeedsNoCredentials) {
  EXPECT_TRUE(parsed(R"({"state":"absent"})").absent);
  EXPECT_TRUE(parsed(R"({"state":"absent","username":null,"password":null})").absent);
}

struct Row {
  std::string_view text, message;
};

TEST(Arguments, Mistakes) {
  const Row rows[] = {
      {"{}", "\"username\" and \"password\" are needed to log in"},
      {R"({"username":"octo"})", "\"password\" is needed to log in"},
      {R"({"password":"x","username":null})", "\"username\" is needed to log in"},
      {R"({"username":"octo","password":""})", "\"password\" is empty"},
      {R"({"username":"","password":"x"})", "\"username\" is empty"},
      {R"({"username":"octo","password":"x\n"})",
       "\"password\" begins or ends with white space, such as a line end: trim it ({{ … | trim }})"},
      {R"({"username":"octo","password":"x\ny"})", "\"password\" holds a line end or another control character"},
      {R"({"username":"octo","password":true})",
       "\"password\" came as a boolean, which is not what was typed: put it in quotes"},
      {R"({"username":"octo","password":1.10})",
       "\"password\" came as a number, which is not what was typed: put it in quotes"},
      {R"({"username":"octo","password":["x"]})", "\"password\" must be a string, not an array"},
      {R"({"username":"a:b","password":"x"})",
       "\"username\" holds a colon, which separates it from the password in an auth file"},
      {R"({"username":"ghp_x","password":"octo"})",
       "\"username\" is a token (are username and password exchanged?): it would show in argument lists"},
      {R"({"username":" octo","password":"x"})", "\"username\" has white space around it, or control characters in it"},
      {R"({"username":"o","password":"x","regsitry":"ghcr.io"})",
       "unknown argument \"regsitry\": did you mean \"registry\"?"},
      {R"({"username":"o","password":"x","email":"a@b.c","tlsverfy":1})",
       "unknown argument \"email\"; unknown argument \"tlsverfy\": did you mean \"tlsverify\"?"},
      {R"({"username":"o","password":"x","auth_file":"/a","authfile":"/a"})",
       "\"auth_file\" and \"authfile\" are two names of one argument; give one of them"},
      {R"({"username":"o","password":"x","state":"presnt"})", "\"state\" is \"presnt\": did you mean \"present\"?"},
      {R"({"username":"o","password":"x","validate":"sometimes"})",
       "\"validate\" is \"sometimes\", not one of changed, always, never"},
      {R"({"username":"o","password":"x","engine":"podmn"})", "\"engine\" is \"podmn\": did you mean \"podman\"?"},
      {R"({"username":"o","password":"x","engine":["auto","docker"]})",
       "\"engine\" is either auto or a list of engines"},
      {R"({"username":"o","password":"x","engine":{"podman":1}})", "\"engine\" must be a string, not an object"},
      {R"({"username":"o","password":"x","tls_verify":"maybe"})", "\"tls_verify\" must be yes or no, not \"maybe\""},
      {R"({"username":"o","password":"x","tls_verify":2})", "\"tls_verify\" must be yes or no, not a number"},
      {R"({"username":"o","password":"x","timeout":0})", "\"timeout\" must be a number of seconds from 1 to 3600"},
      {R"({"username":"o","password":"x","timeout":"1h"})", "\"timeout\" must be a number of seconds from 1 to 3600"},
      {R"({"username":"o","password":"x","timeout":2.5})", "\"timeout\" must be a number of seconds from 1 to 3600"},
      {R"({"registries":"ghcr.io"})", "\"registries\" must be a list, not a string"},
      {R"({"registries":["ghcr.io"]})", "\"registries\" must be a list of dictionaries; it holds a string"},
      {R"({"registry":"a.io","registries":[]})", "\"registry\" and \"registries\" exclude each other"},
      {R"({"username":"o","password":"x","registries":[{"registry":"a.io"},{"registry":"A.io"}]})",
       "registries[1]: a second login to a.io would replace the first"},
      {R"({"registries":[{"username":"o","password":"x","registries":[]}]})",
       "registries[0]: unknown argument \"registries\": did you mean \"registry\"?; registries[0]: \"registry\" is "
       "missing"},
      {R"({"username":"o","password":"x","persist":true,"auth_file":"/a"})",
       "\"persist\" chooses the file itself: it excludes \"auth_file\""},
      {R"({"username":"o","password":"x","engine":"none"})",
       "\"auth_file\" is needed with engine none (the kubelet's is /var/lib/kubelet/config.json)"},
      {R"({"username":"o","password":"x","engine":["none","podman"]})",
       "\"engine\" is either none or a list of engines"},
      {R"({"username":"o","password":"x","engine":"none","auth_file":"/a","validate":"always"})",
       "\"validate\" is always, and engine none asks no registry"},
      {R"({"username":"o","password":"x","auth_file":"a.json"})", "\"auth_file\" must begin with / or ~/: \"a.json\""},
      {R"({"username":"o","password":"x","auth_file":""})", "\"auth_file\" is empty"},
      {R"({"username":"o","password":"x","executable":"bin/podman"})",
       "\"executable\" must begin with / or ~/: \"bin/podman\""},
      {R"({"username":"o","password":"x","registry":"http://ghcr.io"})",
       "\"http://ghcr.io\" is not the name of a registry: it asks for plain HTTP (write the host only; for a registry "
       "without "
       "TLS, with podman, add tls_verify: false)"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    try {
      parsed(row.text);
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.message, row.message);
      EXPECT_EQ(error.code, ErrorCode::usage);
      EXPECT_EQ(error.reason, "arguments");
    }
  }
}

/// A PATH with the given programs in it.
class ChosenEngines : public testing::Test {
 protected:
  ChosenEngines() {
    char name[] = "/tmp/regvault-engines-XXXXXX";
    root_ = mkdtemp(name);
  }
  ~ChosenEngines() override { std::filesystem::remove_all(root_); }

  std::string add(const std::string& name) const {
    std::string path = root_ + "/" + name;
    std::ofstream(path) << "#!/bin/sh\n";
    chmod(path.c_str(), 0755);
    return path;
  }
  std::vector<InstalledEngine> chosen(const std::string& more) const {
    return chosen_engines(
        with(more), [this](const std::string& name) { return name == "PATH" ? std::optional(root_) : std::nullopt; });
  }
  std::string message(const std::string& more) const {
    try {
      chosen(more);
    } catch (const Error& error) {
      return error.message;
    }
    return "(no error)";
  }
  std::string root_;
};

TEST_F(ChosenEngines, OneFileOneEngine) {
  std::string podman = add("podman"), docker = add("docker");
  EXPECT_EQ(chosen("").size(), 2u);
  EXPECT_EQ(chosen("").front().program, podman);
  ASSERT_EQ(chosen(R"("auth_file":"/a.json")").size(), 1u);
  EXPECT_EQ(chosen(R"("auth_file":"/a.json")")[0].engine, Engine::podman);
  EXPECT_EQ(chosen(R"("auth_file":"/x/config.json")")[0].program, docker);
  EXPECT_EQ(message(R"("auth_file":"/a.json","engine":"podman,docker")"), "one auth_file cannot be for two engines");
}

TEST_F(ChosenEngines, Executable) {
  std::string remote = add("podman-remote"), other = add("engine");
  EXPECT_EQ(chosen("\"executable\":\"" + remote + "\"").at(0).engine, Engine::podman);
  EXPECT_EQ(chosen("\"executable\":\"podman-remote\"").at(0).program, remote);
  EXPECT_EQ(chosen("\"engine\":\"docker\",\"executable\":\"" + other + "\"").at(0).engine, Engine::docker);
  EXPECT_EQ(message("\"executable\":\"" + other + "\""), "\"executable\" is one engine's program");
  EXPECT_EQ(message("\"engine\":\"podman,docker\",\"executable\":\"" + other + "\""),
            "\"executable\" is one engine's program");
  EXPECT_EQ(message(R"("executable":"/nonexistent/podman")"),
            "executable \"/nonexistent/podman\" is not there, or may not be run");
}

}  // namespace
}  // namespace regvault::login
