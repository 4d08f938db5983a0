#include <regvault/keys/key_source.hpp>

#include <csignal>

#include <regvault/system/terminal.hpp>

#include "fixture.hpp"

namespace regvault::keys {
namespace {

using Kind = KeySource::Kind;
using KeySourceTest = KeysTest;

TEST_F(KeySourceTest, TellsSourcesApart) {
  write("pw", "x");
  write("group", "x", 0610);
  script("script", ":");
  script("x-client", ":");
  script("y-client.py", ":");
  script("z-client.tar.gz", ":");
  write("plain-client", "x");
  environment_["TEAM"] = "pw";
  struct Row {
    std::string text;
    Kind kind;
    std::string label, path;
    std::optional<std::string> given_label;
  };
  const Row rows[] = {
      {"pw", Kind::file, "team", "/pw", std::nullopt},
      {"dev@pw", Kind::file, "dev", "/pw", "dev"},
      {"dev@~/./$TEAM", Kind::file, "dev", "/pw", "dev"},
      {"group", Kind::script, "team", "/group", std::nullopt},
      {"script", Kind::script, "team", "/script", std::nullopt},
      {"x-client", Kind::client_script, "team", "/x-client", std::nullopt},
      {"dev@y-client.py", Kind::client_script, "dev", "/y-client.py", "dev"},
      {"dev@z-client.tar.gz", Kind::script, "dev", "/z-client.tar.gz", "dev"},
      {"plain-client", Kind::file, "team", "/plain-client", std::nullopt},
      {"prompt", Kind::prompt, "team", "", std::nullopt},
      {"dev@prompt", Kind::prompt, "dev", "", "dev"},
      {"dev@prompt_ask_vault_pass", Kind::unlabelled_prompt, "dev", "", "dev"},
  };
  for (const Row& row : rows) {
    KeySource source = find_key_source(parse_vault_id(row.text), "team", surroundings());
    EXPECT_EQ(source.kind, row.kind) << row.text;
    EXPECT_EQ(source.label, row.label) << row.text;
    EXPECT_EQ(source.path, row.path.empty() ? "" : root_ + row.path) << row.text;
    EXPECT_EQ(source.given_label, row.given_label) << row.text;
  }
}

TEST_F(KeySourceTest, TheProcessHasItsOwnSurroundings) {
  Surroundings around = process_surroundings({});
  EXPECT_EQ(around.working_directory, std::filesystem::current_path());
  EXPECT_NE(around.environment("PATH"), std::nullopt);
}

TEST_F(KeySourceTest, KnowsAScriptByTheNameOfItsLink) {
  script("real", ":");
  std::filesystem::create_symlink("real", path("my-client"));
  KeySource source = find_key_source(parse_vault_id("my-client"), "default", surroundings());
  EXPECT_EQ(source.kind, Kind::client_script);
  EXPECT_EQ(source.path, path("my-client"));
}

TEST_F(KeySourceTest, SaysWhyAFileIsNone) {
  write("pw", "x");
  std::filesystem::create_symlink("loop", path("loop"));
  struct Row {
    std::string name, wanted;
  };
  const Row rows[] = {
      {"missing", "the vault password file \"" + path("missing") + "\" was not found"},
      {"pw/under", "the vault password file \"" + path("pw/under") + "\" was not found"},
      {"-", "the vault password file \"" + path("-") + "\" was not found"},
      {"", "the vault password file \"" + root_ + "\" is a directory"},
      {"loop", "the vault password file \"" + path("loop") + "\" cannot be read: Too many levels of symbolic links"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(error_of([&] { find_key_source({std::nullopt, row.name}, "default", surroundings()); }), row.wanted);
  }
}

TEST_F(KeySourceTest, FilesLoseAllWhiteSpaceAroundThePassword) {
  struct Row {
    std::string name, content, wanted;
  };
  const Row rows[] = {
      {"line", "secret\n", "secret"},
      {"windows", "secret\r\n", "secret"},
      {"blanks", " \t\v\fsecret word \n\n", "secret word"},
      {"lines", "one\ntwo\n", "one\ntwo"},
      {"binary", std::string("\xff\0\xfe", 3), std::string("\xff\0\xfe", 3)},
      {"byte order mark", "\xef\xbb\xbfx", "\xef\xbb\xbfx"},
  };
  for (const Row& row : rows) EXPECT_EQ(read_password_file(write("pw", row.content)).view(), row.wanted) << row.name;
  std::string empty = write("empty", " \n");
  EXPECT_EQ(error_of([&] { read_password_file(empty); }), "the vault password file \"" + empty + "\" is empty");
}

TEST_F(KeySourceTest, ReadsAPipe) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "secret\n", 7), 7);
  close(ends[1]);
  std::string name = "/dev/fd/" + std::to_string(ends[0]);
  KeySource source = find_key_source({std::nullopt, name}, "default", surroundings());
  EXPECT_EQ(source.kind, Kind::file);
  EXPECT_EQ(read_password_file(source.path).view(), "secret");
  close(ends[0]);
}

