#include <regvault/workspace/walk.hpp>

#include <gmock/gmock.h>

#include "trees.hpp"

namespace regvault::workspace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(Trees, FilesAreSortedAndFoundOnce) {
  for (const char* name : {"b.yml", "a/2.yml", "a/1.yml", "c/d/e.yml"}) write(name, "x");
  EXPECT_EQ(walked(), "a/1.yml a/2.yml b.yml c/d/e.yml ");
  EXPECT_EQ(walked({"c", "b.yml", "", "a/../b.yml"}), "c/d/e.yml b.yml a/1.yml a/2.yml ");
  EXPECT_THAT(skips_, IsEmpty());
}

TEST_F(Trees, WhatIsSkippedIsSaidWithAReason) {
  write("a.yml", "x");
  write("binary", std::string("PK\0\3", 4));
  write("late_nul", std::string(1024, 'x') + std::string(1, '\0'));
  write(".inventory.yml.regvault", "x");
  write("huge.yml", "x");
  std::filesystem::resize_file(path("huge.yml"), kFileAtMost + 1);  // sparse
  write("large.yml", "x" + std::string(2000, 'y'));
  std::filesystem::resize_file(path("large.yml"), kFileAtMost);
  std::filesystem::create_symlink("a.yml", path("link.yml"));
  std::filesystem::create_directory_symlink(".", path("loop"));
  std::filesystem::create_symlink("nowhere", path("dangling"));
  ASSERT_EQ(std::system(("mkfifo " + path("fifo")).c_str()), 0);  // NOLINT(cert-env33-c)
  EXPECT_EQ(walked(), "a.yml large.yml late_nul ");
  EXPECT_THAT(skips_, ElementsAre(".inventory.yml.regvault: left behind by a regvault that was killed",
                                  "binary: binary", "dangling: a symlink", "fifo: no regular file",
                                  "huge.yml: larger than 64 MiB", "link.yml: a symlink", "loop: a symlink"));
}

TEST_F(Trees, WhatIsGivenByNameIsTaken) {
  write("real/a.yml", "x");
  write("real/binary", std::string(10, '\0'));
  std::filesystem::create_symlink("real/binary", path("link"));
  std::filesystem::create_directory_symlink("real", path("folder"));
  EXPECT_EQ(walked({"link", "folder/", "real"}), "link folder/a.yml ");
  std::vector<FoundFile> files = walk({path("link"), path("real")}, {}, {});
  EXPECT_TRUE(files.at(0).by_name);
  EXPECT_FALSE(files.at(1).by_name);
  try {
    walk({path("missing")}, {}, {});
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), "cannot read \"" + path("missing") + "\": No such file or directory");
    EXPECT_EQ(error.code, ErrorCode::file_access);
  }
}

/// A repository: tracked, untracked, ignored (tracked all the same, in a folder's .gitignore, in .git/info/exclude).
class Repositories : public Trees {
 protected:
  Repositories() {
    for (const char* name : {"tracked.yml", "deleted.yml", "ignored.log", "forced.log", "sub/x.tmp", "sub/y.yml",
                             "private.yml", "build/out.yml", "-n.yml"}) {
      write(name, "x");
    }
    write(".gitignore", "*.log\nbuild/\n");
    write("sub/.gitignore", "*.tmp\n");
    git("init");
    git("add tracked.yml deleted.yml");
    git("add -f forced.log");
    write(".git/info/exclude", "private.yml\n");
    std::filesystem::remove(path("deleted.yml"));
  }
};

TEST_F(Repositories, WhatGitIgnoresIsLeftOut) {
  EXPECT_EQ(walked(), "-n.yml .gitignore forced.log sub/.gitignore sub/y.yml tracked.yml ");
  EXPECT_EQ(walked({"sub"}), "sub/.gitignore sub/y.yml ");
  EXPECT_EQ(walked({"", "ignored.log"}),
            "-n.yml .gitignore forced.log sub/.gitignore sub/y.yml tracked.yml ignored.log ");
  EXPECT_EQ(walked({"build"}), "build/out.yml ") << "a directory given by name is taken, too";
}

TEST_F(Repositories, UnlessItIsAskedFor) {
  EXPECT_EQ(walked({""}, true),
            "-n.yml .gitignore build/out.yml forced.log ignored.log private.yml sub/.gitignore sub/x.tmp sub/y.yml "
            "tracked.yml ");
}

TEST_F(Repositories, WithoutGitAllFilesCount) {
  environment_ = [](const std::string& name) {
    return name == "PATH" ? std::optional<std::string>("/nowhere") : std::nullopt;
  };
  EXPECT_EQ(walked({"sub"}), "sub/.gitignore sub/x.tmp sub/y.yml ");
}

TEST_F(Repositories, WhereGitRefusesAllFilesCount) {
  write(".git/config", "[core\n");
  EXPECT_EQ(walked({"sub"}), "sub/.gitignore sub/x.tmp sub/y.yml ");
}

TEST_F(Repositories, TheEnvironmentOfAHookLeadsNowhereElse) {
  write("other/.keep", "");
  auto plain = environment_;
  environment_ = [plain](const std::string& name) {
    return name == "GIT_DIR" || name == "GIT_INDEX_FILE" ? std::optional<std::string>("/nowhere") : plain(name);
  };
  EXPECT_EQ(walked({"sub"}), "sub/.gitignore sub/y.yml ");
}

TEST_F(Repositories, ARepositoryInsideIsAskedOnItsOwn) {
  for (const char* name : {"nested/a.yml", "nested/a.secret", "nested/a.log"}) write(name, "x");
  write("nested/.gitignore", "*.secret\n");
  git("init", "nested");
  EXPECT_EQ(walked({"nested"}), "nested/.gitignore nested/a.log nested/a.yml ");
  EXPECT_EQ(walked(),
            "-n.yml .gitignore forced.log nested/.gitignore nested/a.log nested/a.yml sub/.gitignore sub/y.yml "
            "tracked.yml ");
  git("add nested/a.yml", "nested/..");  // refused or not: the walk is the same
}

TEST_F(Trees, ARepositoryBelowAPlainFolderIsAsked) {
  write("plain.log", "x");
  write("repository/a.yml", "x");
  write("repository/a.log", "x");
  write("repository/.gitignore", "*.log\n");
  git("init", "repository");
  EXPECT_EQ(walked(), "plain.log repository/.gitignore repository/a.yml ");
}

TEST_F(Repositories, ProgramsOfTheRepositoryAreNotRun) {
  write(".git/hook", "#!/bin/sh\ntouch " + path("ran") + "\n");
  std::filesystem::permissions(path(".git/hook"), std::filesystem::perms::owner_all);
  git("config core.fsmonitor '" + path(".git/hook") + "'");
  walked();
  EXPECT_FALSE(std::filesystem::exists(path("ran")));
}

TEST_F(Repositories, TheIndexDoesNotLeadThroughASymlink) {
  write("folder/z.yml", "x");
  git("add folder/z.yml");
  std::filesystem::rename(path("folder"), path("build/folder"));
  std::filesystem::create_directory_symlink("build/folder", path("folder"));
  EXPECT_EQ(walked(), "-n.yml .gitignore forced.log sub/.gitignore sub/y.yml tracked.yml ");
}

}  // namespace
}  // namespace regvault::workspace