std::string output_of(const KeySource& source) {
  return std::string(run_password_script(source, std::chrono::seconds(20)).view());
}

TEST_F(KeySourceTest, ScriptsLoseLineEndsOnly) {
  std::string name = script("s", "printf '\\n\\r\\n two words \\t\\r\\n'; echo note >&2");
  EXPECT_EQ(output_of({.kind = Kind::script, .path = name}), " two words \t");
}

TEST_F(KeySourceTest, ClientScriptsAreAskedForALabel) {
  std::string name = script("c-client.sh", "echo \"$#:$1=$2\"");
  EXPECT_EQ(output_of({.kind = Kind::client_script, .given_label = "a b", .path = name}), "2:--vault-id=a b");
  EXPECT_EQ(output_of({.kind = Kind::client_script, .path = name}), "0:=");
  EXPECT_EQ(output_of({.kind = Kind::script, .given_label = "a", .path = name}), "0:=");
}

TEST_F(KeySourceTest, ClientScriptsAreFoundOnPath) {
  std::filesystem::create_directory(path("bin"));
  std::string client = script("bin/my-client", "echo x"), other = script("bin/other", "echo x");
  environment_["PATH"] = path("bin");
  EXPECT_EQ(find_key_source({"dev", "my-client"}, "default", surroundings()).path, client);
  for (std::string name : {"other", "./my-client", "no-client"}) {
    EXPECT_NE(error_of([&] { find_key_source({"dev", name}, "default", surroundings()); }), "(no error)") << name;
  }
  std::string own = script("my-client", "echo x");
  EXPECT_EQ(find_key_source({"dev", "my-client"}, "default", surroundings()).path, own);
}

TEST_F(KeySourceTest, SaysHowAScriptFailed) {
  struct Row {
    std::string name;
    Kind kind;
    std::string commands, wanted;
  };
  const Row rows[] = {
      {"exit", Kind::script, "echo secret; exit 3", "vault password script \"PATH\" failed: exit code 3"},
      {"signal", Kind::script, "kill -9 $$", "vault password script \"PATH\" failed: killed by signal 9"},
      {"nothing", Kind::script, "echo", "vault password script \"PATH\" printed no password"},
      {"exit 2", Kind::script, "exit 2", "vault password script \"PATH\" failed: exit code 2"},
      {"client exit", Kind::client_script, "echo 'no \"bus\"' >&2; exit 1",
       "vault password client script \"PATH\" failed: exit code 1: \"no \\\"bus\\\"\""},
      {"client without", Kind::client_script, "exit 2",
       "vault password client script \"PATH\" did not find a secret for vault-id=dev"},
      {"client without, says so", Kind::client_script, "echo unknown >&2; exit 2",
       "vault password client script \"PATH\" did not find a secret for vault-id=dev: \"unknown\""},
  };
  for (const Row& row : rows) {
    KeySource source{.kind = row.kind, .given_label = "dev", .path = script("s", row.commands)};
    std::string wanted = row.wanted;
    wanted.replace(wanted.find("PATH"), 4, source.path);
    EXPECT_EQ(error_of([&] { output_of(source); }), wanted) << row.name;
  }
}

TEST_F(KeySourceTest, WhatIsNoScriptGetsAHint) {
  std::string name = write("s", "secret\n", 0700);
  EXPECT_EQ(error_of([&] { output_of({.kind = Kind::script, .path = name}); }),
            "vault password script \"" + name + "\": cannot run \"" + name +
                "\": Exec format error | if it is no script, remove its executable bit: chmod -x \"" + name + "\"");
}

TEST_F(KeySourceTest, AHangingScriptIsStopped) {
  std::string name = script("s", "sleep 600");
  auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(
      error_of([&] { run_password_script({.kind = Kind::script, .path = name}, std::chrono::milliseconds(300)); }),
      "vault password script \"" + name + "\" was stopped: no answer within 300 ms");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST_F(KeySourceTest, AnEndlessScriptIsStopped) {
  std::string name = script("s", "exec yes");
  EXPECT_EQ(error_of([&] { output_of({.kind = Kind::script, .path = name}); }),
            "vault password script \"" + name + "\" printed more than 64 KiB and was stopped");
}

TEST_F(KeySourceTest, CtrlCInAScriptEndsUsToo) {
  KeySource source{.kind = Kind::script, .path = script("s", "kill -INT $$")};
  try {
    output_of(source);
    FAIL();
  } catch (const Interrupted& interrupted) {
    EXPECT_EQ(interrupted.signal, SIGINT);
  }
}

TEST_F(KeySourceTest, AsksWithAnsiblesTexts) {
  KeySource labelled{.kind = Kind::prompt, .label = "dev"};
  KeySource plain{.kind = Kind::unlabelled_prompt, .label = "default"};
  answers_ = {" one\t", "two", "3", "3 ", "4", " 4"};
  Surroundings around = surroundings();
  EXPECT_EQ(ask_password(labelled, false, around).view(), "one");
  EXPECT_EQ(ask_password(plain, false, around).view(), "two");
  EXPECT_EQ(ask_password(labelled, true, around).view(), "3");
  EXPECT_EQ(ask_password(plain, true, around).view(), "4");
  EXPECT_EQ(prompts_, (std::vector<std::string>{"Vault password (dev): ", "Vault password: ",
                                                "New vault password (dev): ", "Confirm new vault password (dev): ",
                                                "New Vault password: ", "Confirm New Vault password: "}));
}

TEST_F(KeySourceTest, SaysWhatIsWrongWithAnAnswer) {
  struct Row {
    std::string name;
    std::vector<std::string> answers;
    std::string wanted;
  };
  const Row rows[] = {
      {"empty", {"  "}, "the vault password given at the prompt is empty"},
      {"end of file", {}, "no vault password was given at the prompt"},
      {"mismatch", {"one", "two"}, "passwords do not match"},
      {"empty confirmation", {"one", ""}, "the vault password given at the prompt is empty"},
  };
  for (const Row& row : rows) {
    answers_ = row.answers;
    prompts_.clear();
    KeySource source{.kind = Kind::prompt, .label = "dev"};
    EXPECT_EQ(error_of([&] { ask_password(source, true, surroundings()); }), row.wanted) << row.name;
  }
  has_terminal_ = false;
  EXPECT_EQ(error_of([&] { ask_password({.kind = Kind::prompt}, false, surroundings()); }),
            "cannot ask for the vault password: there is no terminal | "
            "give it with --vault-id LABEL@FILE or ANSIBLE_VAULT_PASSWORD_FILE");
}

}  // namespace
}  // namespace regvault::keys
